"""What Whoosh's IndexWriter writes through: documents one by one, then all postings field by field.

Whoosh calls these for each document and posting, so they are as slow as Whoosh; newsdex itself writes whole
segments from arrays (segment_files.write_segment). A field's postings are held in memory until it ends.
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns, formats
from whoosh.codec.base import FieldWriter, OutOfOrderError, PerDocumentWriter
from whoosh.filedb.structfile import StructFile
from whoosh.util.numeric import length_to_byte

from indexer.whoosh_engine.columnar import columns_file, stored_file
from indexer.whoosh_engine.columnar.codec import ColumnarSegment
from indexer.whoosh_engine.columnar.columns_file import ColumnsWriter
from indexer.whoosh_engine.columnar.data import FieldPostings, StringColumn, Strings
from indexer.whoosh_engine.columnar.dictionary_file import FieldLayout
from indexer.whoosh_engine.columnar.files import writing
from indexer.whoosh_engine.columnar.postings_writer import PostingsWriter
from indexer.whoosh_engine.columnar.segment_files import LENGTHS, inverted_files
from indexer.whoosh_engine.columnar.stored_file import StoredWriter, packed_row
from indexer.whoosh_engine.columnar.terms_kernels import NO_PLACES, POSITIONS, VALUES
from indexer.whoosh_engine.columnar.values import encoded
from indexer.whoosh_engine.columnar.whoosh_storage import folder_of, has_file
from indexer.whoosh_engine.documents import positions_value

_FREQUENCY = struct.Struct("!I")


def vector_column(fieldname: str) -> str:
    """The column that keeps a field's term vectors."""
    return f"_vector_{fieldname}"


class _Numbers:
    """A numeric column being gathered: what Whoosh's struct code takes, else struct.error."""

    def __init__(self, column: columns.NumericColumn):
        code = column._typecode
        self._check = struct.Struct("!" + code).pack
        kind = "f" if code in "fd" else "u" if code.isupper() else "i"
        self._type = np.dtype(f"{kind}{struct.calcsize('!' + code)}")
        self._default = column.default_value()
        self.values: dict[int, Any] = {}

    def add(self, doc: int, value: Any) -> None:
        self._check(value)
        self.values[doc] = value

    def write(self, file: ColumnsWriter, name: str, count: int) -> None:
        values = np.full(count, self._default, self._type)
        for doc, value in self.values.items():
            values[doc] = value
        file.numbers(name, values, self._default)


class _Strings:
    """A column of byte strings being gathered."""

    def __init__(self) -> None:
        self.values: dict[int, bytes] = {}

    def add(self, doc: int, value: Any) -> None:
        if not isinstance(value, bytes):
            raise TypeError(f"{value!r} is not bytes")
        self.values[doc] = value

    def write(self, file: ColumnsWriter, name: str, count: int) -> None:
        file.strings(name, StringColumn.of(self.values.get(doc, b"") for doc in range(count)))


class _Other:
    """A column of another kind, which writes itself."""

    def __init__(self, column: columns.Column):
        self._data = BytesIO()
        self._writer = column.writer(StructFile(self._data))
        self.values: dict[int, Any] = {}

    def add(self, doc: int, value: Any) -> None:
        self._writer.add(doc, value)

    def write(self, file: ColumnsWriter, name: str, count: int) -> None:
        self._writer.finish(count)
        file.other(name, self._data.getvalue())


def _laid_out(column: columns.VarBytesColumn) -> bool:
    """Whether its owner decided how the column lays itself out."""
    usual = columns.VarBytesColumn()
    chosen = (column.allow_offsets, column.write_offsets_cutoff)
    return chosen != (usual.allow_offsets, usual.write_offsets_cutoff)


