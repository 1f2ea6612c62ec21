"""The feed is well-formed, in the order things came in, and says what it is a search for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import feedparser
from defusedxml import ElementTree
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.query import Query
from indexer.results import ResultPage, Suggestion
from tests.fakes import ListEngine, an_article
from tests.web.conftest import ARTICLES, app_over

NAMES = {"a": "http://www.w3.org/2005/Atom", "o": "http://a9.com/-/spec/opensearch/1.1/"}
NOW = datetime.now(UTC)


def feed(client: FlaskClient, address: str):
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    return ElementTree.fromstring(response.get_data())


def test_the_feed_is_a_search_with_the_same_parameters(client: FlaskClient) -> None:
    root = feed(client, "/feed.atom?q=ferry&source=harbour-gazette")

    assert root.findtext("o:totalResults", namespaces=NAMES) == "2"
    assert root.find("o:Query", NAMES).get("searchTerms") == "ferry"
    assert {entry.findtext("a:id", namespaces=NAMES) for entry in root.findall("a:entry", NAMES)} == {
        "http://localhost/a/raft", "http://localhost/a/quay",
    }  # fmt: skip


def test_feed_readers_understand_it(client: FlaskClient) -> None:
    parsed = feedparser.parse(client.get("/feed.atom?q=ferry").get_data())

    assert not parsed.bozo
    assert {entry.title for entry in parsed.entries} == {
        "Ferry passengers tell of night on raft", "Quay rebuilt", "Parrot found",
    }  # fmt: skip
    summaries = {entry.title: entry.summary for entry in parsed.entries}
    assert summaries["Parrot found"] == "<p>A parrot was found by the ferry.</p>"


def test_what_came_in_last_stands_first_whatever_its_date() -> None:
    dates = {"old": "1999-05-01", "new": "2026-01-01", "mid": "2020-01-01"}
    articles = [an_article(id=name, headline="Ferry", published=day) for name, day in dates.items()]
    came = {"new": NOW - timedelta(days=99), "mid": NOW - timedelta(days=75), "old": NOW - timedelta(days=50)}
    client = app_over(ListEngine(articles, indexed=came)).test_client()
    root = feed(client, "/feed.atom?q=ferry&page_size=2")
    entries = root.findall("a:entry", NAMES)

    assert [entry.findtext("a:id", namespaces=NAMES)[-3:] for entry in entries] == ["old", "mid"]
    assert entries[0].findtext("a:published", namespaces=NAMES).startswith("1999-05-01")
    assert entries[0].findtext("a:updated", namespaces=NAMES)[:10] == came["old"].date().isoformat()
    assert root.findtext("a:updated", namespaces=NAMES)[:10] == came["old"].date().isoformat()


def test_the_next_page_of_a_feed_goes_on_in_the_same_order() -> None:
    came = {name: NOW - timedelta(hours=place) for place, name in enumerate("cadbe")}
    articles = [an_article(id=name, headline="Ferry", published="2026-01-01") for name in came]
    client = app_over(ListEngine(articles, indexed=came)).test_client()
    address, order = "/feed.atom?q=ferry&page_size=2&sort=relevance", []
    while address:
        root = feed(client, address)
        order += [each.findtext("a:id", namespaces=NAMES)[-1] for each in root.findall("a:entry", NAMES)]
        links = {link.get("rel"): link.get("href") for link in root.findall("a:link", NAMES)}
        assert "sort" not in links["self"]
        address = links.get("next", "").removeprefix("http://localhost")

    assert order == list("cadbe")


class Suggesting(ListEngine):
    def search(self, query: Query) -> ResultPage:
        return ResultPage(query=query, suggestion=Suggestion(text="ferry", total=3), index=self.info())


def test_a_better_spelling_is_a_correction() -> None:
    root = feed(app_over(Suggesting(ARTICLES)).test_client(), "/feed.atom?q=fery")

    assert [(q.get("role"), q.get("searchTerms")) for q in root.findall("o:Query", NAMES)] == [
        ("request", "fery"), ("correction", "ferry"),
    ]  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=80))
def test_the_feed_is_well_formed_whatever_is_asked_and_held(query: str, text: str) -> None:
    names = dict.fromkeys(("headline", "located", "section", "source"), f"S{text}")
    article = an_article(id="1", body=f"ferry {text}", authors=(text,), **names)
    client = app_over(ListEngine([article])).test_client()

    for asked in (query, "ferry"):
        ElementTree.fromstring(client.get("/feed.atom", query_string={"q": asked}).get_data())


def test_the_description_leads_to_addresses_that_answer(client: FlaskClient) -> None:
    response = client.get("/opensearch.xml")
    root = ElementTree.fromstring(response.get_data())

    assert response.mimetype == "application/opensearchdescription+xml"
    for url in root.findall("o:Url", NAMES):
        address = url.get("template").replace("{searchTerms}", "ferry").replace("{startPage?}", "")
        assert client.get(address).mimetype == url.get("type")


def test_robots_may_read_articles_and_not_every_search(client: FlaskClient) -> None:
    assert "Disallow: /search" in client.get("/robots.txt").get_data(as_text=True)
