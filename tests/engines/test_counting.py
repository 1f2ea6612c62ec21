"""Counting and ordering by compiled loops gives what the definitions say."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.whoosh_engine.counting_kernels import (
    count_periods,
    ends_of,
    first_by_key,
    first_places,
    mark_days,
    span_of,
)
from indexer.whoosh_engine.doc_set import bits_of
from indexer.whoosh_engine.facet_values import Values, values_of_names, values_of_sources

NONE = -1
names = st.lists(st.lists(st.sampled_from("abcde"), max_size=3).map(tuple), min_size=1, max_size=12)


def column(rows):
    """One segment's rows as the distinct values and the places among them."""
    distinct = sorted(set(rows))
    return distinct, np.array([distinct.index(row) for row in rows], np.int64)


@settings(deadline=None)
@given(st.lists(names, max_size=3), st.data())
def test_values_are_counted_and_masked_across_segments(segments, data):
    rows = [row for segment in segments for row in segment]
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(rows))))) if rows else ())
    values = values_of_names([column(segment) for segment in segments])
    counts, without = values.counted(np.array(chosen, np.int64))
    expected = Counter(name for doc in chosen for name in rows[doc])
    assert {name: int(n) for name, n in zip(values.values, counts, strict=True) if n} == dict(expected)
    assert without == sum(1 for doc in chosen if not rows[doc])
    mask = values.mask(("a", "~none"), len(rows))
    assert mask.tolist() == ["a" in row or not row for row in rows]
    for size in (0, 1, 2, 9):
        order = sorted(expected, key=lambda name: (-expected[name], name))
        assert [values.values[at] for at in values.most(counts, size)] == order[:size]


def test_a_source_is_shown_by_its_commonest_label_and_among_level_ones_by_the_first():
    segments = [[("a", "Zeta"), ("a", "Alpha"), ("b", "Old")], [("b", "New"), (), ("b", "New")]]
    values = values_of_sources([column(rows) for rows in segments])
    assert isinstance(values, Values)
    assert dict(zip(values.values, values.labels, strict=True)) == {"a": "Zeta", "b": "New"}
    assert values.counted(np.arange(6))[0].tolist() == [2, 3]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(NONE, 5), st.integers(0, 2**64 - 1)), max_size=30, unique_by=lambda r: r[1]
    )
)
def test_ends_and_spans_leave_out_what_has_no_value(rows):
    docs = np.arange(0, len(rows), 2)
    held = np.array([value for value, _ in rows], np.int64)
    ids = np.array([number for _, number in rows], np.uint64)
    known = [int(doc) for doc in docs if held[doc] != NONE]
    first, last = ends_of(docs, held, NONE, ids)
    assert first == min(known, key=lambda doc: (held[doc], ids[doc]), default=-1)
    assert last == min(known, key=lambda doc: (-held[doc], ids[doc]), default=-1)
    values = [int(held[doc]) for doc in known] or [0]
    assert span_of(docs, held, NONE) == (min(values), max(values), len(known))
    counts = np.zeros(3, np.int64)
    count_periods(docs, held, 2, counts)
    assert counts.tolist() == [sum(1 for doc in docs if held[doc] == period) for period in (2, 3, 4)]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**64 - 1)), max_size=40, unique_by=lambda r: r[1])
)
def test_the_first_places_are_those_of_the_whole_order(rows):
    keys = np.array([float(key) for key, _ in rows])
    ids = np.array([number for _, number in rows], np.uint64)
    docs = np.arange(len(rows))
    order = sorted(range(len(rows)), key=lambda at: (keys[at], ids[at]))
    for size in (1, 3, 50):
        places = np.empty(size, np.int64)
        held = first_places(keys, docs, ids, places)
        assert places[:held].tolist() == order[:size]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**64 - 1)), max_size=300, unique_by=lambda r: r[1]),
    st.integers(0, 40),
)
def test_the_first_by_key_of_two_segments_are_those_of_the_whole_order(rows, base):
    keys = np.array([key for key, _ in rows], np.int64)
    ids = np.array([number for _, number in rows], np.uint64)
    docs = range(0, len(rows), 2)
    order = sorted(docs, key=lambda doc: (keys[doc], ids[doc]))
    for size in (1, 3, 50):
        first = np.empty(size, np.int64)
        held = 0
        for start, stop in ((0, min(base, len(rows))), (base, len(rows))):
            here = np.array([doc - start for doc in docs if start <= doc < stop], np.int32)
            held = first_by_key(bits_of(here, max(0, stop - start)), start, keys, ids, first, held)
        assert first[:held].tolist() == order[:size]


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(NONE, 4)] * 3), max_size=20), st.tuples(*[st.integers(NONE, 4)] * 4))
def test_what_is_dated_within_bounds_touches_them(rows, bounds):
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    first_day, last_day, first_second, last_second = bounds
    mask = np.zeros(len(rows), np.bool_)
    mark_days(*map(np.ascontiguousarray, columns), *bounds, mask)
    assert mask.tolist() == [
        low <= last_day and high >= first_day and first_second <= second <= last_second
        for low, high, second in rows
    ]
