"""What every article promises whatever it was read from, held against all the texts there are."""

import io
import json
import os
import re
import tarfile
import unicodedata
from itertools import islice
from pathlib import Path

import pytest

import corpus
from corpus.article import Article, article_from_dict, article_to_dict
from corpus.containers import unpack
from corpus.options import BYLINE_MOST, HEADLINE_MOST, LABEL_MOST, LABELS_MOST, SUMMARY_MOST
from corpus.reading import read_articles, read_source
from corpus.source import Source
from tests.corpus.builders import options, read

SAMPLES = Path(corpus.__file__).parent / "samples"
CASES = Path(__file__).parent / "cases"
SHARED = Path(os.environ.get("NEWSDEX_SHARED", Path(__file__).parents[3] / "shared"))
ARCHIVE = SHARED / "corpora" / "bench100k.jsonl.zst"

TEXTS = (
    "headline", "alt_headline", "summary", "body", "by", "located", "section", "slugline", "source",
    "language", "original_url", "copyright", "status", "version", "type",
)  # fmt: skip
MOST = {"headline": HEADLINE_MOST, "alt_headline": HEADLINE_MOST, "by": BYLINE_MOST, "summary": SUMMARY_MOST}
# In capitals and alone, a letter in pointed brackets is a share's symbol.
TAG = re.compile(
    r"</?(?:(?-i:[abip])|div|span|em|strong|br|hr|img|ul|ol|li|h[1-6]|table|t[dhr]|script|style|figure"
    r"|article)(?:\s[^<>]*=[^<>]*)?\s?/?>",
    re.IGNORECASE,
)
ENTITY = re.compile(
    r"&(?:amp|nbsp|quot|apos|rsquo|lsquo|rdquo|ldquo|[mn]dash|eacute|#\d+|#x[0-9a-f]+);", re.I
)
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\ufeff]")


def broken(article: Article) -> list[str]:
    """Which promises the article breaks."""
    faults = []
    for name in TEXTS:
        text = getattr(article, name)
        if not unicodedata.is_normalized("NFC", text):
            faults.append(f"{name} is not NFC")
        if found := CONTROL.search(text):
            faults.append(f"{name} holds {found[0]!r}")
        if name != "body" and "\n" in text:
            faults.append(f"{name} is of several lines")
        if text != text.strip() or "  " in text:
            faults.append(f"{name} has spaces that show nothing")
        if len(text) > MOST.get(name, len(text)):
            faults.append(f"{name} is of {len(text)} characters")
    for name in ("headline", "summary", "body"):
        for pattern, what in ((TAG, "markup"), (ENTITY, "an entity")):
            if found := pattern.search(getattr(article, name)):
                faults.append(f"{name} holds {what}: {found[0]}")
    for name in ("authors", "genres", "keywords", "places"):
        values = getattr(article, name)
        if len(values) > LABELS_MOST or len(set(values)) != len(values) or not all(values):
            faults.append(f"{name} has an empty value, one twice, or too many")
        if any(len(value) > LABEL_MOST or CONTROL.search(value) for value in values):
            faults.append(f"{name} has a value that is no label")
    paragraphs = article.paragraphs
    if not all(paragraphs):
        faults.append("a paragraph is empty")
    if article.headline and len(paragraphs) > 1 and paragraphs[0] == article.headline:
        faults.append("the headline is the first paragraph")
    if article.summary and article.summary in (article.headline, *paragraphs[:1]):
        faults.append("the summary stands twice")
    if article_from_dict(json.loads(json.dumps(article_to_dict(article)))) != article:
        faults.append("its dictionary gives another article")
    return faults


def hold(articles: list[Article]) -> None:
    """Every promise, and that an export of all of them gives the same articles again."""
    faults = [f"{article.origin}: {', '.join(found)}" for article in articles if (found := broken(article))]
    assert faults == []
    lines = "\n".join(json.dumps(article_to_dict(article), ensure_ascii=False) for article in articles)
    again = read(lines, "export.jsonl")
    assert [(one, other) for one, other in zip(articles, again, strict=True) if one != other] == []


def members(folder: Path, suffixes: tuple[str, ...]):
    """The files of the tar archives in the folder that end so, as sources."""
    for path in sorted(folder.glob("*.tar*")):
        [inner] = unpack(Source(uri=path.name, relative=path.name, path=path))
        with inner.open() as stream, tarfile.open(fileobj=io.BytesIO(stream.read())) as archive:
            for member in archive:
                if member.isfile() and member.name.endswith(suffixes):
                    yield Source.of_bytes(archive.extractfile(member).read(), member.name)


def test_the_samples_keep_every_promise():
    hold(list(read_articles([SAMPLES], options())))


def test_the_cases_keep_every_promise():
    hold(list(read_articles([CASES], options(), on_error=lambda error: None)))


@pytest.mark.skipif(not SHARED.exists(), reason=f"needs the shared texts in {SHARED}; set NEWSDEX_SHARED")
def test_pages_and_feeds_of_others_keep_every_promise():
    sources = [
        *islice(members(SHARED / "formats" / "feeds_feedparser", (".xml",)), 0, None, 4),
        *islice(members(SHARED / "html" / "goose3", (".html",)), 0, None, 6),
    ]
    # This page is about HTML, and its text shows a tag.
    sources = [source for source in sources if source.name != "test_base64_image.html"]
    items = [item for source in sources for item in read_source(source, options())]
    articles = [item for item in items if isinstance(item, Article)]
    assert len(articles) > 100
    hold(articles)


@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"no archive at {ARCHIVE}; set NEWSDEX_SHARED")
def test_thousands_of_records_keep_every_promise():
    hold(list(islice(read_articles([ARCHIVE], options()), 5_000)))
