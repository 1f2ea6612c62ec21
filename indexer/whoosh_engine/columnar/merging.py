"""Several segments into one, deleted documents left out: dictionaries are merged, lists joined.

The parts' documents keep their order, so lists stay sorted by concatenation and nothing is sorted anew. Of
the dictionaries a window is merged at a time, and of the lists a slice is joined at a time, packed to packed
(joining.py): so memory is bounded however large the parts are.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import methodcaller
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import merge_kernels as kernels
from indexer.whoosh_engine.columnar.ahead import ahead
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import StringColumn, Strings
from indexer.whoosh_engine.columnar.dictionary_file import FieldLayout
from indexer.whoosh_engine.columnar.encoded import Encoded, PackedField
from indexer.whoosh_engine.columnar.file_part import FilePart
from indexer.whoosh_engine.columnar.files import SectionWriter
from indexer.whoosh_engine.columnar.joining import Numbering, Share, joined
from indexer.whoosh_engine.columnar.stored_file import StoredWriter
from indexer.whoosh_engine.columnar.terms_kernels import FREQUENCY
from indexer.whoosh_engine.schema import NAMES, NUMBERS

# Postings joined at a time, at some 10 bytes each with their positions, on both sides.
POSTINGS_AT_ONCE = 500_000
# Terms looked at together, of all parts, at some 150 bytes each.
TERMS_AT_ONCE = 200_000
# Documents whose stored texts are copied at a time.
STORED_AT_ONCE = 10_000

_NO_OFFSETS = np.empty(0, np.int64)
# Of a part in a window: its terms, their rows of FieldTerms.table.
_Window = list[tuple[Strings, NDArray[np.int64]]]


class Merge:
    """The merge of parts, of each of which `alive` (bool, one a document) says what is kept."""

    def __init__(self, parts: Sequence[tuple[FilePart, NDArray[np.bool_]]]):
        self._parts = [part for part, _ in parts]
        self._alive = [np.flatnonzero(alive) for _, alive in parts]
        self.count = sum(len(alive) for alive in self._alive)
        begins = np.cumsum([0, *(part.count for part in self._parts)])
        renumbered = np.full(begins[-1], -1, np.int32)
        first = 0
        for begin, alive in zip(begins.tolist(), self._alive, strict=False):
            renumbered[begin + alive] = np.arange(first, first + len(alive))
            first += len(alive)
        self._numbering = Numbering(begins, read_only(renumbered))

    def field(self, name: str) -> MergedField:
        """A field of data.INVERTED, which is joined in slices."""
        return MergedField(self._parts, self._numbering, name)

    def lengths(self) -> NDArray[np.int32]:
        return self._column(FilePart.lengths, np.dtype(np.int32))

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {
            name: self._column(methodcaller("numbers", name), np.dtype(code))
            for name, (code, _default) in NUMBERS.items()
        }

    def names(self) -> dict[str, StringColumn]:
        return {name: self._string_column([part.names(name) for part in self._parts]) for name in NAMES}

    def _string_column(self, columns: Sequence[StringColumn]) -> StringColumn:
        """The columns end to end, without values that only deleted documents had."""
        values, numbers, sources = _merged_terms([column.values for column in columns])
        kept = [
            targets[column.ordinals[alive]]
            for column, targets, alive in zip(columns, numbers, self._alive, strict=True)
        ]
        used, ordinals = np.unique(np.concatenate([_NO_OFFSETS, *kept]), return_inverse=True)
        for part in self._parts:
            part.let_go_of_columns()
        return StringColumn(values.take(sources[used]), ordinals.astype(np.int32))

    def store(self, file: SectionWriter, field: str) -> None:
        """Write the articles as a stored_file whose rows are that field."""
        rows = StoredWriter(folder=file.folder)
        for part, alive in zip(self._parts, self._alive, strict=True):
            for first in range(0, len(alive), STORED_AT_ONCE):
                part.store(alive[first : first + STORED_AT_ONCE], rows)
        rows.finish(file, field)

    def _column(self, read: Callable[[FilePart], NDArray[Any]], dtype: np.dtype[Any]) -> NDArray[Any]:
        """A column of all parts; what the reading of each took is given back."""
        merged = np.empty(self.count, dtype)
        first = 0
        for part, alive in zip(self._parts, self._alive, strict=True):
            merged[first : first + len(alive)] = read(part)[alive]
            first += len(alive)
            part.let_go_of_columns()
        return merged


@dataclass(frozen=True, slots=True)
class MergedField(PackedField):
    """A field of a merge, its terms in order."""

    parts: Sequence[FilePart]
    numbering: Numbering
    name: str

    def pieces(self, layout: FieldLayout, codes: NDArray[np.uint8]) -> Iterator[Encoded]:
        return (piece for piece in ahead(self._jobs(layout, codes)) if len(piece.terms))

    def _jobs(self, layout: FieldLayout, codes: NDArray[np.uint8]) -> Iterator[Callable[[], Encoded]]:
        for part in self.parts:
            part.expect(self.name, layout)
        starts = [0 for _ in self.parts]
        at_once = max(1, TERMS_AT_ONCE // max(1, len(self.parts)))
        while True:
            found = [
                part.terms(self.name, start, start + at_once)
                for part, start in zip(self.parts, starts, strict=True)
            ]
            counts = _within_all([terms for terms, _ in found], at_once)
            if not any(counts):
                return
            window = [
                (terms.slice(0, count), table[:count])
                for (terms, table), count in zip(found, counts, strict=True)
            ]
            for terms, shares in self._slices(window):
                yield partial(joined, self.name, terms, shares, self.numbering, layout, codes)
            starts = [start + count for start, count in zip(starts, counts, strict=True)]

    def _slices(self, window: _Window) -> Iterator[tuple[Strings, list[Share]]]:
        """The terms of a window a slice at a time, and what each part has of them."""
        dictionary, numbers, sources = _merged_terms([terms for terms, _ in window])
        sizes = np.zeros(len(sources), np.int64)
        for (_, table), targets in zip(window, numbers, strict=True):
            sizes[targets] += table[:, FREQUENCY]
        for first, last in _spans(sizes, POSTINGS_AT_ONCE):
            shares = []
            for part, (_, table), targets in zip(self.parts, window, numbers, strict=True):
                start, stop = (int(each) for each in np.searchsorted(targets, (first, last)))
                shares.append(Share(part, table[start:stop], targets[start:stop] - first))
            yield dictionary.take(sources[first:last]), shares


def _within_all(parts: Sequence[Strings], at_once: int) -> list[int]:
    """How many of the next terms of each part come before any term that was not looked at yet."""
    cuts = [terms[len(terms) - 1] for terms in parts if len(terms) == at_once]
    if not cuts:
        return [len(terms) for terms in parts]
    cut = min(cuts)
    return [bisect.bisect_right(terms, cut) for terms in parts]


def _merged_terms(
    parts: Sequence[Strings],
) -> tuple[Strings, list[NDArray[np.int64]], NDArray[np.int64]]:
    """The dictionaries end to end, the merged number of each of their terms, and a term of each number."""
    dictionary = Strings.end_to_end(parts)
    begins = np.cumsum([0, *map(len, parts)])
    numbers, sources = np.empty(len(dictionary), np.int64), np.empty(len(dictionary), np.int64)
    room = np.empty((2, max(1, len(parts))), np.int64)
    count = kernels.merge_terms(
        read_only(dictionary.blob), read_only(dictionary.offsets), begins, room[0], room[1], numbers, sources
    )
    split = [numbers[start:stop] for start, stop in itertools.pairwise(begins.tolist())]
    return dictionary, split, sources[:count].copy()


def _spans(sizes: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Cut terms of those sizes into spans of about `most` together; a larger one stands alone."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + most, side="right")))
        yield first, last
        first = last
