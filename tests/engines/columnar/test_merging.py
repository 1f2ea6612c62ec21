"""Parts merged are the segment that their kept articles would have given."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from indexer.whoosh_engine.columnar.data import INVERTED, Strings
from indexer.whoosh_engine.columnar.merging import Held, Merge
from tests.engines.columnar.made import segment_of, whole
from tests.engines.columnar.same import assert_same
from tests.engines.columnar.texts import article


def merge_of(parts):
    """The merge of lists of (article, whether it is kept), and the articles kept."""
    merge = Merge(
        [
            (Held(segment_of([each for each, _ in part])), np.array([kept for _, kept in part], bool))
            for part in parts
        ]
    )
    return merge, [each for part in parts for each, kept in part if kept]


parts = st.lists(st.lists(st.tuples(article, st.sampled_from([True, True, False])), max_size=4), max_size=5)


@settings(max_examples=60, deadline=None)
@given(parts)
def test_a_merge_of_parts_is_the_segment_of_what_they_keep(parts):
    merge, kept = merge_of(parts)

    assert_same(whole(merge), segment_of(kept))


@settings(max_examples=30, deadline=None)
@given(parts, st.integers(1, 40), st.integers(1, 9))
def test_slices_of_a_field_are_the_field_in_pieces(parts, at_once, terms_at_once):
    merge, kept = merge_of(parts)
    expected = segment_of(kept)

    for name in INVERTED:
        slices = list(merge.field(name, at_once, terms_at_once))
        field = expected.fields[name]
        assert [term for part in slices for term in part.terms] == list(field.terms)
        for which in ("docs", "weights", "masks", "positions"):
            held = getattr(field, which)
            if held is not None and slices:
                np.testing.assert_array_equal(np.concatenate([getattr(part, which) for part in slices]), held)
        assert all(len(part.docs) <= at_once or len(part.terms) == 1 for part in slices)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sets(st.binary(max_size=3)).map(sorted), max_size=9))
def test_dictionaries_merge_in_order_of_their_bytes(dictionaries):
    from indexer.whoosh_engine.columnar.merging import _merged_terms

    together, numbers, sources = _merged_terms([Strings.of(each) for each in dictionaries])
    merged = list(together.take(sources))

    assert merged == sorted(set().union(*dictionaries))
    assert [[merged[number] for number in each.tolist()] for each in numbers] == dictionaries


def test_a_merge_of_merges_is_the_merge_of_all():
    made = [
        segment_of([Article(id=f"{at:x}", headline=f"Ferry {at}", body="sank off Naxos")]) for at in range(9)
    ]
    everything = [(Held(each), np.ones(1, bool)) for each in made]
    halves = [whole(Merge(everything[:4])), whole(Merge(everything[4:]))]

    assert_same(
        whole(Merge([(Held(half), np.ones(half.count, bool)) for half in halves])), whole(Merge(everything))
    )


def test_what_is_deleted_everywhere_leaves_no_term():
    made = segment_of([Article(id="1", body="ferry"), Article(id="2", body="sank")])
    merged = whole(Merge([(Held(made), np.array([False, True]))]))

    assert list(merged.fields["text"].terms) == [b"sank"]
    assert list(merged.fields["id"].terms) == [b"2"]
