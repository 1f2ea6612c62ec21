"""An archive of a few invented articles and the application over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from corpus.article import Article
from indexer.engine import Engine
from indexer.settings import Settings
from tests.fakes import ListEngine, an_article
from web import create_app

ARTICLES = (
    an_article(
        id="raft", headline="Ferry passengers tell of night on raft", source="Harbour Gazette",
        section="News", language="en",
        body="The ferry sank in an hour.\nA second ferry took the passengers home.",
        published="2026-01-15T09:28:00+09:00", located="Port Ellery", authors=("Mairead Sloan",),
    ),
    an_article(
        id="tariff", headline="Court strikes down tariffs on tinned fish", source="Meridian Wire",
        section="Business", body="The court ruled that the tariffs were unlawful.", published="2026-02-19",
        language="en",
    ),
    an_article(
        id="quay", headline="Quay rebuilt", source="Harbour Gazette", section="News", language="en",
        body="Where the ferry used to land, the quay has been rebuilt.", published="2025-11-02",
    ),
    an_article(
        id="souk", headline="صنّاع الفوانيس", body="أطلقت ورشة صغيرة فوانيس نحاسية.", language="ar",
        source="Sawt", published="2025-12-21",
    ),
    an_article(id="parrot", headline="Parrot found", body="A parrot was found by the ferry.", language="en"),
)  # fmt: skip

MakeClient = Callable[[Iterable[Article]], FlaskClient]


def app_over(engine: Engine | None, settings: Settings | None = None) -> Flask:
    app = create_app(settings or Settings(), engine)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def engine() -> ListEngine:
    return ListEngine(ARTICLES)


@pytest.fixture
def client(engine: ListEngine) -> FlaskClient:
    return app_over(engine).test_client()


@pytest.fixture
def client_over() -> MakeClient:
    """A client of an archive that holds just these articles."""
    return lambda articles: app_over(ListEngine(articles)).test_client()
