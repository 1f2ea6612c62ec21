"""A columnar segment says what the arrays it was written from say; test_against_brute_force runs on it."""

from __future__ import annotations

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.columnar.data import INVERTED
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import write_segment
from indexer.whoosh_engine.doc_set import DocSet, bits_of
from indexer.whoosh_engine.schema import NAMES, NUMBERS, SEPARATOR
from indexer.whoosh_engine.weighting import LENGTHS
from tests.engines.columnar.made import segment_of
from tests.engines.columnar.texts import article

COMMON = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@settings(COMMON, max_examples=30)
@given(st.lists(article, max_size=6))
def test_a_segment_on_disk_says_what_the_one_in_memory_does(articles):
    data = segment_of(articles)
    with TemporaryDirectory() as folder:
        segment = OpenSegment(Path(folder), write_segment(Path(folder), "one", data), 0)

        for name in INVERTED:
            check_field(segment, name, data.fields[name])
        for name in NUMBERS:
            np.testing.assert_array_equal(segment.numbers(name), data.numbers[name])
        for name in NAMES:
            joined = [SEPARATOR.join(names).encode("utf-8", "surrogatepass") for names in segment.names(name)]
            assert joined == list(data.names[name])
        stored = [segment.stored(doc) for doc in range(data.count)]
        assert stored == list(data.stored)
        assert LENGTHS[segment.length_codes()].tolist() == data.lengths.tolist()
        assert segment.total_length() == data.lengths.sum()


def listed(held):
    """Arrays of positions as a list for each document."""
    offsets, positions = held
    return [positions[start:stop].tolist() for start, stop in itertools.pairwise(offsets.tolist())]


def check_field(segment, name, field):
    frequencies = np.diff(field.offsets).tolist()
    terms = [term.decode("utf-8", "surrogatepass") for term in field.terms]
    assert list(segment.terms(name)) == list(zip(terms, frequencies, strict=True))
    for at, term in enumerate(terms):
        part = slice(field.offsets[at], field.offsets[at + 1])
        found = segment.postings(name, term)
        np.testing.assert_array_equal(found.docs, field.docs[part])
        np.testing.assert_array_equal(found.weights, field.weights[part])
        if field.masks is not None:
            np.testing.assert_array_equal(found.masks, field.masks[part])
        if field.positions is not None:
            bounds = itertools.pairwise(field.position_offsets[part.start : part.stop + 1].tolist())
            places = [field.positions[start:stop].tolist() for start, stop in bounds]
            holders = DocSet(bits_of(found.docs, segment.count))
            for some in (slice(None), slice(1, None, 2)):
                assert listed(segment.positions(name, term, found.docs[some], holders)) == places[some]
            standing = dict(zip(found.docs.tolist(), places, strict=True))
            every = np.arange(segment.count, dtype=np.int32)
            assert listed(segment.positions(name, term, every, holders)) == [
                standing.get(doc, []) for doc in range(segment.count)
            ]
    assert segment.document_frequency(name, "no such term") == 0
    assert not len(segment.postings(name, "no such term").docs)


def test_a_missing_file_is_damage(tmp_path):
    described = write_segment(tmp_path, "one", segment_of([]))
    (tmp_path / "MAIN_one.places").unlink()

    with pytest.raises(IndexDamaged, match=r"MAIN_one\.places"):
        OpenSegment(tmp_path, described, 0)
