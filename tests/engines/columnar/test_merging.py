"""Parts merged are the segment that their kept articles would have given, byte for byte."""

from __future__ import annotations

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article
from indexer.errors import IndexDamaged
from indexer.whoosh_engine.columnar import merging
from indexer.whoosh_engine.columnar.ahead import THREADS, ahead
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.columnar.dictionary_file import FieldLayout
from indexer.whoosh_engine.columnar.encoded import NO_CODES
from indexer.whoosh_engine.columnar.file_part import FilePart
from indexer.whoosh_engine.columnar.merging import Merge
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import layout_of, write_segment
from indexer.whoosh_engine.columnar.terms_kernels import POSITIONS
from indexer.whoosh_engine.schema import NAMES, NUMBERS
from tests.engines.columnar.articles import made_articles
from tests.engines.columnar.made import segment_of
from tests.engines.columnar.same import assert_same
from tests.engines.columnar.texts import article

# Stored texts are packed as they came, and columns may stand in another order.
SAME = ("terms", "postings", "places")


def merge_of(folder, parts):
    """The merge of lists of (article, whether it is kept), written to the folder first."""
    return Merge(
        [
            (
                opened(folder, write_segment(folder, f"part{at}", segment_of([each for each, _ in part]))),
                np.array([kept for _, kept in part], bool),
            )
            for at, part in enumerate(parts)
        ]
    )


def opened(folder, described):
    return FilePart(OpenSegment(folder, described, 0))


def assert_merged(folder, merge, kept):
    """The merge gives the files that writing those articles at once gives."""
    merged = write_segment(folder, "merged", merge)
    expected = write_segment(folder, "whole", segment_of(kept))
    assert {**merged, "segment": ""} == {**expected, "segment": ""}
    for extension in SAME:
        one, other = (folder / f"MAIN_{name}.{extension}" for name in ("merged", "whole"))
        assert one.read_bytes() == other.read_bytes(), extension
    one, other = (OpenSegment(folder, described, 0) for described in (merged, expected))
    assert one.stored_texts(range(one.count)) == other.stored_texts(range(other.count))
    np.testing.assert_array_equal(one.length_codes(), other.length_codes())
    for name in NUMBERS:
        assert_same(one.numbers(name), other.numbers(name), name)
    for name in NAMES:
        assert_same(one.name_column(name), other.name_column(name), name)


parts = st.lists(st.lists(st.tuples(article, st.sampled_from([True, True, False])), max_size=4), max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts)
def test_a_merge_of_parts_is_the_segment_of_what_they_keep(parts):
    with TemporaryDirectory() as name:
        folder = Path(name)
        kept = [each for part in parts for each, stays in part if stays]
        assert_merged(folder, merge_of(folder, parts), kept)


@pytest.mark.parametrize("share_kept", [1.0, 0.9, 0.3])
@pytest.mark.parametrize("cuts", [[], [130], [1, 128, 256, 640], [200, 200, 450]])
def test_lists_of_many_blocks_are_joined_wherever_the_parts_end(tmp_path, cuts, share_kept):
    articles = made_articles(900)
    stays = np.random.default_rng(len(cuts)).random(900) < share_kept
    bounds = [0, *cuts, 900]
    parts = [
        list(zip(articles[start:stop], stays[start:stop].tolist(), strict=True))
        for start, stop in itertools.pairwise(bounds)
    ]

    kept = [each for each, stay in zip(articles, stays.tolist(), strict=True) if stay]
    assert_merged(tmp_path, merge_of(tmp_path, parts), kept)


@pytest.mark.parametrize(("at_once", "terms_at_once"), [(1, 1), (40, 3), (500, 7), (10_000, 200)])
def test_slices_of_a_field_are_the_field_in_pieces(tmp_path, monkeypatch, at_once, terms_at_once):
    monkeypatch.setattr(merging, "POSTINGS_AT_ONCE", at_once)
    monkeypatch.setattr(merging, "TERMS_AT_ONCE", terms_at_once)
    articles = made_articles(150)
    merge = merge_of(tmp_path, [[(each, True) for each in articles[at::4]] for at in range(4)])

    pieces = list(merge.field("text").pieces(layout_of("text"), NO_CODES))
    assert all(piece.lists[:, 0].sum() <= at_once or len(piece.terms) == 1 for piece in pieces)
    assert_merged(tmp_path, merge, [each for at in range(4) for each in articles[at::4]])


def test_a_part_that_is_packed_in_another_way_is_damage(tmp_path):
    merge = merge_of(tmp_path, [[(Article(id="1", body="ferry"), True)]])

    with pytest.raises(IndexDamaged, match="text is packed as"):
        list(merge.field("text").pieces(FieldLayout(values="positions", places=POSITIONS, low=9), NO_CODES))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sets(st.binary(max_size=3)).map(sorted), max_size=9))
def test_dictionaries_merge_in_order_of_their_bytes(dictionaries):
    together, numbers, sources = merging._merged_terms([Strings.of(each) for each in dictionaries])
    merged = list(together.take(sources))

    assert merged == sorted(set().union(*dictionaries))
    assert [[merged[number] for number in each.tolist()] for each in numbers] == dictionaries


def test_a_merge_of_merges_is_the_merge_of_all(tmp_path):
    articles = [Article(id=f"{at:x}", headline=f"Ferry {at}", body="sank off Naxos") for at in range(9)]
    halves = []
    for at, half in enumerate((articles[:4], articles[4:])):
        merge = merge_of(tmp_path, [[(each, True)] for each in half])
        halves.append(opened(tmp_path, write_segment(tmp_path, f"half{at}", merge)))

    assert_merged(tmp_path, Merge([(half, np.ones(half.count, bool)) for half in halves]), articles)


def test_what_is_deleted_everywhere_leaves_no_term(tmp_path):
    two = [(Article(id="1", body="ferry"), False), (Article(id="2", body="sank"), True)]
    merged = OpenSegment(tmp_path, write_segment(tmp_path, "merged", merge_of(tmp_path, [two])), 0)

    assert list(merged.strings("text")) == [b"sank"]
    assert list(merged.strings("id")) == [b"2"]


def test_jobs_are_done_ahead_and_given_in_order():
    done, begun_before = [], []

    def jobs():
        for at in range(9):
            begun_before.append((at, len(done)))
            yield lambda at=at: at * at

    for square in ahead(jobs()):
        done.append(square)
    assert done == [at * at for at in range(9)]
    # However many there are, only so many wait.
    assert all(at - used <= THREADS + 1 for at, used in begun_before)


def test_a_job_that_fails_is_told_where_its_result_is_due():
    def fails():
        raise LookupError("no such list")

    given = ahead([lambda: 1, fails, lambda: 3])
    assert next(given) == 1
    with pytest.raises(LookupError, match="no such list"):
        next(given)
