"""What is proved clean is what bleach gives back unchanged; bleach is asked about everything else."""

from __future__ import annotations

import sys

import pytest
from bleach.sanitizer import Cleaner
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from indexer.parse import parse
from indexer.query import Query
from indexer.results import Snippet
from tests.fakes import ListEngine, an_article
from web.render import ATTRIBUTES, PROTOCOLS, TAGS, article_html, cleaned, proved_clean, snippet_html

bleach = Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS)

PIECES = (
    "&lt;", "&gt;", "&amp;", "&#34;", "&#39;", "&quot;", "&nbsp", "<mark>", "</mark>", '<mark id="hit-3">',
    '<mark class="on">', '<a class="hop" href="#hit-2">', '<a class="hop" href="javascript:x">', "</a>",
    '<p id="p3">', "<p>", "</p>", "<br>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "amp;",
    "lt", "#60;", "&", "<", ">", '"', "'", "a", "é", " ", "\n", "\t", "\r", "\x0c", "\x00", "\xa0", "\u2028",
    "奈良",
)  # fmt: skip
well_formed = st.recursive(
    st.sampled_from(("a", " ", "\n", "é\u200f", "&lt;p&gt;", "&amp;amp;", "&#34;")),
    lambda inside: st.builds(
        lambda tags, parts: f"{tags[0]}{''.join(parts)}{tags[1]}",
        st.sampled_from((
            ("", ""), ("<mark>", "</mark>"), ('<mark id="hit-1">', "</mark>"), ('<p id="p1">', "</p>"),
            ('<a class="hop" href="#hit-2">', "</a>"),
        )),
        st.lists(inside, max_size=4),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join) | well_formed | st.text(max_size=40))
def test_bleach_gives_back_unchanged_what_is_proved_clean(html: str) -> None:
    if proved_clean(html):
        assert bleach.clean(html) == html
    assert cleaned(html) == bleach.clean(html)


def test_no_character_is_thought_harmless_that_bleach_changes() -> None:
    """Every one, looked at by bleach a thousand at a time."""
    harmless = [char for char in map(chr, range(sys.maxunicode + 1)) if proved_clean(char)]
    for start in range(0, len(harmless), 1_000):
        text = " ".join(harmless[start : start + 1_000])
        assert bleach.clean(text) == text
    assert len(harmless) > 1_100_000


ordinary = st.text(
    alphabet=st.characters(exclude_categories=["C", "Z"], include_characters=" \n\xa0"), max_size=60
)


@given(ordinary)
def test_a_passage_of_ordinary_text_needs_no_bleach(text: str) -> None:
    assert proved_clean(snippet_html(Snippet(text=text, marks=((0, len(text)),) if text else ())))


def test_an_articles_page_of_ordinary_text_needs_no_bleach() -> None:
    article = an_article(
        headline="Ferry <sinks>", by="A. Ferry", summary="A ferry & more", body="The ferry\nbroke.\n\nFerry."
    )
    marked = ListEngine([article]).article(article.id, Query(text="ferry", clause=parse("ferry").clause))
    assert marked
    page = article_html(marked)

    for html in (page.headline, page.by, page.summary, page.body):
        assert "hit-" in html
        assert proved_clean(html)


@pytest.mark.parametrize(
    "html",
    [
        "<script>a</script>",
        "<mark",
        "</mark>",
        "<mark>a",
        "<mark><mark>a</mark></mark>",
        '<mark onclick="x">a</mark>',
        '<mark id="hit-1" style="x">a</mark>',
        '<a class="hop" href="https://example.org">a</a>',
        '<p id="p1"><p id="p2">a</p></p>',
        "<em>a</em>",
        "a & b",
        "&nbsp;",
        str(escape("a\x00b")),
        "a\rb",
    ],
)
def test_nothing_else_is_taken_for_clean(html: str) -> None:
    assert not proved_clean(html)
