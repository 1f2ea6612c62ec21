"""A search as a feed, and what lets a browser search here from its own box.

Atom is RFC 4287; the elements on the search itself and the description document are OpenSearch 1.1 draft 6.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from flask import Blueprint, Response, render_template

from indexer.as_json import instant_json
from indexer.results import Hit
from web import render
from web.addresses import article_url, url_for
from web.answers import of_generation, product_version
from web.asking import answer, asked_by_request
from web.held import history
from web.linked import page_links
from web.links import Address
from web.params import FEED, args_for

feeds = Blueprint("feeds", __name__)

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@feeds.get("/feed.atom")
@of_generation
def atom() -> Response:
    """The matches that came into the archive last, whatever their own date.

    `published` of an entry is the article's date, `updated` its first indexing or, where the ledger knows of
    one, its last real rewrite. A `sort` copied over from a page changes nothing.
    """
    asked = asked_by_request(FEED)
    asked = dataclasses.replace(asked, query=dataclasses.replace(asked.query, sort=FEED.sort, edges=False))
    page = answer(asked, FEED)
    rewritten = history().rewritten(hit.article for hit in page.hits)
    changed = {hit.article.id: rewritten.get(hit.article.id, hit.indexed) for hit in page.hits}
    built_at = page.index.built_at if page.index else None
    address = Address(args_for(asked, FEED))
    xml = render_template(
        "feed.xml",
        page=page,
        address=address,
        links=page_links(address, page, url_for("feeds.atom", _external=True)),
        article_url=article_url,
        updated=lambda hit: instant_json(changed[hit.article.id] or _LONG_AGO),
        feed_updated=instant_json(max(filter(None, changed.values()), default=built_at or _LONG_AGO)),
        version=product_version(),
        atom_date=atom_date,
        summary_html=summary_html,
        render=render,
    )
    return Response(xml, mimetype="application/atom+xml")


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