class ColumnarDocumentWriter(PerDocumentWriter):
    """Stored fields, lengths, columns and vectors of the documents, in their order."""

    def __init__(self, storage: Any, segment: ColumnarSegment):
        self._folder = folder_of(storage)
        self._segment = segment
        self._rows = StoredWriter()
        self._single: str | None = None
        self._columns: dict[str, _Numbers | _Strings | _Other] = {}
        self._lengths: dict[str, bytearray] = defaultdict(bytearray)
        self._totals: dict[str, int] = defaultdict(int)
        self._count = 0
        self._stored: dict[str, Any] = {}
        self._measured: dict[str, int] = {}
        self._in_document = False
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        if self._in_document:
            raise ValueError(f"document {docnum} starts within another")
        if docnum != self._count:
            raise ValueError(f"document {docnum} where {self._count} was due")
        self._in_document = True
        self._stored, self._measured = {}, {}

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if value is not None:
            encoded(value)  # refuses here, where Whoosh still drops the document
            self._stored[fieldname] = value
        if length:
            self._measured[fieldname] = length

    def add_column_value(self, fieldname: str, column: columns.Column, value: Any) -> None:
        held = self._columns.get(fieldname)
        if held is None:
            make: dict[type, Callable[[], Any]] = {
                columns.NumericColumn: lambda: _Numbers(column),
                columns.VarBytesColumn: lambda: _Other(column) if _laid_out(column) else _Strings(),
            }
            held = self._columns[fieldname] = make.get(type(column), lambda: _Other(column))()
        held.add(self._count, value)

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Iterable[Any]) -> None:
        rows = [tuple(item) for item in items]
        if rows:
            held = self._columns.setdefault(vector_column(fieldname), _Strings())
            held.add(self._count, encoded(rows))

    def finish_doc(self) -> None:
        single = next(iter(self._stored.items()), (None, None))
        if not self._count and len(self._stored) == 1 and isinstance(single[1], str):
            self._single = single[0]
        self._rows.add(packed_row(self._stored, self._single))
        for name, length in self._measured.items():
            codes = self._lengths[name]
            codes.extend(bytes(self._count - len(codes)))
            codes.append(length_to_byte(length))
            self._totals[name] += length
        self._count += 1
        self._in_document = False

    def cancel_doc(self) -> None:
        for held in self._columns.values():
            held.values.pop(self._count, None)
        self._in_document = False

    def close(self) -> None:
        if self._in_document:
            self.finish_doc()
        segment_id, count = self._segment.segment_id(), self._count
        with writing(self._folder, segment_id + columns_file.EXTENSION, columns_file.KIND) as file:
            writer = ColumnsWriter(file, count)
            for name, codes in self._lengths.items():
                codes.extend(bytes(count - len(codes)))
                writer.lengths(name, np.frombuffer(bytes(codes), np.uint8), self._totals[name])
            for name, held in self._columns.items():
                held.write(writer, name, count)
        with writing(self._folder, segment_id + stored_file.EXTENSION, stored_file.KIND) as file:
            self._rows.finish(file, self._single)
        self._segment.set_doc_count(count)
        self.is_closed = True


