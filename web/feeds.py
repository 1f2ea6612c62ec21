"""A search as a feed, and what lets a browser search here from its own box.

Atom is RFC 4287; the elements on the search itself and the description document are OpenSearch 1.1 draft 6.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, render_template, url_for

from indexer.as_json import instant_json
from indexer.query import Query
from indexer.results import Hit
from web import render
from web.answers import of_generation, product_version, today
from web.asking import answer, asked_by_request
from web.held import engine
from web.linked import article_url, page_links
from web.links import Address
from web.params import FEED, args_for

feeds = Blueprint("feeds", __name__)

# How far back "indexed lately" looks, in days: the wide one catches a quiet search, the narrow one keeps
# today's arrivals on a feed that gets more than a page of matches a month.
LATELY = (2, 30)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@feeds.get("/feed.atom")
@of_generation
def atom() -> Response:
    """The matches that came into the archive last, whatever their own date.

    `published` of an entry is the article's date, `updated` its first indexing. A Query cannot be sorted by
    first indexing, so the first page joins the newest matches by date with those indexed lately (LATELY)
    and orders them by first indexing; further pages go on by date.
    """
    asked = asked_by_request(FEED)
    page = answer(asked, FEED)
    hits = sorted({hit.article.id: hit for hit in (*page.hits, *_late(asked.query))}.values(),
                  key=first_indexed, reverse=True)
    address = Address(args_for(asked, FEED))
    xml = render_template(
        "feed.xml",
        page=page,
        hits=hits[: asked.query.page_size],
        address=address,
        links=page_links(address, page, url_for("feeds.atom", _external=True)),
        article_url=article_url,
        first_indexed=lambda hit: instant_json(first_indexed(hit)),
        built_at=instant_json(page.index.built_at if page.index else _LONG_AGO),
        version=product_version(),
        atom_date=atom_date,
        summary_html=summary_html,
        render=render,
    )
    return Response(xml, mimetype="application/atom+xml")


def _late(query: Query) -> tuple[Hit, ...]:
    """Matches indexed lately, for the first page of a feed that has no dates of its own."""
    if query.page > 1 or query.cursor or query.first or query.last:
        return ()
    return tuple(
        hit
        for days in LATELY
        for hit in engine().search(
            dataclasses.replace(
                query, date_field="indexed", first=today() - timedelta(days=days), sort="newest", facets=()
            )
        ).hits
    )


def first_indexed(hit: Hit) -> datetime:
    return hit.indexed or _LONG_AGO


def atom_date(hit: Hit) -> str | None:
    """The article's date as RFC 3339 wants it, whole; None without one."""
    published = hit.article.published
    return published.value.isoformat(timespec="seconds") if published and published.value else None


def summary_html(hit: Hit) -> str:
    """The passages as HTML in a string, which the template escapes once more as Atom asks."""
    return "".join(f"<p>{render.snippet_html(snippet)}</p>" for snippet in hit.snippets)


@feeds.get("/opensearch.xml")
def opensearch() -> Response:
    """The description document: how a browser searches this archive, and gets suggestions for it."""
    return Response(render_template("opensearch.xml"), mimetype="application/opensearchdescription+xml")


@feeds.get("/robots.txt")
def robots() -> Response:
    """Articles may be visited; every possible search of the archive may not."""
    lines = ("User-agent: *", "Disallow: /search", "Disallow: /api/", "Disallow: /feed.")
    return Response("\n".join((*lines, "")), mimetype="text/plain")
