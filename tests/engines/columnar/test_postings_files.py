"""Terms, postings and positions come back from their files as they were."""

from __future__ import annotations

import bisect
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.columnar import encoded
from indexer.whoosh_engine.columnar.data import FieldPostings, Strings
from indexer.whoosh_engine.columnar.dictionary_file import Dictionary, FieldLayout
from indexer.whoosh_engine.columnar.groups import BLOCK, DAMAGED, GROUP_WORDS, get_group, put_group
from indexer.whoosh_engine.columnar.places_file import PlacesFile
from indexer.whoosh_engine.columnar.postings_file import PostingsFile
from indexer.whoosh_engine.columnar.segment_files import inverted_files
from indexer.whoosh_engine.columnar.terms_kernels import NO_PLACES, POSITIONS
from indexer.whoosh_engine.weighting import LENGTHS as NUMBERS_OF_WORDS
from indexer.whoosh_engine.weighting import Norms
from tests.engines.columnar.folders import MemoryFolder

COUNT = 5_000
LENGTHS = np.random.default_rng(1).integers(0, 200, COUNT).astype(np.uint8)

# Around the sizes where a block of 128 begins, and the rare terms that most are.
frequencies = st.lists(
    st.one_of(st.integers(1, 5), st.sampled_from([127, 128, 129, 255, 256, 300, 1000])),
    min_size=1,
    max_size=12,
)
layouts = st.builds(
    FieldLayout,
    gap=st.sampled_from([0, 1]),
    common=st.sampled_from([-1, 8]),
    places=st.sampled_from([NO_PLACES, POSITIONS]),
    low=st.just(64),
    pivot=st.just(12_600),
)


def made_field(sizes, layout, seed, *, floats=False, terms=None):
    """A field with lists of those sizes and otherwise arbitrary postings."""
    random = np.random.default_rng(seed)
    count = sum(sizes)
    docs = [np.sort(random.choice(COUNT, size, replace=layout.gap == 0)) for size in sizes]
    weights = random.choice([1, 1, 1, 2, 3, *random.choice([3, 40, 300, 70_000], 2)], count).astype(
        np.float32
    )
    if floats:
        weights[random.random(count) < 0.2] = random.choice([0.5, 3.5, -1, 0, np.inf, 1e-30, 2**25])
    occurrences = random.choice([1, 1, 1, 2, 5, 200], count)
    starts = random.choice([0, 3, 70, 1_250, 12_500, 12_600, 12_900, 2_000_000, 2**31 - 100_000], count)
    # Now and then a step that is coded as a jump.
    far = np.where(starts < 13_000, 1 << 20, 0)
    steps = [
        random.integers(0, 400, each) + (random.random(each) < 0.02) * leap
        for each, leap in zip(occurrences, far, strict=True)
    ]
    return FieldPostings(
        terms=Strings.of(terms or sorted(f"term{at:05}".encode() for at in range(len(sizes)))),
        offsets=np.cumsum([0, *sizes]),
        docs=np.concatenate(docs).astype(np.int32),
        weights=weights,
        masks=random.choice([8, 8, 8, 1, 9, 15], count).astype(np.uint8) if layout.common >= 0 else None,
        position_offsets=np.cumsum([0, *occurrences]) if layout.places else None,
        positions=np.concatenate([start + np.cumsum(each) for start, each in zip(starts, steps, strict=True)])
        .astype(np.int32) if layout.places else None,
    )  # fmt: skip


def written(fields, codes=LENGTHS):
    folder = MemoryFolder()
    with inverted_files(folder, "segment") as writer:
        for name, (slices, layout) in fields.items():
            writer.add_field(name, slices, layout, codes)
    return (
        Dictionary(folder, "segment"),
        PostingsFile(folder, "segment", COUNT),
        PlacesFile(folder, "segment"),
    )


@settings(max_examples=60, deadline=None)
@given(frequencies, layouts, st.integers(0, 2**32), st.booleans())
def test_postings_and_positions_come_back(sizes, layout, seed, floats):
    field = made_field(sizes, layout, seed, floats=floats)
    other = made_field([300, 2], FieldLayout(common=8), seed)
    dictionary, postings, places = written({"a": ([other], FieldLayout(common=8)), "b": ([field], layout)})

    terms = dictionary.fields["b"]
    for at, term in enumerate(field.terms):
        low, high = field.offsets[at], field.offsets[at + 1]
        entry = terms.find(term)
        assert entry.frequency == high - low
        found = postings.list(entry, terms.layout)
        np.testing.assert_array_equal(found.docs, field.docs[low:high])
        np.testing.assert_array_equal(found.weights, field.weights[low:high])
        if field.masks is not None:
            np.testing.assert_array_equal(found.masks, field.masks[low:high])
        if field.positions is not None:
            chosen = np.flatnonzero(np.random.default_rng(at).random(high - low) < 0.3)
            offsets, positions = places.positions(entry, terms.layout, chosen)
            bounds = itertools.pairwise(offsets.tolist())
            assert [positions[start:stop].tolist() for start, stop in bounds] == [
                field.positions[slice(*field.position_offsets[p : p + 2])].tolist() for p in low + chosen
            ]


