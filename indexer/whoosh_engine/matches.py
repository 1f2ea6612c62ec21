"""What a question finds: a set of documents of each segment, as numbers of the generation when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.doc_set import Bits, DocSet, bits_of_mask
from indexer.whoosh_engine.segment import Segment


class OfSegment(NamedTuple):
    """Some of the documents of one segment, of which the first has the number `base` in the generation."""

    base: int
    found: DocSet


class Matches:
    """Documents segment by segment; not `complete` when time ran out before the last segment."""

    def __init__(self, parts: Sequence[OfSegment], complete: bool = True):
        self.parts = parts
        self.complete = complete

    def __len__(self) -> int:
        return sum(len(part.found) for part in self.parts)

    @cached_property
    def docs(self) -> NDArray[np.int64]:
        """Their numbers in the generation, ascending."""
        found = [part.found.docs + np.int64(part.base) for part in self.parts]
        return found[0] if len(found) == 1 else np.concatenate([np.empty(0, np.int64), *found])

    def within(self, masks: Sequence[Masked]) -> Matches:
        """Those that all of the masks let through."""
        if not masks:
            return self
        parts = []
        for at, (base, found) in enumerate(self.parts):
            bits = found.bits
            for masked in masks:
                bits = bits & masked.bits(at)
            parts.append(OfSegment(base, DocSet(bits)))
        return Matches(parts, self.complete)


class Masked:
    """A mask over the documents of a generation, as bits of each segment."""

    def __init__(self, mask: NDArray[np.bool_], segments: Sequence[Segment]):
        self._mask = mask
        self._segments = segments
        self._bits: dict[int, Bits] = {}

    def bits(self, at: int) -> Bits:
        """Those of the segment at that place."""
        known = self._bits.get(at)
        if known is None:
            segment = self._segments[at]
            mask = self._mask[segment.base : segment.base + segment.count]
            known = self._bits[at] = bits_of_mask(mask)
        return known
