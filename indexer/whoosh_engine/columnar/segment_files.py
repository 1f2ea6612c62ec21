"""The five files of a segment: written from arrays, and opened.

<segment id>.terms       dictionary_file      the terms and where their lists are
<segment id>.postings    postings_file        documents, weights, field masks
<segment id>.places      postings_file        positions
<segment id>.columns     columns_file         lengths, numbers, names
<segment id>.stored      stored_file          the articles
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.fields import WORD_FIELDS
from indexer.whoosh_engine.codec import INDEX_NAME
from indexer.whoosh_engine.columnar import (
    columns_file,
    dictionary_file,
    postings_file,
    stored_file,
)
from indexer.whoosh_engine.columnar.columns_file import ColumnsFile, ColumnsWriter
from indexer.whoosh_engine.columnar.data import (
    INVERTED,
    PLACED,
    FieldPostings,
    SegmentData,
    StringColumn,
)
from indexer.whoosh_engine.columnar.dictionary_file import Dictionary, DictionaryWriter, FieldLayout
from indexer.whoosh_engine.columnar.encoded import PackedField
from indexer.whoosh_engine.columnar.files import DiskFolder, Folder, SectionWriter, writing
from indexer.whoosh_engine.columnar.places_file import PLACES_EXTENSION, PLACES_KIND, PlacesFile
from indexer.whoosh_engine.columnar.postings_file import PostingsFile
from indexer.whoosh_engine.columnar.postings_writer import PostingsWriter
from indexer.whoosh_engine.columnar.stored_file import StoredFile, StoredWriter
from indexer.whoosh_engine.columnar.terms_kernels import POSITIONS
from indexer.whoosh_engine.schema import NUMBERS

# Whoosh's codes of lengths: a length of code c is LENGTHS[c], the next entry at or above the exact one.
LENGTHS = np.array([0, *(byte_to_length(code) for code in range(1, 256))], np.int64)

# The fields whose documents' lengths SegmentData.lengths are.
MEASURED = ("text", "stems")
STORED = "stored"

# Headlines are nearly always shorter than this; see positions_kernels for what it is good for.
_LOW = 64
_PIVOT = max(field.positions.start for field in WORD_FIELDS if field.positions)
# The mask of a word that stands in the text alone, as most do.
_COMMON = 1 << next(bit for bit, field in enumerate(WORD_FIELDS) if field.name == "body")


def codes_of(lengths: NDArray[Any]) -> NDArray[np.uint8]:
    """Lengths as Whoosh's codes."""
    distinct, place = np.unique(lengths, return_inverse=True)
    codes = np.array([length_to_byte(int(each)) if each else 0 for each in distinct], np.uint8)
    return codes[place] if len(distinct) else np.empty(0, np.uint8)


def layout_of(name: str) -> FieldLayout:
    """How a field of newsdex's own schema is written."""
    if name == "stems":
        return FieldLayout(values="mask", common=_COMMON)
    if name not in PLACED:
        return FieldLayout()
    low, pivot = (_LOW, _PIVOT) if name == "text" else (0, 0)
    return FieldLayout(values="positions", places=POSITIONS, low=low, pivot=pivot)


@contextmanager
def inverted_files(folder: Folder, segment_id: str) -> Iterator[PostingsWriter]:
    """The three files of terms and postings, being written."""
    with (
        writing(folder, segment_id + postings_file.POSTINGS_EXTENSION, postings_file.POSTINGS_KIND) as lists,
        writing(folder, segment_id + PLACES_EXTENSION, PLACES_KIND) as places,
        writing(folder, segment_id + dictionary_file.EXTENSION, dictionary_file.KIND) as terms,
    ):
        writer = PostingsWriter(lists, places, DictionaryWriter(terms))
        yield writer
        writer.finish()


