"""Marks are where the hits are, and nothing an article says becomes markup."""

from __future__ import annotations

import html
import json
import re

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.results import Marked, Snippet
from tests.fakes import an_article
from tests.web.conftest import MakeClient
from web.render import article_html, cleaned, json_ld, safe_url, shown, snippet_html

HOSTILE = "<script>alert(1)</script> \"&amp;' </title><img src=x onerror=alert(1)>"


@st.composite
def snippets(draw: st.DrawFn) -> Snippet:
    text = draw(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    marks = [(a, b) for a, b in pairs if text[a:b].strip()]
    kept = [mark for i, mark in enumerate(marks) if i == 0 or mark[0] > marks[i - 1][1]]
    return Snippet(text=text, marks=tuple(kept))


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@given(snippets())
def test_a_passage_keeps_its_text_and_has_a_mark_for_each_span(snippet: Snippet) -> None:
    markup = str(snippet_html(snippet))

    assert text_of(markup) == html.unescape(html.escape(shown(snippet.text)))
    assert markup.count("<mark>") == len(snippet.marks)
    assert set(re.findall(r"<[^>]*>", markup)) <= {"<mark>", "</mark>"}


@given(snippets(), snippets())
def test_an_articles_page_has_as_many_numbered_marks_as_hits(headline: Snippet, body: Snippet) -> None:
    marked = Marked(
        article=an_article(headline=headline.text, body=body.text),
        marks={"headline": headline.marks, "body": body.marks},
        hits=len(headline.marks) + len(body.marks),
    )
    page = article_html(marked)
    markup = f"{page.headline}{page.by}{page.summary}{page.body}"

    numbers = [int(number) for number in re.findall(r'<mark id="hit-(\d+)">', markup)]
    assert numbers == list(range(1, page.hits + 1))
    assert page.hits == marked.hits


def test_a_mark_over_the_end_of_a_paragraph_is_one_hit() -> None:
    article = an_article(headline="", body="The supply\nchain broke, chain")
    page = article_html(Marked(article=article, marks={"body": ((4, 16), (24, 29))}, hits=2))

    assert re.findall("<mark[^>]*>[^<]*</mark>", page.body) == [
        '<mark id="hit-1">supply</mark>', '<mark class="on">chain</mark>', '<mark id="hit-2">chain</mark>',
    ]  # fmt: skip


def test_paragraphs_are_numbered_as_they_stand() -> None:
    page = article_html(Marked(article=an_article(body="One.\n\nThree.")))

    assert re.findall('<p id="([^"]*)">', page.body) == ["p1", "p3"]


def test_bleach_is_the_second_lock() -> None:
    assert "<script" not in cleaned("<mark>a</mark><script>b</script>")
    assert cleaned('<a href="javascript:alert(1)">x</a>') == "<a>x</a>"
    assert cleaned('<p id="p1" onclick="x" style="y">z</p>') == '<p id="p1">z</p>'


def test_only_web_addresses_are_linked() -> None:
    refused = (
        "javascript:alert(1)",
        "data:text/html,x",
        "//x",
        "file:///etc",
        "http://",
        " java\nscript:x",
        "http://[",
    )
    assert [safe_url(url) for url in refused] == [""] * len(refused)
    assert safe_url("HTTPS://example.org/a?b=c") == "HTTPS://example.org/a?b=c"


def test_a_hostile_article_stays_text_everywhere(client_over: MakeClient) -> None:
    hostile = an_article(
        id="h", headline=HOSTILE, summary=HOSTILE, body=f"{HOSTILE}\n{HOSTILE} ferry", by=HOSTILE,
        authors=(HOSTILE,), located=HOSTILE, section=HOSTILE, source=HOSTILE, keywords=(HOSTILE,),
        original_url="javascript:alert(1)", language="en", copyright=HOSTILE,
    )  # fmt: skip
    client = client_over([hostile, an_article(id="2", headline="Ferry", published="2026-01-01")])

    for address in (
        "/",
        "/search?q=ferry",
        "/search?q=alert&explain=1",
        "/a/h?q=alert+ferry",
        "/about",
        "/feed.atom",
    ):
        page = client.get(address).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "javascript:" not in page


def test_a_hostile_query_stays_text(client: FlaskClient) -> None:
    for address in ("/search", "/a/raft", "/feed.atom", "/nothing", "/api/v1/search"):
        response = client.get(address, query_string={"q": f'"{HOSTILE} ferry'})
        if "html" in response.mimetype or "xml" in response.mimetype:
            assert "<script>alert" not in response.get_data(as_text=True)
            assert "<img" not in response.get_data(as_text=True)


def test_structured_data_cannot_leave_its_element() -> None:
    article = an_article(headline="</script><script>alert(1)</script>", original_url="javascript:x")
    text = str(json_ld(article, "http://localhost/a/1"))

    assert "<" not in text
    assert json.loads(text)["headline"] == "</script><script>alert(1)</script>"
    assert json.loads(text)["url"] == "http://localhost/a/1"


def test_direction_overrides_are_left_out() -> None:
    assert shown("a\u202eb\u202cc") == "ab\u202cc"
    assert "\u202e" not in snippet_html(Snippet(text="x \u202e ferry", marks=((4, 9),)))


def test_markup_in_a_text_is_shown_as_it_was_written() -> None:
    """Also the tags that bleach would let pass."""
    text = "<mark>a</mark> &amp; <p>ferry</p>"
    at = text.index("ferry")
    snippet = Snippet(text=text, marks=((at, at + 5),))
    marks = {"headline": snippet.marks, "body": snippet.marks}
    page = article_html(Marked(article=an_article(headline=text, body=text), marks=marks, hits=2))

    for markup in (snippet_html(snippet), page.headline, page.body):
        assert "&lt;mark&gt;a&lt;/mark&gt; &amp;amp; &lt;p&gt;" in markup
        assert markup.count("<mark") == 1
