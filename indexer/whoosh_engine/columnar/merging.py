"""Several segments into one, deleted documents left out: dictionaries are merged, lists put end to end.

The parts' documents keep their order, so lists stay sorted by concatenation and nothing is sorted anew. A
field comes out in slices of its dictionary, so that memory is bounded by the slice (and by the dictionaries,
which are merged first) however large the parts are; parts read from files need only decode what a slice asks.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import merge_kernels as kernels
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import (
    PLACED,
    FieldPostings,
    SegmentData,
    StringColumn,
    Strings,
)
from indexer.whoosh_engine.columnar.files import SectionWriter
from indexer.whoosh_engine.columnar.stored_file import StoredWriter
from indexer.whoosh_engine.schema import NAMES, NUMBERS

# Postings decoded and merged at a time, at about 50 bytes each with their positions, on both sides.
POSTINGS_AT_ONCE = 1_000_000
# Documents whose stored texts are copied at a time.
STORED_AT_ONCE = 10_000

_NO_MASKS = np.empty(0, np.uint8)
_NO_OFFSETS = np.empty(0, np.int64)
_NO_POSITIONS = np.empty(0, np.int32)


class Part(Protocol):
    """What is merged: a segment in memory (Held), or one on disk that decodes what is asked for."""

    @property
    def count(self) -> int: ...
    @property
    def lengths(self) -> NDArray[np.int32]: ...
    @property
    def numbers(self) -> Mapping[str, NDArray[Any]]: ...
    @property
    def names(self) -> Mapping[str, StringColumn]: ...

    def terms(self, field: str) -> Strings:
        """All terms of a field of data.INVERTED."""

    def frequencies(self, field: str) -> NDArray[np.int64]:
        """The length of each term's list, deleted documents included."""

    def postings(self, field: str, first: int, last: int) -> FieldPostings:
        """The terms first:last of a field as a field of their own; its `terms` are not looked at."""

    def store(self, docs: NDArray[np.int64], rows: StoredWriter) -> None:
        """Add the stored texts of some documents, which ascend."""


@dataclass(frozen=True, slots=True)
class Held:
    """A segment in memory as a part."""

    data: SegmentData

    @property
    def count(self) -> int:
        return self.data.count

    @property
    def lengths(self) -> NDArray[np.int32]:
        return self.data.lengths

    @property
    def numbers(self) -> Mapping[str, NDArray[Any]]:
        return self.data.numbers

    @property
    def names(self) -> Mapping[str, StringColumn]:
        return self.data.names

    def terms(self, field: str) -> Strings:
        return self.data.fields[field].terms

    def frequencies(self, field: str) -> NDArray[np.int64]:
        return np.diff(self.data.fields[field].offsets)

    def postings(self, field: str, first: int, last: int) -> FieldPostings:
        whole = self.data.fields[field]
        start, stop = whole.offsets[first], whole.offsets[last]
        offsets, positions = whole.position_offsets, whole.positions
        if offsets is not None and positions is not None:
            offsets = offsets[start : stop + 1]
            positions, offsets = positions[offsets[0] : offsets[-1]], offsets - offsets[0]
        return FieldPostings(
            terms=whole.terms.slice(first, last),
            offsets=whole.offsets[first : last + 1] - start,
            docs=whole.docs[start:stop],
            weights=whole.weights[start:stop],
            masks=None if whole.masks is None else whole.masks[start:stop],
            position_offsets=offsets,
            positions=positions,
        )

    def store(self, docs: NDArray[np.int64], rows: StoredWriter) -> None:
        for doc in docs.tolist():
            rows.add(self.data.stored[doc])