class Source(Protocol):
    """What write_segment writes: data.SegmentData (through Whole), or a merging.Merge piece by piece."""

    @property
    def count(self) -> int: ...

    def lengths(self) -> NDArray[np.int32]: ...
    def numbers(self) -> Mapping[str, NDArray[Any]]: ...
    def names(self) -> Mapping[str, StringColumn]: ...

    def field(self, name: str) -> Iterable[FieldPostings] | PackedField:
        """A field of data.INVERTED in slices of its terms."""

    def store(self, file: SectionWriter, field: str) -> None:
        """Write the articles as a stored_file whose rows are that field."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A segment in memory as a source."""

    data: SegmentData

    @property
    def count(self) -> int:
        return self.data.count

    def lengths(self) -> NDArray[np.int32]:
        return self.data.lengths

    def numbers(self) -> Mapping[str, NDArray[Any]]:
        return self.data.numbers

    def names(self) -> Mapping[str, StringColumn]:
        return self.data.names

    def field(self, name: str) -> Iterable[FieldPostings]:
        return (self.data.fields[name],)

    def store(self, file: SectionWriter, field: str) -> None:
        rows = StoredWriter(folder=file.folder)
        for row in self.data.stored:
            rows.add(row)
        rows.finish(file, field)


def write_segment(directory: Path, segment: str, data: SegmentData | Source) -> dict[str, Any]:
    """Write a segment's files into a folder, synced to disk; what the manifest says of it.

    `segment` is a name of small letters and digits that no other segment of the folder has.
    """
    source: Source = Whole(data) if isinstance(data, SegmentData) else data
    folder = DiskFolder(directory)
    segment_id = f"{INDEX_NAME}_{segment}"
    lengths = source.lengths()
    codes, total = codes_of(lengths), int(lengths.sum())
    with ThreadPoolExecutor(1) as beside:
        # A third of the time goes into packing the stored texts, which needs no lock of the interpreter's.
        stored = beside.submit(_write_stored, folder, segment_id, source)
        _write_columns(folder, segment_id, source, codes, total)
        with inverted_files(folder, segment_id) as inverted:
            for name in INVERTED:
                measured = codes if total and name in MEASURED else None
                inverted.add_field(name, source.field(name), layout_of(name), measured)
        stored.result()
    sync_folder(directory)
    return {
        "segment": segment,
        "documents": source.count,
        "deleted": [],
        "lengths": {field: total for field in MEASURED if total},
    }


def _write_columns(
    folder: Folder, segment_id: str, source: Source, codes: NDArray[np.uint8], total: int
) -> None:
    with writing(folder, segment_id + columns_file.EXTENSION, columns_file.KIND) as file:
        columns = ColumnsWriter(file, source.count)
        if total:
            for field in MEASURED:
                columns.lengths(field, codes, total)
        for name, values in source.numbers().items():
            columns.numbers(name, values, NUMBERS[name][1])
        for name, column in source.names().items():
            columns.strings(name, column)


def _write_stored(folder: Folder, segment_id: str, source: Source) -> None:
    with writing(folder, segment_id + stored_file.EXTENSION, stored_file.KIND) as file:
        source.store(file, STORED)


def sync_folder(directory: Path) -> None:
    """Make the names of a folder's files outlast a power cut, where the system can."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class SegmentFiles:
    """A segment's files, open; memory-mapped, so there is nothing to close but to let go of them."""

    count: int
    dictionary: Dictionary
    postings: PostingsFile
    places: PlacesFile
    columns: ColumnsFile
    stored: StoredFile

    @classmethod
    def open(cls, folder: Folder, segment_id: str, count: int) -> SegmentFiles:
        """IndexDamaged names the file that is cut short or altered, FileNotFoundError one that is missing."""
        return cls(
            count,
            Dictionary(folder, segment_id),
            PostingsFile(folder, segment_id, count),
            PlacesFile(folder, segment_id),
            ColumnsFile(folder, segment_id, count),
            StoredFile(folder, segment_id, count),
        )

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        for file in (self.dictionary, self.postings, self.places, self.columns, self.stored):
            file.let_go()
