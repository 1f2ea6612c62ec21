"""A segment on disk as a part of a merge (merging.Part): decoded slice by slice, never as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.data import FieldPostings, StringColumn, Strings
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import LENGTHS, STORED
from indexer.whoosh_engine.columnar.stored_file import StoredWriter
from indexer.whoosh_engine.columnar.terms_kernels import FREQUENCY, POSITIONS
from indexer.whoosh_engine.schema import NAMES, NUMBERS

_NO_TERMS = Strings.of(())


class FilePart:
    """What merging.Merge asks of a segment. Its deleted documents are still in it."""

    def __init__(self, segment: OpenSegment):
        self._segment = segment
        self.count = segment.count

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        codes = self._segment.files.columns.length_codes("text")
        return np.zeros(self.count, np.int32) if codes is None else LENGTHS[codes].astype(np.int32)

    @cached_property
    def numbers(self) -> Mapping[str, NDArray[Any]]:
        return {name: self._segment.numbers(name) for name in NUMBERS}

    @cached_property
    def names(self) -> Mapping[str, StringColumn]:
        return {name: self._names(name) for name in NAMES}

    def _names(self, name: str) -> StringColumn:
        column = self._segment.name_column(name)
        return StringColumn.of(b"" for _ in range(self.count)) if column is None else column

    def terms(self, field: str, first: int, last: int) -> tuple[Strings, NDArray[np.int64]]:
        """The terms first:last of a field, fewer where it has fewer, and the length of each term's list."""
        terms = self._segment.field(field)
        if terms is None:
            return _NO_TERMS, np.empty(0, np.int64)
        held, table = terms.entries(min(first, len(terms)), min(last, len(terms)))
        return held, table[:, FREQUENCY].copy()

    def postings(self, field: str, first: int, last: int) -> FieldPostings:
        """The terms first:last of a field as a field of their own, without their terms."""
        terms = self._segment.field(field)
        if terms is None:
            return FieldPostings(
                terms=_NO_TERMS,
                offsets=np.zeros(1, np.int64),
                docs=np.empty(0, np.int32),
                weights=np.empty(0, np.float32),
            )
        table = terms.table(first, last)
        found = self._segment.files.postings.lists(table, terms.layout)
        offsets = np.zeros(len(table) + 1, np.int64)
        np.cumsum(table[:, FREQUENCY], out=offsets[1:])
        position_offsets = positions = None
        if terms.layout.places == POSITIONS:
            position_offsets, positions = self._segment.files.places.all_positions(table, terms.layout)
        self._segment.files.postings.let_go()
        self._segment.files.places.let_go()
        return FieldPostings(
            terms=_NO_TERMS,
            offsets=offsets,
            docs=found.docs,
            weights=found.weights,
            masks=found.masks if terms.layout.common >= 0 else None,
            position_offsets=position_offsets,
            positions=positions,
        )

    def store(self, docs: NDArray[np.int64], rows: StoredWriter) -> None:
        """Add the stored texts of some documents, which ascend."""
        stored = self._segment.files.stored
        if stored.field == STORED:
            stored.copy(docs, rows)
        else:
            for doc in docs.tolist():
                rows.add(self._segment.stored(doc))
        stored.let_go()
