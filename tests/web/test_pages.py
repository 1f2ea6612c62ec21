"""Pages say what was found, in what order and how to go on - as text that is read, not as looks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Dated
from indexer.query import Note, Query
from indexer.results import ResultPage, Suggestion, Timeline, TimelineBucket
from tests.fakes import ListEngine, an_article
from tests.web.conftest import ARTICLES, MakeClient, app_over


def page(client: FlaskClient, address: str, **query: str) -> str:
    response = client.get(address, query_string=query or None)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_count_stands_in_title_and_status(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry")

    assert "<title>3 articles for ferry – Newsdex</title>" in html
    assert re.search(r'<h1 role="status">3 articles ', html)


def test_the_page_has_its_landmarks(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry")

    assert 'href="#main"' in html
    assert 'role="search"' in html
    assert html.count("<main ") == 1
    assert html.count("<h1") == 1


def test_each_result_says_its_language_and_direction(client: FlaskClient) -> None:
    html = page(client, "/search?language=ar")

    assert '<article lang="ar" dir="rtl">' in html
    assert "Arabic (العربية)" in html


def test_filters_are_links_that_narrow_widen_exclude_and_clear(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry&source=harbour-gazette")

    assert 'href="/search?q=ferry" rel="nofollow" aria-current="true"' in html
    assert 'href="/search?q=ferry&amp;source=harbour-gazette&amp;source=~none"' in html
    assert 'href="/search?q=ferry&amp;source=harbour-gazette&amp;exclude_section=News"' in html
    assert "Source: Harbour Gazette" in html


def test_what_is_left_out_is_shown_as_left_out_and_can_be_taken_in_again(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry&exclude_source=harbour-gazette")

    assert "not Source: Harbour Gazette" in html
    assert re.search(r'<li class="excluded"><a href="/search\?q=ferry"', html)
    assert "<title>1 article " in html


def test_articles_without_a_value_have_a_bucket_of_their_own(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry&source=~none")

    assert "Source: no source" in html
    assert "1 article " in html


def test_undated_articles_are_counted_where_a_date_filter_leaves_them_out(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry&from_date=2025")

    assert "1 undated article not shown" in html
    assert "undated=include" in html


def test_nothing_found_says_which_word_is_missing_and_what_would_find(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry+zeppelin")

    assert "holds no article with <code><bdi>zeppelin</bdi></code>" in html
    assert re.search(
        r'href="/search\?q=ferry"[^>]*><bdi>without zeppelin</bdi></a> <span class="count">3 articles', html
    )
    assert "with any of the words" in html


def test_nothing_found_under_filters_offers_the_search_without_them(client: FlaskClient) -> None:
    html = page(client, "/search?q=parrot&source=meridian-wire")

    assert re.search(
        r'href="/search\?q=parrot"[^>]*><bdi>without filters</bdi></a> <span class="count">1 article', html
    )


def test_what_was_repaired_is_said(client: FlaskClient) -> None:
    html = page(client, "/search", q='ferry "quay', utm_source="mail")

    assert "quotation mark" in html
    assert "There is no parameter utm_source. It was ignored." in html
    assert "Searched for:" in html


def test_an_operator_in_lower_case_is_one_click_from_being_one(client: FlaskClient) -> None:
    html = page(client, "/search?q=parrot+or+tariffs&sort=newest")

    assert "<title>No articles" in html
    assert 'href="/search?sort=newest&amp;q=parrot%20OR%20tariffs">Search for' in html
    assert "<title>2 articles" in page(client, "/search?q=parrot+OR+tariffs")


def test_a_place_in_the_byline_is_not_said_twice(client_over: MakeClient) -> None:
    client = client_over([an_article(by="By Mairead Sloan in Port Ellery", located="Port Ellery")])

    line = re.search(r'<p class="line">.*?</p>', page(client, "/search"))
    assert line
    assert line[0].count("Port Ellery") == 1


def test_first_and_last_mention_are_linked(client: FlaskClient) -> None:
    html = page(client, "/search?q=ferry")

    assert re.search(r"First held <a [^>]*/a/quay\?q=ferry[^>]*><time [^>]*>2 Nov 2025</time></a> in", html)
    assert re.search(r"latest <a [^>]*/a/raft\?q=ferry[^>]*><time [^>]*>15 Jan 2026</time></a> in", html)


def test_a_refused_date_keeps_the_query_and_says_what_may_stand_there(client: FlaskClient) -> None:
    response = client.get("/search?q=ferry&from_date=soon")
    html = response.get_data(as_text=True)

    assert response.status_code == 400
    assert "from_date must be" in html
    assert 'value="ferry"' in html
    assert 'href="/search?q=ferry"' in html


class Suggesting(ListEngine):
    def search(self, query: Query) -> ResultPage:
        suggestion = Suggestion(text="ferry", total=3)
        return ResultPage(
            query=query, suggestion=suggestion, notes=(Note("x", "A note."),), index=self.info()
        )


def test_a_better_spelling_is_offered_with_its_count() -> None:
    html = page(app_over(Suggesting(ARTICLES)).test_client(), "/search?q=fery")

    assert re.search(r'Did you mean <a href="/search\?q=ferry"><bdi>ferry</bdi></a>\? 3 articles', html)


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (None, "undated"),
        (Dated(value=None, basis="page-text", raw="32 May", doubt="no such day"), "date doubtful: “32 May”"),
    ],
)
def test_a_date_says_what_it_knows_and_no_more(
    client_over: MakeClient, published: Dated | None, said: str
) -> None:
    client = client_over([an_article(published=published)])

    assert said in page(client, "/search")
    assert said in page(client, "/a/1")


def test_a_month_is_not_shown_as_a_day(client_over: MakeClient) -> None:
    month = Dated(value=datetime(2026, 1, 1, tzinfo=UTC), basis="url", precision="month")
    html = page(client_over([an_article(published=month)]), "/search")

    assert '<time datetime="2026-01" ' in html
    assert ">Jan 2026</time>" in html
    assert "First held" not in html


def test_the_first_mention_is_no_more_precise_than_its_date(client_over: MakeClient) -> None:
    month = Dated(value=datetime(2005, 3, 1, tzinfo=UTC), basis="url", precision="month")
    client = client_over([an_article(published=month), an_article(id="2", published="2026-01-15")])

    assert re.search(r'First held <a [^>]*><time datetime="2005-03">Mar 2005</time>', page(client, "/search"))
    assert client.get("/api/v1/search").get_json()["first"]["published"] == "2005-03"


def test_every_hit_is_marked_numbered_and_reachable_without_script(client: FlaskClient) -> None:
    html = page(client, "/a/raft?q=ferry")

    assert re.findall(r'<mark id="(hit-\d+)">', html) == ["hit-1", "hit-2", "hit-3"]
    assert re.findall(r'<li><a href="(#hit-\d+)">', html) == ["#hit-1", "#hit-2", "#hit-3"]
    assert '<a class="hop" href="#hit-3">2 of 3 →</a>' in html
    assert 'data-hits="3"' in html


def test_the_way_back_leads_to_the_same_results(client: FlaskClient) -> None:
    results = page(client, "/search?q=ferry&source=harbour-gazette&sort=newest")
    link = re.search(r'<h2><a href="(/a/raft[^"]*)"', results)
    assert link
    html = page(client, link[1].replace("&amp;", "&"))

    assert 'href="/search?q=ferry&amp;source=harbour-gazette&amp;sort=newest"' in html


def test_the_article_tells_how_it_was_dated(client: FlaskClient) -> None:
    html = page(client, "/a/raft")

    assert "Thursday, 15 January 2026, 09:28 (UTC+9)" in html
    assert "2026-01-15T09:28:00+09:00" in html
    assert "from a field of the record" in html


def test_the_forms_of_an_article_hold_its_text(client: FlaskClient) -> None:
    text = page(client, "/a/raft.txt")

    assert text.startswith("Ferry passengers tell of night on raft\n\n")
    assert "The ferry sank in an hour.\n\nA second ferry" in text
    assert client.get("/a/raft.json").get_json()["body"] == ARTICLES[0].body


def test_a_question_at_the_front_door_goes_to_the_results(client: FlaskClient) -> None:
    response = client.get("/?q=ferry&source=x")

    assert response.status_code == 302
    assert response.headers["Location"] == "/search?q=ferry&source=x"


class Gaps(ListEngine):
    def search(self, query: Query) -> ResultPage:
        found = super().search(query)
        buckets = tuple(
            TimelineBucket(start=date(2026, month, 1), count=count, held=held)
            for month, count, held in ((1, 2, 5), (2, 0, 0), (3, 0, 0), (4, 0, 3), (5, 1, 1))
        )
        return replace(found, timeline=Timeline(interval="month", buckets=buckets))


def test_the_timeline_tells_nothing_held_from_nothing_found() -> None:
    html = page(app_over(Gaps(ARTICLES)).test_client(), "/search?q=ferry")

    assert html.count('class="gap"') == 1
    assert re.search(r'class="gap" x="1" y="0" width="2"', html)
    assert html.count("nothing held") >= 4
    assert "from_date=2026-01-01&amp;to_date=2026-01-31" in html
    assert "<caption" in html or "<th scope=" in html


def test_pages_of_results_are_links(client_over: MakeClient) -> None:
    client = client_over(an_article(id=f"{number:03}", headline="Ferry") for number in range(101))
    html = page(client, "/search?q=ferry&page=3")

    assert 'rel="prev" href="/search?q=ferry&amp;page=2"' in html
    assert 'rel="next" href="/search?q=ferry&amp;page=4"' in html
    assert 'aria-current="page"><span class="unseen">Page </span>3</a>' in html
    assert '<li class="result" value="41">' in html


def test_past_the_numbered_pages_a_cursor_goes_on(client_over: MakeClient) -> None:
    client = client_over(an_article(id=f"{number:04}", headline="Ferry") for number in range(1_030))
    last = page(client, "/search?q=ferry&page=50")
    refused = client.get("/search?q=ferry&page=51")

    assert re.search(r'rel="next" href="/search\?q=ferry&amp;cursor=[^"]*">Go on', last)
    assert refused.status_code == 400
    assert "Go on after result 1,000" in refused.get_data(as_text=True)


def test_every_example_of_the_help_runs(client: FlaskClient) -> None:
    html = page(client, "/help")
    links = re.findall(r'<dt><a href="(/search\?[^"]*)"', html)

    assert len(links) > 10
    assert all(client.get(link.replace("&amp;", "&")).status_code == 200 for link in links)


class Balance(HTMLParser):
    """Elements opened and closed in order, as they must be for what follows them to be theirs."""

    void = frozenset({"meta", "link", "input", "br", "rect", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search",
        "/search?q=ferry&explain=1",
        "/search?q=zeppelin+ferry",
        "/a/raft?q=ferry",
        "/a/souk",
        "/help",
        "/about",
        "/api",
        "/api/errors",
    ],
)
def test_elements_close_and_ids_are_unique(client: FlaskClient, address: str) -> None:
    parser = Balance()
    parser.feed(page(client, address))

    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=500))
def test_any_query_is_answered(client: FlaskClient, text: str) -> None:
    for address in ("/search", "/api/v1/search", "/a/raft"):
        assert client.get(address, query_string={"q": text}).status_code == 200


def test_an_empty_archive_says_how_to_fill_it(client_over: MakeClient) -> None:
    assert "newsdex update PATH" in page(client_over([]), "/")
