"""Columns and stored fields come back from their files as they were."""

from __future__ import annotations

import dataclasses
import math
import random
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.build import rebuild, update
from indexer.errors import IndexDamaged
from indexer.settings import Settings
from indexer.whoosh_engine.columnar import columns_file, files, packing, stored_file
from indexer.whoosh_engine.columnar.columns_file import ColumnsFile, ColumnsWriter
from indexer.whoosh_engine.columnar.data import StringColumn
from indexer.whoosh_engine.columnar.files import PAGE, writing
from indexer.whoosh_engine.columnar.packing import Packing, learnt
from indexer.whoosh_engine.columnar.stored_file import StoredFile, StoredWriter, packed_row
from indexer.whoosh_engine.columnar.values import NotStorable, decoded, encoded
from tests.engines.columnar.folders import MemoryFolder


def columns_of(count, fill):
    folder = MemoryFolder()
    with writing(folder, "s" + columns_file.EXTENSION, columns_file.KIND) as file:
        fill(ColumnsWriter(file, count))
    return folder, ColumnsFile(folder, "s", count)


@st.composite
def number_columns(draw):
    kind = np.dtype(draw(st.sampled_from(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])))
    info = np.iinfo(kind)
    near = st.integers(-3, 3)
    anywhere = st.integers(int(info.min), int(info.max))
    base = draw(anywhere)
    value = st.one_of(near.map(lambda step: min(max(base + step, info.min), info.max)), anywhere)
    values = draw(st.lists(draw(st.sampled_from([value, near.map(abs), anywhere])), max_size=20))
    return np.array(values, kind), draw(st.one_of(anywhere, st.sampled_from([0, *values])))


@settings(max_examples=200, deadline=None)
@given(number_columns())
def test_numbers_of_any_type_come_back(column):
    values, default = column
    if not len(values):
        return
    _, read = columns_of(len(values), lambda writer: writer.numbers("n", values, default))

    np.testing.assert_array_equal(read.numbers("n"), values)
    assert read.numbers("n").dtype == values.dtype


def test_numbers_close_together_take_little_room():
    days = np.random.default_rng(1).integers(730_000, 740_000, 1000).astype(np.int32)
    days[::3] = -1
    folder, read = columns_of(1000, lambda writer: writer.numbers("days", days, -1))

    np.testing.assert_array_equal(read.numbers("days"), days)
    assert len(folder.files["s.columns"]) < 2_500


def test_floats_come_back():
    values = np.array([0.0, -1.5, math.inf, 1e300])
    _, read = columns_of(4, lambda writer: writer.numbers("f", values, 0.0))

    np.testing.assert_array_equal(read.numbers("f"), values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=3), min_size=1, max_size=600))
def test_strings_come_back(values):
    _, read = columns_of(len(values), lambda writer: writer.strings("s", StringColumn.of(values)))

    column = read.strings("s")
    assert [column.values[ordinal] for ordinal in column.ordinals.tolist()] == values
    assert list(column.values) == sorted(set(values))


def test_fields_of_equal_lengths_share_them():
    codes = np.arange(200, dtype=np.uint8)

    def fill(writer):
        writer.lengths("text", codes, 10)
        writer.lengths("stems", codes.copy(), 20)

    folder, read = columns_of(200, fill)
    assert len(folder.files["s.columns"]) < 500
    np.testing.assert_array_equal(read.length_codes("stems"), codes)
    assert (read.total_length("text"), read.total_length("stems"), read.total_length("x")) == (10, 20, 0)


def stored_of(rows, field=None, dictionary=None):
    writer = StoredWriter(Packing(dictionary=dictionary))
    for row in rows:
        writer.add(row)
    return read_back(MemoryFolder(), writer, len(rows), field)


def read_back(folder, writer, count, field):
    with writing(folder, "s" + stored_file.EXTENSION, stored_file.KIND) as file:
        writer.finish(file, field)
    return StoredFile(folder, "s", count)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=9), st.just(b"ab" * 9_000)), max_size=12), st.randoms())
def test_rows_come_back_in_any_order(rows, random):
    read = stored_of(rows)
    docs = list(range(len(rows)))
    random.shuffle(docs)

    assert [read.row(doc) for doc in docs] == [rows[doc] for doc in docs]
    assert read.rows(docs) == [rows[doc] for doc in docs]
    with pytest.raises(IndexError):
        read.rows([*docs, len(rows)])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [None, b"ferry sank off Naxos", b"all were saved at sea", b"the harbour of Naxos"]
            ),
            st.lists(
                st.tuples(
                    st.sampled_from([b"", b"ferry sank off Naxos", b"x" * 9_000, b"saved at sea"]),
                    st.booleans(),
                )
            ),
        ),
        max_size=6,
    ),
    st.integers(1, 3),
)
def test_rows_copied_from_several_files_are_read_as_before(files, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_file, "_DICTIONARIES_MOST", most)
        copied = MemoryFolder(), StoredWriter()
        for dictionary, rows in files:
            read = stored_of([row for row, _ in rows], dictionary=dictionary)
            read.copy(np.flatnonzero([kept for _, kept in rows]), copied[1])
        kept = [row for _, rows in files for row, kept in rows if kept]
        read = read_back(*copied, len(kept), None)

    assert [read.row(doc) for doc in range(len(kept))] == kept
    assert sum(name.startswith("dictionary") for name in read._file._sections) <= most


