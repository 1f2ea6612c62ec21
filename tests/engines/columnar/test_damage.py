"""A file cut short or altered is IndexDamaged by its name, or answers as before: never otherwise.

And whatever bytes the kernels are given, they come back.
"""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import IndexDamaged
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar import joining_kernels, positions_kernels, postings_kernels, terms_kernels
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import INVERTED, PLACED
from indexer.whoosh_engine.columnar.encoded import Room
from indexer.whoosh_engine.columnar.files import LAYOUT, PAGE, DiskFolder, SectionFile, writing
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.inverting import Batch
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import write_segment
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary
from indexer.whoosh_engine.doc_set import DocSet, bits_of
from indexer.whoosh_engine.schema import NAMES, NUMBERS
from indexer.whoosh_engine.weighting import LENGTHS
from tests.engines.columnar.articles import made_articles
from tests.engines.columnar.texts import INDEXED

EXTENSIONS = ["terms", "postings", "places", "columns", "stored"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A segment's folder, its description, and all that can be read from it."""
    folder = tmp_path_factory.mktemp("whole")
    batch = Batch(Vocabulary(Stemmer()))
    for each in made_articles(300):
        batch.add(each, INDEXED)
    described = write_segment(folder, "one", batch.finish())
    return folder, described, everything(folder, described)


def everything(folder, described):
    """Every value of a segment, as text that can be compared."""
    segment = OpenSegment(folder, described, 0)
    told = []
    for field in INVERTED:
        for term, frequency in segment.terms(field):
            found = segment.postings(field, term)
            masks = None if found.masks is None else found.masks.tolist()
            told.append((field, term, frequency, found.docs.tolist(), found.weights.tolist(), masks))
            if field in PLACED:
                holders = DocSet(bits_of(found.docs, segment.count))
                places = segment.positions(field, term, found.docs, holders)
                told.append([each.tolist() for each in places])
            bounds = segment.bounds(field, term)
            told.append([bounds.lasts.tolist(), bounds.tops.tolist(), bounds.leasts.tolist()])
            if frequency >= 128:
                told.append(segment.files.postings.sums(segment.entry(field, term)))
    told += [segment.numbers(name).tolist() for name in NUMBERS]
    told += [segment.names(name) for name in NAMES]
    told += [segment.stored(doc) for doc in range(segment.count)]
    told += [segment.length_codes().tolist(), segment.files.columns.total_length("text")]
    return str(told)


def damaged(tmp_path, whole, extension, alter):
    """What reading everything gives when one file's bytes are altered: "damaged", or "as before"."""
    folder, described, before = whole
    for each in EXTENSIONS:
        data = (folder / f"MAIN_one.{each}").read_bytes()
        (tmp_path / f"MAIN_one.{each}").write_bytes(alter(data) if each == extension else data)
    try:
        after = everything(tmp_path, described)
    except IndexDamaged as error:
        return "damaged" if f"MAIN_one.{extension}" in str(error) else f"another file: {error}"
    assert after == before
    return "as before"


def borders(folder, extension):
    """Where sections of a file begin and end."""
    file = SectionFile(DiskFolder(folder), f"MAIN_one.{extension}", extension)
    spans = ((start, start + length) for start, length, _, _ in file._sections.values())
    return sorted(set(itertools.chain.from_iterable(spans)))


def test_these_are_all_the_files_of_a_segment(whole):
    assert {file.name for file in whole[0].iterdir()} == {f"MAIN_one.{each}" for each in EXTENSIONS}


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_file_cut_short_anywhere_is_damaged(tmp_path, whole, extension):
    size = (whole[0] / f"MAIN_one.{extension}").stat().st_size
    cuts = {0, 1, 7, 8, 16, size - 1, size - 8, size - 32, size - 33, *borders(whole[0], extension)}
    for cut in sorted(cuts):
        assert damaged(tmp_path, whole, extension, lambda data, cut=cut: data[:cut]) == "damaged", cut


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_file_with_bytes_added_or_left_out_is_damaged(tmp_path, whole, extension):
    assert damaged(tmp_path, whole, extension, lambda data: data + b"\0") == "damaged"
    assert damaged(tmp_path, whole, extension, lambda data: data[:-1] + b"\1") == "damaged"
    for border in borders(whole[0], extension)[::3]:
        assert (
            damaged(tmp_path, whole, extension, lambda data, at=border: data[:at] + data[at + 8 :])
            == "damaged"
        )


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_flipped_bit_is_damage_or_changes_nothing(tmp_path, whole, extension):
    chance = random.Random(extension)
    size = (whole[0] / f"MAIN_one.{extension}").stat().st_size
    near = [at + step for at in borders(whole[0], extension) for step in (-1, 0)]
    places = [*(place for place in near if 0 <= place < size), *(chance.randrange(size) for _ in range(25))]
    places += [size - 1 - at for at in range(0, 32, 3)]
    told = []
    for place in places:

        def flip(data, place=place):
            return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]

        told.append(damaged(tmp_path, whole, extension, flip))
    assert set(told) <= {"damaged", "as before"}
    assert told.count("damaged") > len(told) / 2


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_file_of_another_kind_or_layout_is_refused(tmp_path, whole, extension):
    folder = whole[0]
    other = EXTENSIONS[EXTENSIONS.index(extension) - 1]
    swapped = (folder / f"MAIN_one.{other}").read_bytes()
    assert damaged(tmp_path, whole, extension, lambda data: swapped) == "damaged"
    older = (LAYOUT + 1).to_bytes(4, "little")
    assert damaged(tmp_path, whole, extension, lambda data: data[:-12] + older + data[-8:]) == "damaged"