@settings(max_examples=20, deadline=None)
@given(frequencies, st.integers(0, 2**32), st.booleans())
def test_no_posting_exceeds_the_bounds_of_its_block(sizes, seed, floats):
    field = made_field(sizes, FieldLayout(), seed, floats=floats)
    dictionary, postings, _ = written({"b": ([field], FieldLayout())})

    for at, term in enumerate(field.terms):
        entry = dictionary.fields["b"].find(term)
        layout = dictionary.fields["b"].layout
        assert layout.average == NUMBERS_OF_WORDS[LENGTHS].mean()
        bounds = postings.bounds(entry)
        for block in range(len(bounds.lasts)):
            part = slice(field.offsets[at] + 128 * block, field.offsets[at] + 128 * (block + 1))
            assert bounds.lasts[block] == field.docs[part][-1]
            assert bounds.tops[block] == 255 or bounds.tops[block] >= field.weights[part].max()
            if bounds.tops[block] == 255:
                continue
            for average in (layout.average, 2 * layout.average, 0.5 * layout.average):
                norms = Norms(average)
                weights = field.weights[part].astype(float)
                scored = weights / (weights + norms.table[LENGTHS[field.docs[part]]])
                top, norm = float(bounds.tops[block]), norms.bounding(layout.average)[bounds.leasts[block]]
                assert (scored <= top / (top + norm) * (1 + 1e-9)).all()
        if len(bounds.lasts):
            sums = postings.sums(entry)
            part = slice(field.offsets[at], field.offsets[at + 1])
            assert (sums.first, sums.last) == (field.docs[part][0], field.docs[part][-1])
            assert sums.top == field.weights[part].max()


@pytest.mark.parametrize("at_once", [1, 64, 500])
@pytest.mark.parametrize("cuts", [[], [1], [63, 64, 65], [10, 140]])
def test_a_field_in_slices_and_pieces_is_the_field_as_a_whole(cuts, at_once, monkeypatch):
    layout = FieldLayout(common=8, places=POSITIONS)
    sizes = np.random.default_rng(3).choice([1, 2, 3, 130], 150).tolist()
    field = made_field(sizes, layout, 4)
    slices = [sliced(field, *pair) for pair in itertools.pairwise([0, *cuts, len(sizes)])]
    whole = written({"b": ([field], layout)})
    monkeypatch.setattr(encoded, "_AT_ONCE", at_once)

    for one, other in zip(whole, written({"b": (slices, layout)}), strict=True):
        if isinstance(one, Dictionary):
            np.testing.assert_array_equal(one.fields["b"].table(), other.fields["b"].table())
            assert list(one.fields["b"].terms()) == list(field.terms) == list(other.fields["b"].terms())
        else:
            np.testing.assert_array_equal(one._words.array, other._words.array)
            np.testing.assert_array_equal(one._tails.array, other._tails.array)


def sliced(field, first, last):
    low, high = field.offsets[first], field.offsets[last]
    start, stop = field.position_offsets[low], field.position_offsets[high]
    return FieldPostings(
        terms=Strings.of(list(field.terms)[first:last]),
        offsets=field.offsets[first : last + 1] - low,
        docs=field.docs[low:high],
        weights=field.weights[low:high],
        masks=field.masks[low:high],
        position_offsets=field.position_offsets[low : high + 1] - start,
        positions=field.positions[start:stop],
    )


terms = st.lists(
    st.one_of(
        st.binary(max_size=4),
        st.text("abc", max_size=6).map(str.encode),
        st.integers(0, 400).map(lambda number: b"x" * 14 + str(number).encode()),
        st.integers(1, 40).map(lambda size: b"y" * size),
        st.just(b"z" * 70_000),
    ),
    min_size=1,
    max_size=200,
    unique=True,
).map(sorted)


