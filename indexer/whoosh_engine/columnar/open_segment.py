"""A columnar segment as the executor reads it: the methods of store.Segment, over the files of columnar/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.codec import INDEX_NAME
from indexer.whoosh_engine.columnar.columns_file import StringColumn
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.columnar.dictionary_file import Entry, FieldTerms
from indexer.whoosh_engine.columnar.files import DiskFolder
from indexer.whoosh_engine.columnar.posting_list import PostingList
from indexer.whoosh_engine.columnar.postings_file import Bounds
from indexer.whoosh_engine.columnar.segment_files import STORED, SegmentFiles
from indexer.whoosh_engine.doc_set import Docs, DocSet
from indexer.whoosh_engine.schema import NAMES, NUMBERS, SEPARATOR
from indexer.whoosh_engine.segment import EMPTY, NOT_FOLLOWED, Places, Postings

# Terms that were looked up, and what is remembered of each is a few hundred bytes.
_KEPT_LISTS = 8192
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
        self._lists: dict[tuple[str, str], PostingList | None] = {}
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
        held = self.held(field, term)
        return held.frequency if held else 0

    def held(self, field: str, term: str) -> PostingList | None:
        """Who holds a term; None for an unknown one."""
        key = field, term
        if key in self._lists:
            return self._lists[key]
        terms = self.field(field)
        entry = terms.find(_bytes(term)) if terms else None
        made = None
        if terms is not None and entry is not None:
            made = PostingList(self.files.postings, entry, terms.layout, self.length_codes())
        if len(self._lists) >= _KEPT_LISTS:
            self._lists.clear()
        self._lists[key] = made
        return made

    def postings(self, field: str, term: str) -> Postings:
        """The whole list of a term, EMPTY for an unknown one."""
        held = self.held(field, term)
        if held is None:
            return EMPTY
        found = self.files.postings.list(held.entry, held.layout)
        return Postings(found.docs, found.weights, found.masks if held.layout.common >= 0 else None)

    def bounds(self, field: str, term: str) -> Bounds | None:
        """What is known of a list's blocks of 128 without decoding them; None for an unknown term."""
        entry = self.entry(field, term)
        return self.files.postings.bounds(entry) if entry else None

    def positions(self, field: str, term: str, docs: Docs, holders: DocSet) -> Places:
        """The word positions of a term in each of some documents; see segment.Segment."""
        held = self.held(field, term)
        if held is None:
            return Places(np.zeros(len(docs) + 1, np.int64), _NO_TERM)
        # A document's place among all that hold the term is its posting's place in the list.
        ordinals = holders.places(docs)
        places = np.flatnonzero(ordinals >= 0)
        if len(places) < len(docs):
            ordinals = ordinals[places]
        offsets, positions = self.files.places.positions(held.entry, held.layout, ordinals)
        if len(places) < len(docs):
            counts = np.zeros(len(docs) + 1, np.int64)
            counts[places + 1] = np.diff(offsets)
            offsets = np.cumsum(counts)
        return Places(offsets, positions)

    def followed(
        self, field: str, term: str, docs: Docs, holders: DocSet, before: Places, distance: int, last: bool
    ) -> tuple[NDArray[np.int64], Places]:
        """Those of positions that the term stands `distance` places after; see segment.Segment."""
        held = self.held(field, term)
        if held is None:
            return NOT_FOLLOWED
        kept, offsets, positions = self.files.places.followed(
            held.entry, held.layout, holders.places(docs), before, distance, last
        )
        return kept, Places(offsets, positions)

    def length_codes(self) -> NDArray[np.uint8]:
        """The words of each article, as Whoosh's code."""
        codes = self.files.columns.length_codes("text")
        return np.zeros(self.count, np.uint8) if codes is None else codes

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

    def stored_texts(self, docs: Sequence[int]) -> list[bytes]:
        """The JSON of each of some articles."""
        return self.files.stored.texts(docs, STORED)

    def strings(self, field: str) -> Strings:
        """Every term of a field, in order of its UTF-8 bytes."""
        terms = self.field(field)
        return terms.strings() if terms else Strings.of(())

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