class Merge:
    """The merge of parts, of each of which `alive` (bool, one a document) says what is kept."""

    def __init__(self, parts: Sequence[tuple[Part, NDArray[np.bool_]]]):
        self._parts = [part for part, _ in parts]
        self._alive = [np.flatnonzero(alive) for _, alive in parts]
        self.count = sum(len(alive) for alive in self._alive)
        self._renumbered: list[NDArray[np.int32]] = []
        base = 0
        for part, alive in zip(self._parts, self._alive, strict=True):
            renumbered = np.full(part.count, -1, np.int32)
            renumbered[alive] = np.arange(base, base + len(alive))
            self._renumbered.append(read_only(renumbered))
            base += len(alive)

    def field(self, name: str, at_once: int = POSTINGS_AT_ONCE) -> Iterator[FieldPostings]:
        """The field's terms in order, in slices of about so many postings, each as a field of its own."""
        dictionary, numbers, sources = _merged_terms([part.terms(name) for part in self._parts])
        sizes = np.zeros(len(sources), np.int64)
        for part, targets in zip(self._parts, numbers, strict=True):
            sizes[targets] += part.frequencies(name)
        for first, last in _spans(sizes, at_once):
            parts = []
            for part, targets, renumbered in zip(self._parts, numbers, self._renumbered, strict=True):
                start, stop = (int(each) for each in np.searchsorted(targets, (first, last)))
                parts.append((part.postings(name, start, stop), targets[start:stop] - first, renumbered))
            found = self._slice(name, parts, dictionary.take(sources[first:last]))
            if len(found.terms):
                yield found

    def _slice(
        self,
        name: str,
        parts: Sequence[tuple[FieldPostings, NDArray[np.int64], NDArray[np.int32]]],
        terms: Strings,
    ) -> FieldPostings:
        """The terms as one field: of each part its lists, their terms' places, its documents' numbers."""
        sums = np.zeros((len(terms), 2), np.int64)
        for postings, targets, renumbered in parts:
            offsets = read_only(_or(postings.position_offsets, _NO_OFFSETS))
            kernels.count_kept(
                read_only(postings.offsets),
                read_only(postings.docs),
                offsets,
                renumbered,
                read_only(targets),
                sums,
            )
        held = np.flatnonzero(sums[:, kernels.POSTINGS])
        starts = np.concatenate((np.zeros((1, 2), np.int64), np.cumsum(sums, axis=0)))
        count, occurrences = (int(each) for each in starts[-1])
        made = FieldPostings(
            terms=terms.take(held),
            offsets=np.append(starts[held, kernels.POSTINGS], count),
            docs=np.empty(count, np.int32),
            weights=np.empty(count, np.float32),
            masks=np.empty(count, np.uint8) if name == "stems" else None,
            position_offsets=np.full(count + 1, occurrences, np.int64) if name in PLACED else None,
            positions=np.empty(occurrences, np.int32) if name in PLACED else None,
        )
        sums = np.ascontiguousarray(starts[:-1])
        for postings, targets, renumbered in parts:
            kernels.place_kept(
                read_only(postings.offsets), read_only(postings.docs), read_only(postings.weights),
                read_only(_or(postings.masks, _NO_MASKS)),
                read_only(_or(postings.position_offsets, _NO_OFFSETS)),
                read_only(_or(postings.positions, _NO_POSITIONS)),
                renumbered, read_only(targets), sums,
                made.docs, made.weights, _or(made.masks, _NO_MASKS.copy()),
                _or(made.position_offsets, _NO_OFFSETS.copy()), _or(made.positions, _NO_POSITIONS.copy()),
            )  # fmt: skip
        return made

    def lengths(self) -> NDArray[np.int32]:
        return self._columns([part.lengths for part in self._parts], np.int32)

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {
            name: self._columns([part.numbers[name] for part in self._parts], np.dtype(code))
            for name, (code, _default) in NUMBERS.items()
        }

    def names(self) -> dict[str, StringColumn]:
        return {name: self._string_column([part.names[name] for part in self._parts]) for name in NAMES}

    def _string_column(self, columns: Sequence[StringColumn]) -> StringColumn:
        """The columns end to end, without values that only deleted documents had."""
        values, numbers, sources = _merged_terms([column.values for column in columns])
        kept = [
            targets[column.ordinals[alive]]
            for column, targets, alive in zip(columns, numbers, self._alive, strict=True)
        ]
        used, ordinals = np.unique(np.concatenate([_NO_OFFSETS, *kept]), return_inverse=True)
        return StringColumn(values.take(sources[used]), ordinals.astype(np.int32))

    def store(self, file: SectionWriter, field: str) -> None:
        """Write the articles as a stored_file whose rows are that field."""
        rows = StoredWriter()
        for part, alive in zip(self._parts, self._alive, strict=True):
            for first in range(0, len(alive), STORED_AT_ONCE):
                part.store(alive[first : first + STORED_AT_ONCE], rows)
        rows.finish(file, field)

    def _columns(self, columns: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
        kept = [column[alive] for column, alive in zip(columns, self._alive, strict=True)]
        return np.concatenate([np.empty(0, dtype), *kept])


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


def _or(array: NDArray[Any] | None, empty: NDArray[Any]) -> NDArray[Any]:
    return empty if array is None else array