@settings(max_examples=60, deadline=None)
@given(terms, st.lists(st.binary(max_size=3), max_size=5), terms)
def test_a_term_is_found_where_it_stands_in_order(terms, prefixes, asked):
    field = made_field([1] * len(terms), FieldLayout(), 5, terms=terms)
    before = made_field([1], FieldLayout(), 5)
    dictionary, _, _ = written({"a": ([before], FieldLayout()), "b": ([field], FieldLayout())})

    held = dictionary.fields["b"]
    assert list(held.terms()) == terms
    assert list(held.strings(1)) == terms[1:]
    for term in [*asked, *terms]:
        place = bisect.bisect_left(terms, term)
        assert held.rank(term) == (place, place < len(terms) and terms[place] == term)
    for prefix in [*prefixes, *(term[:2] for term in terms)]:
        start, stop = held.starting_with(prefix)
        assert terms[start:stop] == [term for term in terms if term.startswith(prefix)]


numbers = st.integers(0, 32).flatmap(
    lambda width: st.lists(
        st.one_of(st.integers(0, 3), st.integers(0, 2**width - 1), st.integers(2**width // 2, 2**width - 1)),
        min_size=1,
        max_size=BLOCK,
    )
)


@settings(max_examples=300, deadline=None)
@given(numbers, st.integers(0, BLOCK))
def test_a_group_of_numbers_of_any_widths_comes_back(numbers, ones):
    numbers = ([1] * ones + numbers)[:BLOCK]
    words, back = np.zeros(GROUP_WORDS + 3, np.uint32), np.zeros(BLOCK, np.uint32)
    end = put_group(np.array(numbers, np.uint32), len(numbers), words, 2)

    assert get_group(words, 2, end, len(numbers), back) == end
    assert back[: len(numbers)].tolist() == numbers
    assert get_group(words, 2, end - 1, len(numbers), back) == DAMAGED
    assert end - 2 <= 1 + len(numbers)


@pytest.mark.parametrize("size", [3, 200])
def test_a_document_beyond_the_segments_is_damage(size):
    layout = FieldLayout()
    field = made_field([size], layout, 7)
    folder = MemoryFolder()
    with inverted_files(folder, "segment") as writer:
        writer.add_field("b", [field], layout, None)
    entry = Dictionary(folder, "segment").fields["b"].find(b"term00000")

    last = int(field.docs[-1])
    assert len(PostingsFile(folder, "segment", last + 1).list(entry, layout).docs) == size
    with pytest.raises(IndexDamaged, match="postings cannot be read"):
        PostingsFile(folder, "segment", last).list(entry, layout)


def test_the_fields_of_a_dictionary_come_in_order_of_their_names():
    field = made_field([1], FieldLayout(), 6)

    with pytest.raises(ValueError, match="the field a after b"):
        written({"b": ([field], FieldLayout()), "a": ([field], FieldLayout())})


@settings(max_examples=60, deadline=None)
@given(frequencies, st.integers(0, 2**32), st.integers(-3, 3), st.booleans())
def test_phrases_followed_through_a_list_are_those_of_its_positions(sizes, seed, distance, last):
    layout = FieldLayout(places=POSITIONS, low=64, pivot=12_600)
    field = made_field(sizes, layout, seed)
    dictionary, _, places = written({"b": ([field], layout)})
    random = np.random.default_rng(seed)

    terms = dictionary.fields["b"]
    for term in field.terms:
        entry = terms.find(term)
        chosen = np.flatnonzero(random.random(entry.frequency) < 0.5)
        offsets, positions = places.positions(entry, terms.layout, chosen)
        # Some positions that are followed, some that are not, and documents with none.
        moved = positions - distance + random.choice([0, 0, 0, 1], len(positions))
        kept = random.random(len(positions)) < 0.5
        before = np.concatenate([[0], np.cumsum(kept)])[offsets], moved[kept].astype(np.int32)
        in_order = [np.unique(before[1][low:high]) for low, high in itertools.pairwise(before[0].tolist())]
        before = (
            np.cumsum([0, *map(len, in_order)]),
            np.concatenate([np.empty(0, np.int32), *in_order]).astype(np.int32),
        )
        found = places.followed(entry, terms.layout, chosen, before, distance, last)

        expected = []
        for doc, wanted in enumerate(in_order):
            held = set(positions[offsets[doc] : offsets[doc + 1]].tolist())
            met = [each for each in wanted.tolist() if each + distance in held]
            if met:
                expected.append((doc, met[:1] if last else met))
        docs, bounds, left = found
        spans = itertools.pairwise(bounds.tolist())
        told = [(doc, left[low:high].tolist()) for doc, (low, high) in zip(docs.tolist(), spans, strict=True)]
        assert told == expected
