"""A term's postings as one of Whoosh's matchers.

The list is decoded as a whole, at 3 nanoseconds a posting, where Whoosh spends microseconds on each; blocks
remain, because Whoosh prunes by them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.query.spans import Span

from indexer.whoosh_engine.columnar.dictionary_file import Entry, FieldTerms
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.places_file import PlacesFile
from indexer.whoosh_engine.columnar.postings_file import PostingsFile
from indexer.whoosh_engine.columnar.segment_files import LENGTHS
from indexer.whoosh_engine.documents import positions_value

_FREQUENCY = struct.Struct("!I")


class TermPostings:
    """A term's list and what stands beside it, shared by the copies of a matcher."""

    def __init__(
        self,
        terms: FieldTerms,
        entry: Entry,
        postings: PostingsFile,
        places: PlacesFile,
        codes: NDArray[np.uint8] | None,
    ):
        self._layout = terms.layout
        self._entry = entry
        self._places = places
        held = postings.list(entry, terms.layout)
        self.docs, self.weights, self._masks = held.docs, held.weights, held.masks
        self._codes = codes
        self._values: list[bytes] | None = None

    def __len__(self) -> int:
        return len(self.docs)

    @property
    def has_positions(self) -> bool:
        return self._layout.values == "positions"

    def lengths(self, start: int, stop: int) -> tuple[int, int]:
        """The shortest and the longest length of the documents of the postings start:stop."""
        if self._codes is None:
            return 0, 0
        codes = self._codes[self.docs[start:stop]]
        return int(LENGTHS[codes.min()]), int(LENGTHS[codes.max()])

    def positions(self, start: int, stop: int) -> list[list[int]]:
        offsets, positions = self._places.positions(
            self._entry, self._layout, np.arange(start, min(stop, len(self)), dtype=np.int64)
        )
        bounds, held = offsets.tolist(), positions.tolist()
        return [held[low:high] for low, high in pairwise(bounds)]

    def value(self, at: int) -> bytes:
        """What Whoosh keeps with a posting of a field without positions."""
        match self._layout.values:
            case "frequency":
                return _FREQUENCY.pack(int(self.weights[at]))
            case "mask":
                return self._masks[at : at + 1].tobytes()
            case "bytes":
                if self._values is None:
                    self._values = self._places.values(self._entry)
                return self._values[at]
        return b""


class ColumnarMatcher(LeafMatcher):
    """Whoosh's view of TermPostings, standing on one posting."""

    def __init__(self, held: TermPostings, format_: Any, term: tuple[str, bytes], scorer: Any = None):
        self._held = held
        self.format = format_
        self._term = term
        self.scorer = scorer
        self._enter(0)

    def reset(self) -> None:
        self._enter(0)

    def copy(self) -> ColumnarMatcher:
        made = ColumnarMatcher(self._held, self.format, self._term, self.scorer)
        made._enter(self._start)
        made._at = self._at
        return made

    def _enter(self, start: int) -> None:
        """Stand on the first posting of the block that starts at `start`, or behind the last of all."""
        self._start, self._at = start, 0
        self._ids: list[int] = self._held.docs[start : start + BLOCK].tolist()
        if self._ids:
            # Behind the last posting Whoosh still asks what was known of the last block.
            self._block = (start, start + len(self._ids))
        self._positions: list[list[int]] | None = None

    def is_active(self) -> bool:
        return self._at < len(self._ids)

    def id(self) -> int:
        return self._ids[self._at]

    def all_ids(self) -> Iterator[int]:
        return iter(self._held.docs[self._start + self._at :].tolist())

    def weight(self) -> float:
        return float(self._held.weights[self._start + self._at])

    def value(self) -> bytes:
        if self._held.has_positions:
            return positions_value(self._here())
        return self._held.value(self._start + self._at)

    def value_as(self, astype: str) -> Any:
        if astype == "positions" and self._held.has_positions:
            return list(self._here())
        return super().value_as(astype)

    def spans(self) -> list[Span]:
        if self._held.has_positions:
            return [Span(position) for position in self._here()]
        return list(super().spans())

    def _here(self) -> list[int]:
        if self._positions is None:
            self._positions = self._held.positions(self._start, self._start + BLOCK)
        return self._positions[self._at]

    def next(self) -> bool:
        self._at += 1
        if self._at < len(self._ids):
            return False
        self._enter(self._start + len(self._ids))
        return True

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        if id <= self.id():
            return
        here = self._start + self._at
        target = here + int(np.searchsorted(self._held.docs[here:], id))
        start = min(target // BLOCK * BLOCK, len(self._held))
        if start != self._start:
            self._enter(start)
        self._at = target - start

    def skip_to_quality(self, minquality: float) -> int:
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._enter(self._start + len(self._ids))
            skipped += 1
        return skipped

    def block_min_id(self) -> int:
        return int(self._held.docs[self._block[0]])

    def block_max_id(self) -> int:
        return int(self._held.docs[self._block[1] - 1])

    def block_max_weight(self) -> float:
        return float(self._held.weights[slice(*self._block)].max())

    def block_min_length(self) -> int:
        return self._held.lengths(*self._block)[0]

    def block_max_length(self) -> int:
        return self._held.lengths(*self._block)[1]