@pytest.mark.parametrize("section", ["frames", "ends"])
def test_of_rows_read_together_an_altered_one_names_its_file_as_it_does_alone(section):
    rows = [random.Random(number).randbytes(3 * PAGE) for number in range(20)]
    folder, writer = MemoryFolder(), StoredWriter()
    for row in rows:
        writer.add(row)
    read = read_back(folder, writer, len(rows), None)
    data = bytearray(folder.files["s.stored"])
    data[read._file._sections[section][0] + 3] ^= 1
    folder.files["s.stored"] = bytes(data)
    read = StoredFile(folder, "s", len(rows))

    for docs in ([0], [19, 0], range(20)):
        with pytest.raises(IndexDamaged, match=rf"s\.stored.*{section}: page 0 is not what was written"):
            read.rows(docs)
    if section == "frames":
        assert read.rows([19, 5]) == [rows[19], rows[5]]


def test_a_text_of_whatever_kind_of_row_is_read_among_others():
    fields = [{"a": "One"}, {"a": "Two", "b": 2}, {"a": "\ud800 three"}]
    read = stored_of([packed_row(each, "a") for each in fields], "a")

    assert read.texts([1, 2, 0], "a") == [b"Two", b"\xed\xa0\x80 three", b"One"]
    with pytest.raises(KeyError):
        read.texts([1, 0], "b")


def test_frames_are_copied_as_they_are():
    rows = [b"%d ferries sank off Naxos" % number for number in range(3000)]
    read = stored_of(rows)
    writer = StoredWriter()
    read.copy(np.arange(10, 2990), writer)
    copied = read_back(MemoryFolder(), writer, 2980, None)

    assert read._runs == [(0, 0)]
    start, stop = read._ends.array[10], read._ends.array[2990]
    assert copied._frames.array.tobytes() == read._frames.array[start:stop].tobytes()
    assert copied.row(5) == rows[15]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.text(), st.integers())), max_size=6),
    st.sampled_from([None, "a"]),
)
def test_stored_fields_come_back_whether_one_field_is_kept_as_text_or_not(documents, field):
    read = stored_of([packed_row(each, field) for each in documents], field)

    assert [read.fields(doc) for doc in range(len(documents))] == documents


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(),
        st.characters(categories=["Cs"]), st.dates(), st.times(),
        st.datetimes(), st.datetimes(timezones=st.just(UTC)), st.timedeltas(), st.decimals(allow_nan=False),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3), st.frozensets(st.text(), max_size=3),
        st.sets(st.integers(), max_size=3),
    ),
    max_leaves=8,
)  # fmt: skip


@given(values)
def test_a_value_comes_back_in_its_own_type(value):
    back = decoded(encoded(value))

    assert back == value
    assert type(back) is type(value)


@given(st.binary(max_size=20))
def test_bytes_that_are_no_value_are_refused(data):
    try:
        value = decoded(data)
    except (ValueError, TypeError, ArithmeticError):
        return
    assert isinstance(
        value, (type(None), bool, int, float, str, bytes, list, tuple, set, frozenset, dict, date, time,
                timedelta, datetime, Decimal),
    )  # fmt: skip


def test_a_value_of_another_type_is_refused_by_its_name():
    @dataclasses.dataclass
    class Page:
        number: int

    with pytest.raises(NotStorable, match=r"Page cannot be stored .* store one of: .*Decimal"):
        encoded([Page(3)])


def test_what_waits_to_be_written_waits_in_the_folder_of_the_index(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_SPOOL_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is none"))
    articles, where = tmp_path / "files", Settings(index=tmp_path / "index", jobs=1)
    articles.mkdir()

    for name in ("a", "b"):
        (articles / f"{name}.txt").write_text(f"Ferry {name} sinks\n\nAll were saved.\n")
        # The second merges what the first wrote.
        report = (rebuild if name == "a" else update)([articles], where)

    assert report.articles == 2


def test_whoever_packs_into_a_folder_takes_the_dictionary_that_was_learnt_first(tmp_path):
    first, second, third = (
        [b"%d %s sank off Naxos" % (n, ship) for n in range(3000)]
        for ship in (b"ferries", b"yachts", b"tugs")
    )
    early, late = Packing(tmp_path), Packing(tmp_path)

    learnt = early.learn(first)
    assert learnt is not None
    assert late.learn(second) == learnt
    assert Packing().learn(second) not in (None, learnt)
    assert early.learn(third) == learnt
    assert [file.name for file in tmp_path.iterdir()] == ["MAIN_packing.dictionary"]


def test_of_two_dictionaries_learnt_at_once_the_first_given_serves_both(tmp_path, monkeypatch):
    rows = [b"%d ferries sank off Naxos" % n for n in range(3000)]
    other = Packing().learn(rows[::-1])

    def overtaken(rows):
        assert Packing(tmp_path, other)._given(other) == other
        return learnt(rows)

    monkeypatch.setattr(packing, "learnt", overtaken)
    assert Packing(tmp_path).learn(rows) == other
