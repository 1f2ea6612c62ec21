"""The JSON endpoint: /api/v1/..., and the two addresses that whoever watches over the server asks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from indexer.as_json import info_json
from indexer.engine import Engine
from web.answers import json_response, of_generation, product_version
from web.asking import answer, asked_by_request, marked_article
from web.held import engine
from web.linked import article_json, link_header, search_json
from web.params import ARTICLE_API, SEARCH_API, STATUS_API, SUGGEST_API

api = Blueprint("api", __name__)

SUGGESTIONS = 10
# Where a completion leads: kinds that are names go to their filter, words and headlines to a search.
FILTER_OF_KIND = {"author": "author", "place": "place", "section": "section"}


@api.get("/api/v1/search")
@of_generation
def search() -> Response:
    asked = asked_by_request(SEARCH_API)
    value = search_json(asked, answer(asked))
    response = json_response(value)
    response.headers["Link"] = link_header(value["links"])
    return response


@api.get("/api/v1/articles/<article_id>")
@of_generation
def article(article_id: str) -> Response:
    asked = asked_by_request(ARTICLE_API)
    return json_response(article_json(marked_article(article_id, asked.query), asked.fields))


@api.get("/api/v1/suggest")
@of_generation
def suggest() -> Response:
    """OpenSearch suggestions 1.0: [text, completions, descriptions, addresses]."""
    text = asked_by_request(SUGGEST_API).query.text
    rows = completions(engine(), text)
    value = [
        text,
        [completion for completion, _, _ in rows],
        [f"{kind}, {count:,} {'article' if count == 1 else 'articles'}" for _, kind, count in rows],
        [_address(completion, kind) for completion, kind, _ in rows],
    ]
    return json_response(value, mimetype="application/x-suggestions+json")


def completions(source: Engine, text: str) -> list[tuple[str, str, int]]:
    """Completions of the whole text; where there are few, of its last word after the others as typed."""
    rows = source.suggest(text, SUGGESTIONS) if text else []
    head, gap, last = text.rpartition(" ")
    if gap and len(last) > 1 and len(rows) < SUGGESTIONS:
        words = (row for row in source.suggest(last, SUGGESTIONS) if row[1] == "word")
        rows = [*rows, *((f"{head} {word}", kind, n) for word, kind, n in words)][:SUGGESTIONS]
    return rows


def _address(completion: str, kind: str) -> str:
    values: dict[str, Any] = {FILTER_OF_KIND.get(kind, "q"): completion}
    return url_for("pages.search", **values, _external=True)


@api.get("/api/v1/status")
@of_generation
def status() -> Response:
    asked_by_request(STATUS_API)
    return json_response({"ok": True, "version": product_version(), "index": info_json(engine().info())})


@api.get("/healthz")
def healthz() -> Response:
    """The process answers; it says nothing of the index."""
    return json_response({"ok": True, "version": product_version()})


@api.get("/readyz")
def readyz() -> Response:
    """There is an index and it is open; else the 503 that says what is missing."""
    info = engine().info()
    response = json_response({"ok": True, "generation": info.generation, "articles": info.articles})
    response.headers["Cache-Control"] = "no-store"
    return response