def test_a_page_is_checked_when_something_on_it_is_read(tmp_path):
    folder = DiskFolder(tmp_path)
    numbers = np.arange(3 * PAGE, dtype=np.uint32)
    with writing(folder, "file", "numbers") as file, file.growing("numbers", paged=True) as part:
        for piece in np.split(numbers, [1, 5, 5_000, 5_001, 20_000]):
            part.write(piece)
    data = bytearray((tmp_path / "file").read_bytes())
    data[16 + 2 * PAGE + 5] ^= 1
    (tmp_path / "file").write_bytes(data)

    pages = SectionFile(folder, "file", "numbers").paged("numbers", np.uint32)
    on_a_page = PAGE // 4
    assert pages.checked(3, 9).tolist() == list(range(3, 9))
    assert pages.checked(3 * on_a_page, len(numbers)).tolist() == numbers[3 * on_a_page :].tolist()
    with pytest.raises(IndexDamaged, match="page 2 is not what was written"):
        pages.checked(2 * on_a_page - 1, 2 * on_a_page + 1)
    with pytest.raises(IndexDamaged, match="numbers: 5:99999999"):
        pages.checked(5, 99_999_999)


words = st.lists(st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 70), st.integers(0, 4_200)), max_size=60)
rows = st.lists(st.tuples(st.integers(-2, 300), st.integers(-2, 70), st.integers(-2, 70)), max_size=3)


@settings(max_examples=400, deadline=None)
@given(words, st.binary(max_size=60), rows, st.sampled_from([-1, 8]), st.integers(0, 1))
def test_no_words_make_the_kernel_of_postings_leave_its_arrays(words, data, rows, common, gap):
    count = max(0, sum(frequency for frequency, _, _ in rows))
    guard = 64
    docs = np.full(count + guard, 7, np.int32)
    weights = np.full(count + guard, 7, np.float32)
    masks = np.full(count + guard, 7, np.uint8)
    table = np.array(rows, np.int64).reshape(-1, 3)
    status = postings_kernels.get_lists(
        read_only(np.array(words, np.uint32)), read_only(np.frombuffer(data, np.uint8)), table, 1_000, gap,
        common, docs[:count], weights[:count], weights.view(np.uint32)[:count], masks[:count],
    )  # fmt: skip
    assert (docs[count:] == 7).all()
    assert (weights[count:] == 7).all()
    assert (masks[count:] == 7).all()
    if status == postings_kernels.OK:
        assert ((docs[:count] >= 0) & (docs[:count] < 1_000)).all()


@settings(max_examples=400, deadline=None)
@given(words, words, st.binary(max_size=60), st.integers(-2, 300))
def test_no_words_make_the_kernel_of_positions_leave_its_arrays(words, sizes, data, count):
    status, offsets, positions = positions_kernels.get_positions(
        read_only(np.array(words, np.uint32)), read_only(np.array(sizes, np.uint32)),
        read_only(np.frombuffer(data, np.uint8)), count, read_only(np.arange(max(0, count))), 64, 12_600,
    )  # fmt: skip
    if status == postings_kernels.OK:
        assert offsets[-1] == len(positions)
        assert (positions >= 0).all()


lists = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 300), *[st.integers(-2, 70)] * 2), max_size=4)


@settings(max_examples=400, deadline=None)
@given(words, st.binary(max_size=60), lists, st.sampled_from([-1, 8]))
def test_no_words_make_the_kernels_that_join_lists_leave_their_arrays(words, data, lists, common):
    rows = np.array(lists, np.int64).reshape(-1, 4)
    count, guard = int(rows[:, joining_kernels.POSTINGS].sum()), 64
    terms, table = np.array([0, len(rows)]), np.zeros((1, 5), np.int64)
    packed = read_only(np.array(words, np.uint32)), read_only(np.frombuffer(data, np.uint8))
    begins = np.array([0, 1_000, 1_500])
    renumbered = np.where(np.arange(1_500) % 3, np.arange(1_500), -1).astype(np.int32)
    kept = np.full(count + guard, 7, np.uint8)
    room = Room.of(np.array([count]))
    out_words = np.full(len(room.words) + guard, 7, np.uint32)
    out_data = np.full(len(room.tails) + guard, 7, np.uint8)
    status, *_ = joining_kernels.join_postings(
        rows, terms, *packed, np.zeros((2, 2), np.int64), begins, read_only(renumbered),
        read_only(np.zeros(1_500, np.uint8)), LENGTHS, 9.0, 1, common, kept[:count], out_words[:-guard],
        out_data[:-guard], table, *room.blocks, room.sums,
    )  # fmt: skip
    assert status == postings_kernels.OK or status in (-1, -2)
    for array in (kept, out_words, out_data):
        assert (array[-guard:] == 7).all()

    kept[:count] = np.arange(count) % 2
    status, place_words, place_data = joining_kernels.join_places(
        rows, terms, *packed, np.zeros((2, 2), np.int64), read_only(kept[:count]), table,
        np.empty(count // BLOCK, np.uint32),
    )  # fmt: skip
    assert status == postings_kernels.OK or status in (-1, -2)
    assert len(place_words) >= table[0, 3] >= 0
    assert len(place_data) >= table[0, 4] >= 0


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 70), st.integers(0, 2), st.integers(0, 50))
def test_no_bytes_make_the_kernel_of_terms_leave_its_arrays(data, count, places, room):
    blob = np.full(room + 64, 7, np.uint8)
    offsets = np.empty(count + 1, np.int64)
    table = np.empty((count, terms_kernels.COLUMNS), np.int64)
    terms_kernels.get_entries(read_only(np.frombuffer(data, np.uint8)), places, blob[:room], offsets, table)
    assert (blob[room:] == 7).all()
