"""What a feed gives, and what it cannot make the reader do; whole feeds stand in cases/feed."""

import io
import os
import socket
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.readers.feed import read
from corpus.source import Source

SHARED = Path(os.environ.get("NEWSDEX_SHARED", Path(__file__).parents[3] / "shared"))
ALL = SHARED / "formats" / "feeds_feedparser" / "feeds_feedparser.tar.zst"


def items(content: str | bytes) -> list[Article | UnreadableSource]:
    content = content.encode() if isinstance(content, str) else content
    return list(read(Source.of_bytes(content, "feed.xml"), ReadOptions()))


def rss(item: str) -> str:
    return f'<rss version="2.0"><channel><title>Gazette</title>{item}</channel></rss>'


def test_a_file_that_holds_an_address_is_not_fetched(tmp_path, monkeypatch):
    other = tmp_path / "other.xml"
    other.write_text(rss("<item><title>Secret</title><description>x</description></item>"))

    def refuse(*_args, **_more):
        raise AssertionError("the reader opened a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)

    for content in ("http://127.0.0.1:9/feed.xml", "feed://127.0.0.1:9/x", str(other), f"file://{other}"):
        assert [type(item) for item in items(content)] == [UnreadableSource]


def test_entities_and_foreign_dtds_are_refused():
    for doctype in (
        '<!DOCTYPE rss [<!ENTITY a "aaaa">]>',
        '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    ):
        [item] = items(f'<?xml version="1.0"?>{doctype}' + rss("<item><title>&a;</title></item>"))
        assert isinstance(item, UnreadableSource)


def test_entries_that_share_an_id_stay_different_articles():
    one, two = items(
        rss("<item><guid>1</guid><title>A</title></item><item><guid>1</guid><title>B</title></item>")
    )

    assert one.id != two.id


def test_an_entry_keeps_its_id_when_it_moves_down_the_feed():
    story = "<item><guid>g-7</guid><title>Story</title></item>"
    newer = "<item><guid>g-8</guid><title>Newer</title></item>"

    assert items(rss(story))[0].id == items(rss(newer + story))[1].id


@given(st.text(max_size=120) | st.binary(max_size=120))
@settings(max_examples=60, deadline=None)
def test_nothing_in_a_file_makes_the_reader_raise(content):
    assert all(isinstance(item, (Article, UnreadableSource)) for item in items(content))


@given(st.text(alphabet="<>/&;=\"' abtitleguid[]!-CDATA", max_size=80))
@settings(max_examples=80, deadline=None)
def test_no_entry_makes_the_reader_raise(inside):
    assert all(isinstance(item, (Article, UnreadableSource)) for item in items(rss(f"<item>{inside}</item>")))


def test_every_feed_of_feedparsers_own_tests_is_read_or_reported():
    if not ALL.exists():
        pytest.skip(f"needs the shared feeds in {ALL}")
    zstandard = pytest.importorskip("zstandard")
    with ALL.open("rb") as stream:
        content = zstandard.ZstdDecompressor().stream_reader(stream).read()
    articles = dated = files = 0
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if not member.isfile():
                continue
            files += 1
            for item in items(archive.extractfile(member).read()):
                articles += isinstance(item, Article)
                dated += (
                    isinstance(item, Article)
                    and item.published is not None
                    and item.published.value is not None
                )

    # Most of the 2,108 files hold a feed without entries, or an entry of one element that is no text.
    assert (files > 2_000, articles >= 460, dated >= 25) == (True, True, True)


@pytest.mark.parametrize(
    ("elements", "section", "keywords"),
    [
        ("<category>Boats</category>", "Boats", ()),
        ("<category>Boats</category><category>Ports</category>", "", ("Boats", "Ports")),
        ("<category>Boats</category><category>Politics</category>", "Politics", ("Boats",)),
        (
            '<category domain="post_tag">Boats</category><category domain="category">Ports</category>',
            "Ports",
            ("Boats",),
        ),
        ('<category domain="https://a.example/tag">Boats</category>', "", ("Boats",)),
        (
            '<prism:section xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">Sea</prism:section>'
            "<category>Boats</category>",
            "Sea",
            ("Boats",),
        ),
        ("<category></category>", "", ()),
        ("", "", ()),
    ],
)
def test_the_only_category_or_the_one_called_so_is_the_section(elements, section, keywords):
    [article] = items(rss(f"<item><title>Fog</title>{elements}</item>"))

    assert (article.section, article.keywords) == (section, keywords)
