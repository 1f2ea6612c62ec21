"""Several segments into one, deleted documents left out: dictionaries are merged, lists put end to end.

The parts' documents keep their order, so lists stay sorted by concatenation and nothing is sorted anew. Of
the dictionaries a window is merged at a time, and a field comes out in slices of it: so memory is bounded
however large the parts are. Parts read from files decode what is asked.
"""

from __future__ import annotations

import bisect
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
POSTINGS_AT_ONCE = 500_000
# Terms of each part looked at together, at some 150 bytes each.
TERMS_AT_ONCE = 16_384
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

    def terms(self, field: str, first: int, last: int) -> tuple[Strings, NDArray[np.int64]]:
        """The terms first:last of a field of data.INVERTED, fewer where it has fewer, and the length of each
        term's list, deleted documents included."""

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

    def terms(self, field: str, first: int, last: int) -> tuple[Strings, NDArray[np.int64]]:
        whole = self.data.fields[field]
        return whole.terms.slice(first, last), np.diff(whole.offsets[first : last + 1])

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

    def field(
        self, name: str, at_once: int = POSTINGS_AT_ONCE, terms_at_once: int = TERMS_AT_ONCE
    ) -> Iterator[FieldPostings]:
        """The field's terms in order, in slices of about so many postings, each as a field of its own."""
        starts = [0 for _ in self._parts]
        while True:
            found = [
                part.terms(name, start, start + terms_at_once)
                for part, start in zip(self._parts, starts, strict=True)
            ]
            counts = _within_all([terms for terms, _ in found], terms_at_once)
            if not any(counts):
                return
            window = [
                (terms.slice(0, count), frequencies[:count])
                for (terms, frequencies), count in zip(found, counts, strict=True)
            ]
            yield from self._window(name, window, starts, at_once)
            starts = [start + count for start, count in zip(starts, counts, strict=True)]

    def _window(
        self,
        name: str,
        window: Sequence[tuple[Strings, NDArray[np.int64]]],
        starts: Sequence[int],
        at_once: int,
    ) -> Iterator[FieldPostings]:
        """The field's terms in a window: of each part its terms there, which begin at `starts` of it."""
        dictionary, numbers, sources = _merged_terms([terms for terms, _ in window])
        sizes = np.zeros(len(sources), np.int64)
        for (_, frequencies), targets in zip(window, numbers, strict=True):
            sizes[targets] += frequencies
        for first, last in _spans(sizes, at_once):
            parts = []
            for part, begin, targets, renumbered in zip(
                self._parts, starts, numbers, self._renumbered, strict=True
            ):
                start, stop = (int(each) for each in np.searchsorted(targets, (first, last)))
                parts.append(
                    (
                        part.postings(name, begin + start, begin + stop),
                        targets[start:stop] - first,
                        renumbered,
                    )
                )
            made = self._slice(name, parts, dictionary.take(sources[first:last]))
            if len(made.terms):
                yield made

    def _slice(
        self,
        name: str,
        parts: list[tuple[FieldPostings, NDArray[np.int64], NDArray[np.int32]]],
        terms: Strings,
    ) -> FieldPostings:
        """The terms as one field: of each part its lists, their terms' places, its documents' numbers.

        `parts` is empty afterwards: each goes when it is copied. Of a million articles the commonest word
        alone has 100 MB of positions.
        """
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
        parts.reverse()
        while parts:
            postings, targets, renumbered = parts.pop()
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
        rows = StoredWriter(folder=file.folder)
        for part, alive in zip(self._parts, self._alive, strict=True):
            for first in range(0, len(alive), STORED_AT_ONCE):
                part.store(alive[first : first + STORED_AT_ONCE], rows)
        rows.finish(file, field)

    def _columns(self, columns: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
        kept = [column[alive] for column, alive in zip(columns, self._alive, strict=True)]
        return np.concatenate([np.empty(0, dtype), *kept])


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


def _or(array: NDArray[Any] | None, empty: NDArray[Any]) -> NDArray[Any]:
    return empty if array is None else array
