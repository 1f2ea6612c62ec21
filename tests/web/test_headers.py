"""What every answer carries."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

ADDRESSES = (
    "/",
    "/search?q=ferry",
    "/a/raft",
    "/help",
    "/api/v1/search",
    "/feed.atom",
    "/nothing",
    "/static/newsdex.css",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_forbids_foreign_sources_and_guessing(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "data:" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Request-Id"]


@pytest.mark.parametrize("address", ["/", "/search?q=ferry", "/a/raft?q=ferry", "/help", "/about", "/api"])
def test_pages_have_no_inline_script_style_or_foreign_source(client: FlaskClient, address: str) -> None:
    page = client.get(address).get_data(as_text=True)

    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page
    assert page.count("<script") == page.count('<script src="/static/') + page.count("application/ld+json")
    assert 'src="http' not in page
    assert 'rel="stylesheet" href="/static/' in page


def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient) -> None:
    for address in ("/", "/search?q=ferry", "/a/raft", "/api/v1/search?q=ferry", "/feed.atom"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

        assert again.status_code == 304
        assert again.get_data() == b""
        assert again.headers["Cache-Control"] == "private, max-age=0, must-revalidate"


def test_another_question_has_another_tag(client: FlaskClient) -> None:
    tags = {client.get(f"/api/v1/search?q={word}").headers["ETag"] for word in ("ferry", "parrot")}

    assert len(tags) == 2


def test_errors_are_not_kept(client: FlaskClient) -> None:
    refused = client.get("/api/v1/search?page=0")

    assert "ETag" not in refused.headers
    assert refused.headers["Cache-Control"] == "no-store"


def test_long_answers_are_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    plain = client.get("/search?q=ferry")
    packed = client.get("/search?q=ferry", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert b"</html>" in gzip.decompress(packed.get_data())
    assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers


def test_static_files_may_be_kept_because_their_address_changes(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    assert "?v=" in address
    assert "max-age=31536000" in client.get(address).headers["Cache-Control"]


def test_a_request_number_from_outside_is_taken_only_when_it_is_harmless(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    assert client.get("/healthz", headers={"X-Request-Id": "a<b"}).headers["X-Request-Id"] != "a<b"
