"""What Whoosh reads document by document: lengths, columns, vectors, stored fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import PerDocumentReader
from whoosh.columns import Column, ColumnReader
from whoosh.filedb.structfile import BufferFile
from whoosh.matching import ListMatcher

from indexer.whoosh_engine.columnar.codec import ColumnarCodec, ColumnarSegment
from indexer.whoosh_engine.columnar.columns_file import ColumnsFile, StringColumn
from indexer.whoosh_engine.columnar.segment_files import LENGTHS
from indexer.whoosh_engine.columnar.stored_file import StoredFile
from indexer.whoosh_engine.columnar.values import decoded
from indexer.whoosh_engine.columnar.whoosh_storage import folder_of
from indexer.whoosh_engine.columnar.whoosh_writers import vector_column


class NumbersReader(ColumnReader):
    """A numeric column."""

    def __init__(self, values: NDArray[Any]):
        self._values = values
        self._sign = 1

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum].item()

    def sort_key(self, docnum: int) -> Any:
        return self._sign * self[docnum]

    def __iter__(self) -> Any:
        return iter(self._values.tolist())

    def set_reverse(self) -> None:
        self._sign = -1


class StringsReader(ColumnReader):
    """A column of byte strings."""

    def __init__(self, column: StringColumn):
        self._values: list[bytes] = list(column.values)
        self._ordinals = column.ordinals

    def __len__(self) -> int:
        return len(self._ordinals)

    def __getitem__(self, docnum: int) -> bytes:
        return self._values[int(self._ordinals[docnum])]

    def __iter__(self) -> Any:
        return (self._values[ordinal] for ordinal in self._ordinals.tolist())


class ColumnarDocumentReader(PerDocumentReader):
    """One segment's documents. IndexDamaged names a file that is not what was written."""

    def __init__(self, storage: Any, segment: ColumnarSegment):
        self._storage = storage
        self._segment = segment
        self._count = segment.doc_count_all()
        folder, segment_id = folder_of(storage), segment.segment_id()
        self._columns = ColumnsFile(folder, segment_id, self._count)
        self._stored = StoredFile(folder, segment_id, self._count)

    def doc_count(self) -> int:
        return self._count - self._segment.deleted_count()

    def doc_count_all(self) -> int:
        return self._count

    def has_deletions(self) -> bool:
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterable[int]:
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self._columns or self._storage.file_exists(self._added(fieldname))

    def _added(self, fieldname: str) -> str:
        return ColumnarCodec.column_filename(self._segment, fieldname)

    def column_reader(self, fieldname: str, column: Column) -> ColumnReader:
        if self._columns.is_numbers(fieldname):
            return NumbersReader(self._columns.numbers(fieldname))
        if self._columns.is_strings(fieldname):
            return StringsReader(self._columns.strings(fieldname))
        if fieldname in self._columns:
            data = self._columns.other(fieldname)
            return column.reader(BufferFile(data), 0, len(data), self._count)
        name = self._added(fieldname)
        size = self._storage.file_length(name)
        return column.reader(self._storage.open_file(name), 0, size, self._count)

    def doc_field_length(self, docnum: int, fieldname: str, default: int | None = 0) -> int | None:
        return self.doc_field_length_reader(fieldname, default)(docnum)

    def doc_field_length_reader(self, fieldname: str, default: int | None = 0) -> Callable[[int], int | None]:
        codes = self._columns.length_codes(fieldname)
        if codes is None:
            return lambda docnum: default
        # As the stock codec: None for a document without the field where others have it.
        return lambda docnum: int(LENGTHS[codes[docnum]]) or None

    def field_length(self, fieldname: str) -> int:
        return self._columns.total_length(fieldname)

    def min_field_length(self, fieldname: str) -> int:
        return self._extreme(fieldname, np.min)

    def max_field_length(self, fieldname: str) -> int:
        return self._extreme(fieldname, np.max)

    def _extreme(self, fieldname: str, extreme: Callable[[NDArray[Any]], Any]) -> int:
        codes = self._columns.length_codes(fieldname)
        return int(LENGTHS[extreme(codes)]) if codes is not None and len(codes) else 0

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        return bool(self._vector(docnum, fieldname))

    def vector(self, docnum: int, fieldname: str, format_: Any) -> ListMatcher:
        rows = decoded(self._vector(docnum, fieldname))
        texts, weights, values = (list(column) for column in zip(*rows, strict=True))
        return ListMatcher(texts, weights, values, format_)

    def _vector(self, docnum: int, fieldname: str) -> bytes:
        name = vector_column(fieldname)
        if not self._columns.is_strings(name):
            return b""
        column = self._columns.strings(name)
        return column.values[int(column.ordinals[docnum])]

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return self._stored.fields(docnum)
