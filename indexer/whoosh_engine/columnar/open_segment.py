"""A columnar segment as the executor reads it: the methods of store.Segment, over the files of columnar/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.codec import INDEX_NAME
from indexer.whoosh_engine.columnar.columns_file import StringColumn
from indexer.whoosh_engine.columnar.dictionary_file import Entry, FieldTerms
from indexer.whoosh_engine.columnar.files import DiskFolder
from indexer.whoosh_engine.columnar.postings_file import Bounds
from indexer.whoosh_engine.columnar.segment_files import LENGTHS, STORED, SegmentFiles
from indexer.whoosh_engine.schema import NAMES, NUMBERS, SEPARATOR
from indexer.whoosh_engine.segment import EMPTY, Docs, Postings
from indexer.whoosh_engine.set_kernels import common

_LENGTHS = LENGTHS.astype(np.float64)
_NO_TERM = np.empty(0, np.int32)


class OpenSegment:
    """One segment, documents counted from 0. Safe in threads; nothing is locked.

    Every method raises IndexDamaged with the file's name when what it reads is not what was written.
    """

    def __init__(self, directory: Path, described: Mapping[str, Any], base: int):
        self.base = base
        self.count = int(described["documents"])
        self.deleted = np.zeros(self.count, dtype=bool)
        self.deleted[[int(doc) for doc in described["deleted"]]] = True
        self._total_length = float(described["lengths"].get("text", 0))
        segment_id = f"{INDEX_NAME}_{described['segment']}"
        try:
            self.files = SegmentFiles.open(DiskFolder(directory), segment_id, self.count)
        except FileNotFoundError as error:
            raise IndexDamaged(error.filename, "it is missing") from error

    def close(self) -> None:
        """Nothing: the files are let go of with the object, and readers under way may finish."""

    def field(self, name: str) -> FieldTerms | None:
        """The terms of a field, None when no document holds any."""
        return self.files.dictionary.fields.get(name)

    def entry(self, field: str, term: str) -> Entry | None:
        terms = self.field(field)
        return terms.find(_bytes(term)) if terms else None

    def document_frequency(self, field: str, term: str) -> int:
        entry = self.entry(field, term)
        return entry.frequency if entry else 0

    def postings(self, field: str, term: str) -> Postings:
        """The whole list of a term, EMPTY for an unknown one."""
        terms = self.field(field)
        entry = terms.find(_bytes(term)) if terms else None
        if terms is None or entry is None:
            return EMPTY
        found = self.files.postings.list(entry, terms.layout)
        return Postings(found.docs, found.weights, found.masks if terms.layout.common >= 0 else None)

    def bounds(self, field: str, term: str) -> Bounds | None:
        """What is known of a list's blocks of 128 without decoding them; None for an unknown term."""
        entry = self.entry(field, term)
        return self.files.postings.bounds(entry) if entry else None

    def positions(self, field: str, term: str, docs: Docs) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The word positions of a term in each of `docs`, which are ascending and all hold it.

        Document i of `docs` has positions[offsets[i]:offsets[i + 1]] of (offsets, positions).
        """
        terms = self.field(field)
        entry = terms.find(_bytes(term)) if terms and len(docs) else None
        if terms is None or entry is None:
            return np.zeros(len(docs) + 1, np.int64), _NO_TERM
        held = self.files.postings.list(entry, terms.layout).docs
        return self.files.places.positions(entry, terms.layout, common(docs, held)[1])

    def lengths(self) -> NDArray[np.float64]:
        """The words of each article, as stored (rounded)."""
        codes = self.files.columns.length_codes("text")
        return np.zeros(self.count) if codes is None else _LENGTHS[codes]

    def total_length(self) -> float:
        return self._total_length

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of NUMBERS, one value a document."""
        code, default = NUMBERS[name]
        if not self.files.columns.is_numbers(name):
            return np.full(self.count, default, np.dtype(code))
        return self.files.columns.numbers(name).astype(np.dtype(code), copy=False)

    def name_column(self, name: str) -> StringColumn | None:
        """A column of NAMES as it is kept; None where no article has a value."""
        assert name in NAMES
        return self.files.columns.strings(name) if self.files.columns.is_strings(name) else None

    def name_places(self, name: str) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
        """A column of NAMES: the distinct values, and of each document its place among them."""
        column = self.name_column(name)
        if column is None:
            return [()], np.zeros(self.count, np.int64)
        try:
            values = [_names(raw) for raw in column.values]
        except UnicodeDecodeError as error:
            raise IndexDamaged(self.files.columns.shown, f"{name}: {error}") from error
        return values, column.ordinals.astype(np.int64)

    def names(self, name: str) -> list[tuple[str, ...]]:
        """The values of each document in a column of NAMES."""
        values, places = self.name_places(name)
        return [values[place] for place in places.tolist()]

    def stored(self, doc: int) -> bytes:
        """The JSON of one article."""
        return self.files.stored.text(doc, STORED)

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin so, in order of their UTF-8 bytes, with document frequencies."""
        terms = self.field(field)
        if terms is not None:
            start, stop = terms.starting_with(_bytes(prefix)) if prefix else (0, len(terms))
            for term, frequency in terms.frequencies(start, stop):
                yield term.decode("utf-8", "surrogatepass"), frequency


def _names(raw: bytes) -> tuple[str, ...]:
    return tuple(raw.decode("utf-8", "surrogatepass").split(SEPARATOR)) if raw else ()


def _bytes(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
