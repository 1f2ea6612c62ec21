"""Ask and answer: the one way from a request to a ResultPage, for page, endpoint and feed alike."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, url_for

from indexer.as_json import instant_json
from indexer.query import Query
from indexer.results import Marked, ResultPage
from web.answers import today
from web.errors import Problem
from web.held import engine, history, settings
from web.links import Address
from web.params import DEPTH_MOST, SEARCH_API, Asked, Profile, args_for
from web.reading import asked_from
from web.shown import counted, day_text

# The ledger's reasons in words; see indexer.ledger.Tombstone.
WHY_GONE = {
    "vanished": "its file is no longer there",
    "withdrawn": "its source withdrew it",
    "forgotten": "it was taken out of the archive for good",
}


def asked_by_request(profile: Profile) -> Asked:
    """What this request asks; raises RequestRefused."""
    # "today" is the day in the zone that the request reads dates in.
    zone = request.args.get("tz", "")
    try:
        day = datetime.now(ZoneInfo(zone)).date() if zone else today()
    except (OSError, ValueError, KeyError):  # asked_from says what is wrong with the zone
        day = today()
    return asked_from(request.args, profile, today=day)


def answer(asked: Asked, profile: Profile = SEARCH_API) -> ResultPage:
    """The engine's answer; a page that does not exist or lies too deep is a Problem with the way on."""
    query = asked.query
    if not query.cursor and query.page * query.page_size > DEPTH_MOST and query.page > 1:
        raise _too_deep(asked, profile)
    page = engine().search(query)
    if query.page > 1 and not query.cursor and query.page > page.pages:
        raise _no_such_page(asked, page, profile)
    return page


def _no_such_page(asked: Asked, page: ResultPage, profile: Profile) -> Problem:
    address = Address(args_for(asked, profile))
    last = address.setting(page=str(page.pages) if page.pages > 1 else None).at(request.path)
    return Problem(
        "page_out_of_range",
        f"There is no page {asked.query.page:,}: this search has {counted(page.pages, 'page')}.",
        links=(("Go to the last page", last),),
        pages=page.pages,
    )


def _too_deep(asked: Asked, profile: Profile) -> Problem:
    """The refusal of a page past the numbered ones, with the cursor that goes on where those end."""
    last = max(1, DEPTH_MOST // asked.query.page_size)
    bare = dataclasses.replace(
        asked.query, page=last, facets=(), timeline=False, snippets=0, explain=False, marks=False, edges=False
    )
    edge = engine().search(bare)
    if edge.pages <= last:
        return _no_such_page(asked, edge, profile)
    address = Address(args_for(asked, profile))
    cursor = edge.next_cursor
    url = address.setting(page=None, cursor=cursor).at(request.base_url) if cursor else None
    back = address.setting(page=str(min(last, edge.pages) or 1)).at(request.path)
    ways = ((f"Go on after result {last * asked.query.page_size:,}", url),) if url else ()
    return Problem(
        "page_too_deep",
        f"Numbered pages end at {DEPTH_MOST:,} results; go on with a cursor, or narrow the search.",
        links=(*ways, ("Go to the last numbered page", back)),
        cursor=url,
        pages=last,
    )


def marked_article(article_id: str, query: Query) -> Marked:
    """The article with the query's marks; else where it is now, or the Problem that it is gone or unknown."""
    marked = engine().article(article_id, query)
    if marked is not None:
        return marked
    if moved := history().moved_to(article_id):
        _go_to(moved)
    if gone := history().gone(article_id):
        day = gone.at.astimezone(ZoneInfo(settings().zone)).date()
        raise Problem(
            "article_gone",
            f"This article is no longer held since {day_text(day)}: {WHY_GONE[gone.reason]}.",
            gone_at=instant_json(gone.at),
            reason=gone.reason,
        )
    raise Problem("article_not_found", f"The archive holds no article with the id {article_id}.")


def _go_to(article_id: str) -> NoReturn:
    """Send the client to the same view of another id."""
    address = url_for(request.endpoint or "", article_id=article_id)
    asked = request.query_string.decode("ascii", "replace")
    response = redirect(f"{address}?{asked}" if asked else address, 301)
    # A file can be moved back: a redirect kept for ever would then lead round in a circle.
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    abort(response)
