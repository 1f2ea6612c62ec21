"""Addresses are Flask's own, however they are come by, and follow where the application is reached."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import flask
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from indexer.settings import Settings
from tests.fakes import ListEngine
from web import create_app
from web.addresses import article_path, article_url, url_for
from web.links import Address

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
REACHED = (
    {"base_url": "http://127.0.0.1:8642/"},
    {"base_url": "https://news.example.org/"},
    {"base_url": "https://news.example.org/archive/"},
)


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(Settings(), ListEngine([]))


@given(words.filter(bool))
def test_an_articles_address_is_what_flask_would_make_of_its_id(app: Flask, article_id: str) -> None:
    for reached in REACHED:
        with app.test_request_context("/search", **reached):
            assert article_path(article_id) == flask.url_for("pages.article", article_id=article_id)
            whole = flask.url_for("pages.article", article_id=article_id, _external=True)
            assert article_url(article_id) == whole


def test_a_route_is_found_where_the_application_is_reached(app: Flask) -> None:
    for _ in range(2):
        for reached in REACHED:
            with app.test_request_context("/search", **reached):
                for endpoint in ("pages.search", "api.search", "feeds.atom"):
                    assert url_for(endpoint) == flask.url_for(endpoint)
                    whole = flask.url_for(endpoint, _external=True)
                    assert url_for(endpoint, _external=True) == whole
                    assert whole.startswith(reached["base_url"])
                example = flask.url_for("pages.search", q='"a b" -c')
                assert url_for("pages.search", q='"a b" -c') == example


@given(st.lists(st.tuples(words, words), max_size=4))
def test_parameters_are_written_as_the_library_writes_them(pairs: list[tuple[str, str]]) -> None:
    assert str(Address(tuple(pairs))) == urlencode(pairs, quote_via=quote, safe="~:,")
