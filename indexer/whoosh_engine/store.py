"""The segments of one generation taken together."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.facet_values import NameColumn
from indexer.whoosh_engine.schema import NAMES, NO_DAY, NO_INSTANT, NUMBERS
from indexer.whoosh_engine.segment import Segment

# The days and instants that a date can stand for, by the number that stands for none; other numbers are any.
_RANGES = {
    NO_DAY: (1, date.max.toordinal()),
    NO_INSTANT: (-62_135_596_800, 253_402_300_799),
    0: (0, 2**64 - 1),
}

# Opens a segment: its folder, what the manifest says of it, and the number of its first document.
OpenSegment = Callable[[Path, Mapping[str, Any], int], Segment]


class Store:
    """The segments of one generation, and the sums that scores need."""

    def __init__(self, directory: Path, segments: Sequence[Mapping[str, Any]], open_segment: OpenSegment):
        self.directory = directory
        self.segments: list[Segment] = []
        self._numbers: dict[str, NDArray[Any]] = {}
        base = 0
        for described in segments:
            try:
                segment = open_segment(directory, described, base)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                raise IndexDamaged(directory / "manifest.json", f"segments: {error!r}") from error
            self.segments.append(segment)
            base += segment.count
        self.count_all = base
        self.deleted = _joined([segment.deleted for segment in self.segments], bool)
        self.deleted_count = int(np.count_nonzero(self.deleted))
        total = sum(segment.total_length() for segment in self.segments)
        self.average_length = total / base if base and total else 1.0

    def close(self) -> None:
        for segment in self.segments:
            segment.close()

    def document_frequency(self, field: str, term: str) -> int:
        """In how many articles of the generation a term stands, deleted ones included."""
        return sum(segment.document_frequency(field, term) for segment in self.segments)

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of schema.NUMBERS of all segments."""
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = self._checked(name)
        return known

    def _checked(self, name: str) -> NDArray[Any]:
        values = _joined([segment.numbers(name) for segment in self.segments], np.dtype(NUMBERS[name][0]))
        low, high = _RANGES[NUMBERS[name][1]]
        absent = values == NUMBERS[name][1]
        if (name == "col_indexed" and absent.any()) or ((values < low) | (values > high))[~absent].any():
            raise IndexDamaged(self.directory, f"{name} holds what is no {name.removeprefix('col_')}")
        return values

    def name_places(self, name: str) -> list[NameColumn]:
        """A column of NAMES of each segment."""
        assert name in NAMES
        return [segment.name_places(name) for segment in self.segments]

    def stored_texts(self, docs: Sequence[int]) -> list[bytes]:
        """The JSON of each of some articles, in their order."""
        texts: dict[int, bytes] = {}
        for segment in self.segments:
            base = segment.base
            here = [doc for doc in docs if 0 <= doc - base < segment.count]
            texts.update(zip(here, segment.stored_texts([doc - base for doc in here]), strict=True))
        return [texts[doc] for doc in docs]

    def strings(self, field: str) -> Strings:
        """Every term of a field, in order."""
        parts = [segment.strings(field) for segment in self.segments]
        return parts[0] if len(parts) == 1 else Strings.of(sorted({term for part in parts for term in part}))

    def terms(self, field: str, prefix: str = "") -> Iterator[str]:
        """Every term of a field that begins so, in order."""
        lists = [segment.terms(field, prefix) for segment in self.segments]
        last = None
        for term, _frequency in lists[0] if len(lists) == 1 else heapq.merge(*lists):
            if term != last:
                yield term
            last = term


def _joined(arrays: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=dtype)
