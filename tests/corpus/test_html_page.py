"""What a saved web page gives; whole pages stand in cases/html_page."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.readers.html_page import declared_charset, read, without_site_name
from corpus.source import Source

STORY = (
    "The harbour town of Port Ellery voted on Tuesday to rebuild its lighthouse, ending a quarrel that has"
    " divided its council for eleven years. Work begins in April and is to cost 2.4 million pounds."
)


def read_page(markup: str | bytes) -> Article | UnreadableSource:
    content = markup.encode() if isinstance(markup, str) else markup
    [item] = read(Source.of_bytes(content, "page.html"), ReadOptions())
    return item


def page(head: str = "", body: str = "") -> str:
    return (
        f"<html><head><title>Lighthouse to rise again</title>{head}</head>"
        f"<body><article><h1>Lighthouse to rise again</h1><p>{STORY}</p>{body}<p>{STORY[::-1]}</p></article>"
        "</body></html>"
    )


@pytest.mark.parametrize(
    ("headline", "site", "ones", "wanted"),
    [
        ("Fog closes airports | Harbour Gazette", "Harbour Gazette", [], "Fog closes airports"),
        ("Fog closes airports - The Harbour Gazette", "Harbour Gazette", [], "Fog closes airports"),
        ("Harbour Gazette | Fog closes two airports", "Harbour Gazette", [], "Fog closes two airports"),
        (
            "Fog closes two airports - Local - Ashport Herald",
            "",
            ["Fog closes two airports"],
            "Fog closes two airports",
        ),
        ("Fog - and no end", "Harbour Gazette", [], "Fog - and no end"),
        ("Mayor wins - in a landslide", "", [], "Mayor wins - in a landslide"),
    ],
)
def test_the_sites_name_is_no_part_of_the_headline(headline, site, ones, wanted):
    assert without_site_name(headline, site, ones) == wanted


def test_the_declared_charset_is_the_one_that_counts():
    markup = page('<meta charset="windows-1251">').replace("Lighthouse", "Маяк снова")

    assert read_page(markup.encode("cp1251")).headline == "Маяк снова to rise again"
    assert declared_charset(b'<?xml version="1.0" encoding="Shift_JIS"?>') == "cp932"
    assert declared_charset(b'<meta charset="utf-16">') == "utf-8"
    assert declared_charset(b"<p>charset=x") == ""


def test_script_never_becomes_text():
    article = read_page(
        page(
            body="<script>alert('x')</script><style>p{}</style>"
            "<p onclick=a()>He said &lt;b&gt; aloud to all of them.</p>"
        )
    )

    assert "alert" not in article.body
    assert "He said <b> aloud" in article.body


def test_a_page_of_several_articles_gives_the_one_it_shows():
    json_ld = (
        '<script type="application/ld+json">[{"@type":"NewsArticle","headline":"Another","datePublished":'
        '"2020-01-01"},'
        '{"@type":"NewsArticle","headline":"Lighthouse to rise again","datePublished":"2026-02-03"}]'
        "</script>"
    )
    article = read_page(page('<meta property="og:title" content="Lighthouse to rise again">' + json_ld))

    assert str(article.published.value.date()) == "2026-02-03"


def test_a_date_is_not_an_author_and_an_address_is_none():
    article = read_page(
        page(
            '<meta name="author" content="3 February 2026"><meta property="article:author" content="https://x.example/jane">'
        )
    )

    assert article.authors == ()


@given(st.text(max_size=200) | st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_nothing_in_a_file_makes_the_reader_raise(content):
    item = read_page(content)

    assert isinstance(item, (Article, UnreadableSource))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("NewsArticle"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "@graph",
                        "@id",
                        "author",
                        "name",
                        "headline",
                        "datePublished",
                        "keywords",
                        "publisher",
                        "url",
                        "inLanguage",
                        "articleSection",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=14,
    )
)
@settings(max_examples=80, deadline=None)
def test_no_shape_of_json_ld_makes_the_reader_raise(value):
    import json

    assert isinstance(
        read_page(page(f'<script type="application/ld+json">{json.dumps(value).replace("<", "")}</script>')),
        Article,
    )


def test_the_heavy_libraries_load_with_the_first_page_only():
    code = (
        "import sys, corpus.readers.html_page, corpus.readers.feed, corpus.readers.page_text\n"
        "sys.exit(bool({'trafilatura', 'feedparser', 'dateparser', 'py3langid', 'lxml'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_page_saved_with_its_pictures_is_read_and_an_endless_one_refused(monkeypatch):
    picture = '<img src="data:image/png;base64,' + "A" * 11_000_000 + '">'
    story = "<p>The ferry sank on Tuesday, and everybody on it was saved by a passing boat.</p>"
    page = (
        "<html><head><title>Ferry sinks off Port Ellery</title>"
        "<meta property='article:published_time' content='2026-01-03'></head><body><article>"
        f"<p>{'It was foggy, and nobody saw it coming. ' * 5}</p>{picture}{story}</article></body></html>"
    )
    [article] = list(read(Source.of_bytes(page.encode(), "a.html"), ReadOptions()))
    assert article.body.endswith("by a passing boat.")

    monkeypatch.setattr("corpus.readers.html_page.PAGE_MOST", 500)
    [refused] = list(read(Source.of_bytes(page.replace(story, story * 9).encode(), "a.html"), ReadOptions()))
    assert "a web page above 500 characters" in refused.reason
