"""The endpoint answers as it says it does, and its refusals are of the closed list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from indexer.errors import (
    EngineUnavailable,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    QueryTooBroad,
    SearchTimeout,
)
from indexer.query import Query
from indexer.results import ResultPage
from indexer.settings import Settings
from tests.fakes import ListEngine, an_article
from tests.web.conftest import ARTICLES, MakeClient, app_over
from web import create_app
from web.errors import CODES


def test_a_search_gives_results_counts_and_full_addresses(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=ferry&facets=source&page_size=2").get_json()

    assert found["ok"] is True
    assert (found["total"], found["pages"], len(found["results"])) == (3, 2, 2)
    assert found["stories"] is None
    first = found["results"][0]
    assert first["uri"] == f"http://localhost/a/{first['id']}"
    assert "<mark>Ferry</mark>" in first["match"]["headline_html"]
    assert found["links"]["next"] == "http://localhost/api/v1/search?q=ferry&page_size=2&facets=source&page=2"
    assert found["links"]["feed"].startswith("http://localhost/feed.atom?q=ferry")
    assert {row["value"]: row["count"] for row in found["facets"]["source"]["values"]} == {
        "harbour-gazette": 2
    }


def test_the_members_come_in_the_documented_order(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=ferry").get_json()

    assert list(found)[:9] == [
        "ok", "query", "total", "total_relation", "stories", "page", "page_size", "pages", "links",
    ]  # fmt: skip
    assert list(found["links"]) == ["self", "next", "prev", "first", "last", "cursor", "feed", "export"]


def test_links_also_stand_in_the_header(client: FlaskClient) -> None:
    header = client.get("/api/v1/search?q=ferry&page_size=1&page=2").headers["Link"]

    assert [part.split("; ")[1] for part in header.split(", ")] == [
        'rel="first"', 'rel="prev"', 'rel="next"', 'rel="last"',
    ]  # fmt: skip


def test_nothing_found_is_an_answer(client: FlaskClient) -> None:
    response = client.get("/api/v1/search?q=zeppelin")

    assert response.status_code == 200
    assert response.get_json()["results"] == []


def test_a_facets_address_puts_its_value_in_and_takes_it_out(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?facets=source").get_json()
    url = found["facets"]["source"]["values"][0]["url"]
    narrowed = client.get(url).get_json()

    assert narrowed["query"]["filters"] == {"source": ["harbour-gazette"]}
    assert narrowed["facets"]["source"]["values"][0]["url"] == "http://localhost/api/v1/search?facets=source"


@pytest.mark.parametrize(
    ("highlight", "members"),
    [
        ("html", {"html", "text", "spans"}),
        ("spans", {"text", "spans"}),
        ("text", {"text"}),
    ],
)
def test_highlight_says_how_marks_are_told(client: FlaskClient, highlight: str, members: set[str]) -> None:
    found = client.get(f"/api/v1/search?q=ferry&highlight={highlight}").get_json()
    snippet = found["results"][0]["match"]["snippets"][0]

    assert members == set(snippet) & {"html", "text", "spans"}


def test_without_highlight_there_are_no_snippets(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=ferry&highlight=none").get_json()

    assert "snippets" not in found["results"][0]["match"]


def test_fields_choose_the_members_of_a_result(client: FlaskClient) -> None:
    default = client.get("/api/v1/search?q=ferry").get_json()["results"][0]
    chosen = client.get("/api/v1/search?q=ferry&fields=headline,body").get_json()["results"][0]

    assert "body" not in default
    assert chosen["body"] == ARTICLES[0].body
    assert "source" not in chosen


def test_names_of_the_users_files_are_told_only_when_asked_for(client_over: MakeClient) -> None:
    client = client_over([an_article(id="1", origin="private/tips.txt")])
    for address in ("/api/v1/search", "/api/v1/articles/1", "/a/1.json", "/feed.atom", "/search", "/a/1"):
        assert "tips" not in client.get(address).get_data(as_text=True)

    for fields in ("all", "origin"):
        found = client.get(f"/api/v1/search?fields={fields}").get_json()["results"][0]
        assert found["origin"] == client.get(f"/a/1.json?fields={fields}").get_json()["origin"]


def test_explain_says_what_each_clause_gave(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=ferry+raft&explain=1").get_json()

    assert [row["text"] for row in found["results"][0]["match"]["why"]] == ["ferry", "raft"]


def test_an_article_carries_the_spans_of_its_hits(client: FlaskClient) -> None:
    article = client.get("/api/v1/articles/raft?q=ferry").get_json()

    assert article["headline"] == "Ferry passengers tell of night on raft"
    assert article["match"]["hits"] == 3
    assert [article["body"][a:b] for a, b in article["match"]["spans"]["body"]] == ["ferry", "ferry"]


def test_page_and_endpoint_give_the_same_number(client: FlaskClient) -> None:
    for query in ("ferry", "ferry OR tariffs", "parrot -ferry", '"the ferry"'):
        total = client.get("/api/v1/search", query_string={"q": query}).get_json()["total"]
        page = client.get("/search", query_string={"q": query}).get_data(as_text=True)
        assert f"<title>{total or 'No'} article" in page


def test_suggestions_are_those_of_opensearch(client: FlaskClient) -> None:
    response = client.get("/api/v1/suggest?q=fer")
    text, completions, about, urls = response.get_json()

    assert response.mimetype == "application/x-suggestions+json"
    assert text == "fer"
    assert "ferry" in completions
    assert about[completions.index("ferry")] == "word, 3 articles"
    assert len(completions) == len(about) == len(urls)


def test_the_last_word_is_completed_after_the_others(client: FlaskClient) -> None:
    assert "parrot ferry" in client.get("/api/v1/suggest?q=parrot+fer").get_json()[1]


def test_status_says_what_is_held(client: FlaskClient) -> None:
    status = client.get("/api/v1/status").get_json()

    assert status["index"]["articles"] == len(ARTICLES)
    assert status["version"]


def test_a_deep_page_is_refused_with_the_cursor_that_goes_on(client_over: MakeClient) -> None:
    client = client_over(an_article(id=f"{number:04}", headline="Ferry") for number in range(1_050))

    last = client.get("/api/v1/search?page_size=100&page=10").get_json()
    refused = client.get("/api/v1/search?page_size=100&page=11")
    on = client.get(refused.get_json()["cursor"]).get_json()

    assert refused.status_code == 400
    assert refused.get_json()["code"] == "page_too_deep"
    assert last["links"]["next"] == refused.get_json()["cursor"]
    assert [hit["match"]["rank"] for hit in on["results"]] == list(range(1_001, 1_051))
    assert on["links"]["next"] is None


def test_a_page_past_the_last_is_refused_with_their_number(client: FlaskClient) -> None:
    problem = client.get("/api/v1/search?q=ferry&page=7").get_json()

    assert (problem["code"], problem["pages"]) == ("page_out_of_range", 1)


def test_a_page_past_the_last_is_no_deep_page_where_there_are_few(client: FlaskClient) -> None:
    for page in (7, 99, 999_999):
        problem = client.get(f"/api/v1/search?q=ferry&page={page}&page_size=2").get_json()
        assert (problem["code"], problem["pages"]) == ("page_out_of_range", 2)


def test_a_cursor_of_somebody_elses_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?cursor=abc").get_json()["code"] == "cursor_invalid"


class Failing(ListEngine):
    def __init__(self, error: Exception):
        super().__init__(ARTICLES)
        self.error = error

    def search(self, query: Query) -> ResultPage:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (IndexMissing("news"), 503, "index_missing"),
        (IndexOutdated("news", "a", "b"), 503, "index_outdated"),
        (IndexDamaged("postings", "short"), 503, "index_damaged"),
        (IndexBusy("news", "pid 7"), 503, "index_busy"),
        (EngineUnavailable("disk gone"), 503, "engine_unavailable"),
        (SearchTimeout(5_000), 503, "search_timeout"),
        (QueryTooBroad("a*", 50_000, 1_000), 400, "query_too_broad"),
        (RuntimeError("a secret of the inside"), 500, "internal"),
    ],
)
def test_every_failure_has_its_code_on_the_endpoint_and_a_page(
    error: Exception, status: int, code: str
) -> None:
    client = app_over(Failing(error)).test_client()
    problem = client.get("/api/v1/search?q=ferry")
    page = client.get("/search?q=ferry")

    assert (problem.status_code, page.status_code) == (status, status)
    assert problem.mimetype == "application/problem+json"
    assert problem.get_json()["code"] == code
    assert problem.get_json()["request_id"] == problem.headers["X-Request-Id"]
    assert CODES[code].title in page.get_data(as_text=True)
    assert "secret" not in problem.get_data(as_text=True) + page.get_data(as_text=True)
    assert ("Retry-After" in problem.headers) == (status == 503)


def test_without_an_index_the_server_says_which_command_makes_one(tmp_path) -> None:
    client = app_over(None, Settings(index=tmp_path / "none")).test_client()

    problem = client.get("/api/v1/search").get_json()
    page = client.get("/").get_data(as_text=True)

    assert problem["code"] == "index_missing"
    assert "newsdex rebuild PATH" in problem["detail"]
    assert "newsdex rebuild PATH" in page
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_only_a_private_server_says_where_its_index_should_be(tmp_path) -> None:
    public = create_app(Settings(index=tmp_path / "none")).test_client()
    private = create_app(Settings(index=tmp_path / "none"), hosts={"localhost"}).test_client()

    for address in ("/", "/api/v1/search", "/readyz"):
        assert str(tmp_path) in private.get(address).get_data(as_text=True)
        said = public.get(address).get_data(as_text=True)
        assert str(tmp_path) not in said
        assert "newsdex rebuild PATH" in said


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/api/v1/nothing", "not_found"),
        ("/api/v1/articles/nobody", "article_not_found"),
        ("/a/nobody.json", "article_not_found"),
        ("/api/v1/search?sorted=newest", "parameter_unknown"),
        ("/api/v1/articles/raft?page=2", "parameter_unknown"),
        ("/api/v1/status?x=1", "parameter_unknown"),
        ("/feed.atom?from_date=soon", "date_invalid"),
    ],
)
def test_a_refusal_is_a_problem_with_a_code_of_the_list(client: FlaskClient, address: str, code: str) -> None:
    problem = client.get(address).get_json()

    assert problem["code"] == code
    assert problem["status"] == CODES[code].status
    assert problem["type"] == f"/api/errors#{code.replace('_', '-')}"


def test_another_method_is_refused_with_those_allowed(client: FlaskClient) -> None:
    refused = client.post("/api/v1/search")

    assert (refused.status_code, refused.get_json()["code"]) == (405, "method_not_allowed")
    assert "GET" in refused.headers["Allow"]
    assert client.options("/api/v1/search").status_code == 200
    head = client.head("/api/v1/search?q=ferry")
    assert (head.status_code, head.get_data()) == (200, b"")


def test_the_list_of_codes_has_an_anchor_for_each(client: FlaskClient) -> None:
    page = client.get("/api/errors").get_data(as_text=True)

    assert all(f'id="{code.replace("_", "-")}"' in page for code in CODES)


def test_half_a_surrogate_pair_does_not_break_the_answer(client_over: MakeClient) -> None:
    client = client_over([an_article(headline="Broken \ud800 ferry")])

    assert client.get("/api/v1/search?q=ferry").status_code == 200
    assert client.get("/search?q=ferry").status_code == 200
    assert client.get("/feed.atom?q=ferry").status_code == 200


def test_a_new_generation_is_answered_without_a_restart(engine: ListEngine) -> None:
    client = app_over(engine).test_client()
    before = client.get("/api/v1/search?q=ferry")
    engine.held["new"] = an_article(id="new", headline="Another ferry")
    engine.generation, engine.built_at = 2, datetime(2026, 5, 1, tzinfo=UTC)
    after = client.get("/api/v1/search?q=ferry", headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert (before.get_json()["total"], after.get_json()["total"]) == (3, 4)
