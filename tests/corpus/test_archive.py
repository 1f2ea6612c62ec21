"""A large archive of other people's articles, where there is one: `NEWSDEX_SHARED`, else ../shared."""

import os
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from corpus.reading import read_articles
from tests.corpus.builders import options

SHARED = Path(os.environ.get("NEWSDEX_SHARED", Path(__file__).parents[3] / "shared"))
ARCHIVE = SHARED / "corpora" / "bench100k.jsonl.zst"

LATER = datetime(2027, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not ARCHIVE.exists(), reason=f"no archive at {ARCHIVE}; set NEWSDEX_SHARED")


def held(articles):
    ids = set()
    for number, article in enumerate(articles, start=1):
        ids.add(article.id)
        assert article.headline or article.body
        assert article.source
        assert article.summary != "null"
        assert article.published is None or article.published.value is not None, article.published
        assert "â€" not in article.body
        assert len(ids) == number
    return len(ids)


def test_the_first_thousands_of_an_archive_read_without_a_fault():
    errors = []
    articles = read_articles([ARCHIVE], options(now=LATER), on_error=errors.append)
    assert held(islice(articles, 3_000)) == 3_000
    assert errors == []


@pytest.mark.slow
def test_a_whole_archive_reads_without_a_fault():
    errors, notes = [], []
    told = options(now=LATER, on_note=lambda uri, words: notes.append(words))
    assert held(read_articles([ARCHIVE], told, on_error=errors.append)) == 100_000
    assert errors == []
    assert notes == ["keys not read: set"]
