"""The endpoint's JSON: what indexer/as_json.py says, and the addresses where everything is to be found."""

from __future__ import annotations

from typing import Any

from indexer.as_json import marked_json, page_json
from indexer.results import Edge, Marked, ResultPage
from web.addresses import article_url, url_for
from web.links import Address
from web.params import DEPTH_MOST, Asked, args_for
from web.render import cleaned


def search_json(asked: Asked, page: ResultPage) -> dict[str, Any]:
    """The whole answer of /api/v1/search."""
    address, path = Address(args_for(asked)), url_for("api.search", _external=True)
    answer = page_json(page, fields=asked.fields, highlight=asked.highlight)  # type: ignore[arg-type]
    ordered: dict[str, Any] = {}
    for name, value in answer.items():
        ordered[name] = value
        if name == "pages":
            ordered["links"] = page_links(address, page, path)
    for name in ("first", "last"):
        edge: Edge | None = getattr(page, name)
        if edge:
            ordered[name]["uri"] = article_url(edge.id)
    ordered["results"] = [
        _with_addresses(values, hit.article.id)
        for hit, values in zip(page.hits, answer["results"], strict=True)
    ]
    for name, facet in ordered["facets"].items():
        for each in facet["values"]:
            each["url"] = toggled(address, name, each["value"]).at(path)
    return ordered


def _with_addresses(values: dict[str, Any], article_id: str) -> dict[str, Any]:
    """`uri` beside the id, both first and whatever fields were asked for."""
    if "match" in values:
        values["match"] = _cleaned(values["match"])
    head = {"id": article_id, "uri": article_url(article_id)}
    return {**head, **values, **head}


def _cleaned(match: dict[str, Any]) -> dict[str, Any]:
    """The marked strings through bleach, the second lock of everything that is shown as HTML."""
    if "headline_html" in match:
        match["headline_html"] = str(cleaned(match["headline_html"]))
    for snippet in match.get("snippets", ()):
        if "html" in snippet:
            snippet["html"] = str(cleaned(snippet["html"]))
    return match


def article_json(marked: Marked, fields: tuple[str, ...]) -> dict[str, Any]:
    """One article for /api/v1/articles/<id>; with a query, the spans of its marks."""
    return {"ok": True, **_with_addresses(marked_json(marked, fields=fields), marked.article.id)}


def page_links(address: Address, page: ResultPage, path: str) -> dict[str, str | None]:
    """Full addresses of this answer's neighbours; past DEPTH_MOST results `next` is the cursor's.

    `export` is null: this version has no export.
    """
    query = page.query
    last = min(page.pages, DEPTH_MOST // query.page_size)
    by_cursor = address.setting(cursor=page.next_cursor, page=None).at(path) if page.next_cursor else None
    here = None if query.cursor else query.page

    def at(number: int) -> str:
        return address.setting(page=str(number) if number > 1 else None, cursor=None).at(path)

    following = at(here + 1) if here and here < last else by_cursor
    return {
        "self": address.at(path),
        "next": following,
        "prev": at(here - 1) if here and here > 1 else None,
        "first": at(1),
        "last": at(last) if last and page.pages == last else None,
        "cursor": by_cursor,
        "feed": feed_url(address),
        "export": None,
    }


def link_header(links: dict[str, str | None]) -> str:
    """The links of RFC 8288 that clients follow by themselves."""
    relations = (rel for rel in ("first", "prev", "next", "last") if links[rel])
    return ", ".join(f'<{links[rel]}>; rel="{rel}"' for rel in relations)


def feed_url(address: Address) -> str:
    """The same search as a feed: without place and size, which belong to pages."""
    whole = address.setting(page=None, page_size=None, sort=None).without("facets")
    return whole.at(url_for("feeds.atom", _external=True))


def toggled(address: Address, name: str, value: str) -> Address:
    """The address with one filter value put in, or taken out where it is in."""
    if value in address.values(name):
        return address.without(name, value)
    return address.adding(name, value)
