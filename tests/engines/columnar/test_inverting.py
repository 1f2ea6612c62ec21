"""A batch of articles gives the segment that the definition gives."""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.options import ReadOptions
from corpus.reading import read_articles
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar import sorting
from indexer.whoosh_engine.columnar.reference import reference_segment
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary
from tests.engines.columnar.made import segment_of
from tests.engines.columnar.same import assert_same
from tests.engines.columnar.texts import INDEXED, article

CHECKOUT = Path(__file__).parents[3]
ARCHIVE = Path(os.environ.get("NEWSDEX_SHARED", CHECKOUT.parent / "shared")) / "corpora/bench100k.jsonl.zst"


def by_definition(articles):
    return reference_segment([(each, INDEXED) for each in articles], Stemmer())


@settings(max_examples=100, deadline=None)
@given(st.lists(article, max_size=6), st.sampled_from([1, 30, 1000]))
def test_any_articles_give_the_segment_of_the_definition(articles, text_most):
    assert_same(segment_of(articles, text_most=text_most), by_definition(articles))


@settings(max_examples=30, deadline=None)
@given(st.lists(article, max_size=4), st.lists(article, max_size=4))
def test_a_vocabulary_serves_one_segment_after_another(first, second):
    known = Vocabulary(Stemmer())
    segment_of(first, known)

    assert_same(segment_of(second, known), by_definition(second))


@pytest.mark.parametrize("at_once", [1, 20])
def test_a_segment_is_the_same_in_slices_of_any_size(at_once, monkeypatch):
    some = [
        Article(
            id="1", headline="Ferry sank", summary="A ferry", body="the ferry sank the ferry", source="Post"
        ),
        Article(id="2", headline="the US", by="Ada Lund", body="ferries sank", source="The Post"),
    ]
    monkeypatch.setattr(sorting, "_AT_ONCE", at_once)

    assert_same(segment_of(some), by_definition(some))


def test_words_beyond_a_fields_range_are_left_out():
    long = [
        Article(id="1", headline="US votes x-y-z. " * 400, body="after"),
        Article(id="2", headline="a " * 999 + "b-c-d e", by="Kim " * 1001),
        Article(id="3", summary="日本" * 5001 + " elections", language="en"),
    ]

    assert_same(segment_of(long), by_definition(long))


def test_protected_words_keep_their_form_in_the_stems():
    stemmer = Stemmer(protected=["Olympics"])
    made = segment_of([Article(id="1", body="Olympics elections", language="en")], Vocabulary(stemmer))

    assert list(made.fields["stems"].terms) == [b"en:elect", b"en:olympics"]


def test_the_samples_give_the_segment_of_the_definition():
    samples = list(read_articles([CHECKOUT / "corpus/samples"], ReadOptions(), on_error=lambda _: None))

    assert len(samples) > 20
    assert_same(segment_of(samples, text_most=50_000), by_definition(samples))


def test_threads_with_a_vocabulary_each_do_not_disturb_one_another():
    samples = list(read_articles([CHECKOUT / "corpus/samples"], ReadOptions(), on_error=lambda _: None))
    stemmer = Stemmer()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: segment_of(samples, Vocabulary(stemmer), 5_000), range(8)))

    expected = segment_of(samples)
    for each in made:
        assert_same(each, expected)


@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"no archive at {ARCHIVE}; set NEWSDEX_SHARED")
def test_a_large_archive_gives_the_segment_of_the_definition():
    archive = list(itertools.islice(read_articles([ARCHIVE], ReadOptions()), 2000))

    assert_same(segment_of(archive, text_most=1_000_000), by_definition(archive))
