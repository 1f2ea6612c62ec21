"""A segment on disk as a part of a merge: read slice by slice, never as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.columnar.data import StringColumn, Strings
from indexer.whoosh_engine.columnar.dictionary_file import FieldLayout
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.places_file import PlacesFile
from indexer.whoosh_engine.columnar.postings_file import PostingsFile
from indexer.whoosh_engine.columnar.segment_files import LENGTHS, STORED
from indexer.whoosh_engine.columnar.stored_file import StoredWriter
from indexer.whoosh_engine.columnar.terms_kernels import COLUMNS

_NO_TERMS = Strings.of(())
_Packed = tuple[NDArray[np.uint32], NDArray[np.uint8]]


def _copied(file: PostingsFile | PlacesFile, table: NDArray[np.int64]) -> _Packed:
    """What `packed` of a file gives, out of the file's pages, which are given back."""
    words, data = file.packed(table)
    copied = words.copy(), data.copy()
    file.let_go()
    return copied


def _packing(layout: FieldLayout) -> tuple[int, ...]:
    return layout.gap, layout.common, layout.places, layout.low, layout.pivot


class FilePart:
    """What merging.Merge asks of a segment. Its deleted documents are still in it."""

    def __init__(self, segment: OpenSegment, numbers: Mapping[str, NDArray[Any]] | None = None):
        """`numbers` are columns to take in place of the segment's own."""
        self._segment = segment
        self._stated = numbers or {}
        self.count = segment.count
        # What opening a file reads of it is 300 KB, which of the 150 parts of a million articles adds up.
        segment.files.let_go()

    def lengths(self) -> NDArray[np.int32]:
        codes = self._segment.files.columns.length_codes("text")
        return np.zeros(self.count, np.int32) if codes is None else LENGTHS[codes].astype(np.int32)

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of NUMBERS."""
        stated = self._stated.get(name)
        return self._segment.numbers(name) if stated is None else stated

    def names(self, name: str) -> StringColumn:
        """A column of NAMES."""
        column = self._segment.name_column(name)
        return StringColumn.of(b"" for _ in range(self.count)) if column is None else column

    def let_go_of_columns(self) -> None:
        """Give back what their reading took."""
        self._segment.files.columns.let_go()

    def expect(self, field: str, layout: FieldLayout) -> None:
        """IndexDamaged when the lists of a field are packed in another way than `layout` says."""
        terms = self._segment.field(field)
        if terms is not None and _packing(terms.layout) != _packing(layout):
            raise self.damaged(f"{field} is packed as {terms.layout}")

    def terms(self, field: str, first: int, last: int) -> tuple[Strings, NDArray[np.int64]]:
        """The terms first:last of a field, fewer where it has fewer, and their rows of FieldTerms.table."""
        terms = self._segment.field(field)
        if terms is None:
            return _NO_TERMS, np.empty((0, COLUMNS), np.int64)
        found = terms.entries(min(first, len(terms)), min(last, len(terms)))
        self._segment.files.dictionary.let_go()
        return found

    def packed_postings(self, table: NDArray[np.int64]) -> _Packed:
        """The lists of some terms as they lie in the file; `table` as of terms, of terms in a row."""
        return _copied(self._segment.files.postings, table)

    def packed_places(self, table: NDArray[np.int64]) -> _Packed:
        """Their positions likewise."""
        return _copied(self._segment.files.places, table)

    def damaged(self, reason: str) -> IndexDamaged:
        return self._segment.files.postings.damaged(reason)

    def store(self, docs: NDArray[np.int64], rows: StoredWriter) -> None:
        """Add the stored texts of some documents, which ascend."""
        stored = self._segment.files.stored
        if stored.field == STORED:
            stored.copy(docs, rows)
        else:
            for doc in docs.tolist():
                rows.add(self._segment.stored(doc))
        stored.let_go()
