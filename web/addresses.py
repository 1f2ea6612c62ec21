"""Addresses of the application's own routes, as Flask's url_for gives them, each worked out once.

url_for takes 0.02 ms, and a page of results holds forty of them. They depend on where the application is
reached and on nothing else of a request.
"""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import quote

import flask
from flask import request

# What a path may hold as it is, as werkzeug's converters have it.
_PLAIN_IN_PATH = "!$&'()*+,/:;=@"


def url_for(endpoint: str, *, _external: bool = False, **values: str) -> str:
    """As flask.url_for for a route of this application; for values that come again from page to page."""
    asked = request._get_current_object()  # type: ignore[attr-defined]  # one look at the context, not three
    return _url_for(asked.scheme, asked.host, asked.script_root, endpoint, _external=_external, **values)


@functools.lru_cache(maxsize=512)
def _url_for(scheme: str, host: str, root: str, endpoint: str, **values: Any) -> str:
    return flask.url_for(endpoint, **values)


# There are too many articles to remember the address of each: what stands before their ids is.


def article_path(article_id: str) -> str:
    """Where an article's page is on this server."""
    return url_for("pages.article", article_id="-")[:-1] + quote(article_id, safe=_PLAIN_IN_PATH)


def article_url(article_id: str) -> str:
    """The whole address of an article's page."""
    before = url_for("pages.article", article_id="-", _external=True)[:-1]
    return before + quote(article_id, safe=_PLAIN_IN_PATH)