class ColumnarFieldWriter(FieldWriter):
    """Terms and postings of field after field."""

    def __init__(self, storage: Any, segment: ColumnarSegment):
        self._storage = storage
        self._folder, self._segment_id = folder_of(storage), segment.segment_id()
        self._files = ExitStack()
        self._inverted: PostingsWriter | None = None
        self._field = ""
        self._codes: dict[str, NDArray[np.uint8]] = {}
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        self._field = fieldname
        self._format = fieldobj.format
        self._terms: list[bytes] = []
        self._offsets = array("q", [0])
        self._docs = array("i")
        self._weights = array("f")
        self._values: list[bytes] = []
        self._lengths = bytearray()

    def start_term(self, text: bytes) -> None:
        if not self._field:
            raise ValueError(f"the term {text!r} has no field")
        self._terms.append(text)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        if len(self._docs) > self._offsets[-1] and docnum < self._docs[-1]:
            raise OutOfOrderError(f"document {docnum} after {self._docs[-1]} in {self._terms[-1]!r}")
        self._docs.append(docnum)
        self._weights.append(weight)
        self._values.append(vbytes or b"")
        if length:
            if docnum >= len(self._lengths):
                self._lengths.extend(bytes(docnum + 1 - len(self._lengths)))
            self._lengths[docnum] = length_to_byte(length)

    def finish_term(self) -> None:
        self._offsets.append(len(self._docs))

    def finish_field(self) -> None:
        if not self._field:
            raise ValueError("no field was started")
        if self._terms:
            field, layout, values = self._gathered()
            codes = None
            if any(self._lengths):
                room = max(self._docs) + 1
                codes = np.frombuffer(bytes(self._lengths).ljust(room, b"\0"), np.uint8)
                self._codes[self._field] = codes
            self._writer().add_field(self._field, [field], layout, codes, values)
        self._field = ""

    def _gathered(self) -> tuple[FieldPostings, FieldLayout, Strings | None]:
        kind = _kind_of(self._format, self._values, self._weights)
        masks = positions = position_offsets = None
        if kind == "mask":
            masks = np.frombuffer(b"".join(self._values), np.uint8)
        elif kind == "positions":
            places = [self._format.decode_positions(value) for value in self._values]
            position_offsets = np.zeros(len(places) + 1, np.int64)
            np.cumsum([len(each) for each in places], out=position_offsets[1:])
            positions = np.array([place for each in places for place in each], np.int32)
        field = FieldPostings(
            terms=Strings.of(self._terms),
            offsets=np.array(self._offsets, np.int64),
            docs=np.array(self._docs, np.int32),
            weights=np.array(self._weights, np.float32),
            masks=masks,
            position_offsets=position_offsets,
            positions=positions,
        )
        layout = _layout_of(kind, field)
        return field, layout, Strings.of(self._values) if kind == "bytes" else None

    def _writer(self) -> PostingsWriter:
        # Not before it is needed: a writer that is dropped without a word leaves no files open.
        if self._inverted is None:
            self._inverted = self._files.enter_context(inverted_files(self._folder, self._segment_id))
        return self._inverted

    def close(self) -> None:
        self._writer()
        self._files.close()
        if self._codes and not has_file(self._storage, self._segment_id + columns_file.EXTENSION):
            self._write_lengths()
        self.is_closed = True

    def _write_lengths(self) -> None:
        """Postings written without documents keep the lengths that came with them."""
        count = max(map(len, self._codes.values()))
        with writing(self._folder, self._segment_id + columns_file.EXTENSION, columns_file.KIND) as file:
            writer = ColumnsWriter(file, count)
            for name, codes in self._codes.items():
                whole = np.zeros(count, np.uint8)
                whole[: len(codes)] = codes
                writer.lengths(name, whole, int(LENGTHS[whole].sum()))


def _kind_of(format_: Any, values: list[bytes], weights: array[float]) -> str:
    """How to keep a field's values (FieldLayout.values), so that each comes back as it was."""
    if format_.fixed_value_size() == 0 or not any(values):
        return "none"
    if isinstance(format_, formats.Frequency) and all(
        weight == int(weight) and value == _FREQUENCY.pack(int(weight))
        for value, weight in zip(values, weights, strict=True)
    ):
        return "frequency"
    if format_.fixed_value_size() == 1 and all(len(value) == 1 for value in values):
        return "mask"
    if type(format_) is formats.Positions and all(map(_is_positions, values)):
        return "positions"
    return "bytes"


def _layout_of(kind: str, field: FieldPostings) -> FieldLayout:
    steps = np.diff(field.docs)
    # The step from one term's last document to the next term's first says nothing.
    steps[field.offsets[1:-1] - 1] = 1
    return FieldLayout(
        values=kind,
        gap=int((steps > 0).all()),
        common=-1 if field.masks is None else int(np.bincount(field.masks).argmax()),
        places={"positions": POSITIONS, "bytes": VALUES}.get(kind, NO_PLACES),
    )


def _is_positions(value: bytes) -> bool:
    try:
        places = formats.Positions().decode_positions(value)
    except Exception:  # whatever unpickling raises over what are no positions
        return False
    ascending = all(after >= before for before, after in pairwise(places))
    return (
        bool(places) and places[0] >= 0 and places[-1] < 1 << 31 and ascending
        and positions_value(places) == value
    )  # fmt: skip
