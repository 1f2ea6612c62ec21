"""One term's postings in a file, as a search asks them (segment.Held)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import list_kernels
from indexer.whoosh_engine.columnar.dictionary_file import Entry, FieldLayout
from indexer.whoosh_engine.columnar.postings_file import Bounds, PostingsFile
from indexer.whoosh_engine.doc_set import DocSet
from indexer.whoosh_engine.weighting import Norms


class PostingList:
    """A term's list. Its bytes were checked; what is decoded of them lasts as long as a call.

    `codes` are the lengths of all documents of the segment, as Whoosh's codes.
    """

    def __init__(self, file: PostingsFile, entry: Entry, layout: FieldLayout, codes: NDArray[np.uint8]):
        self.frequency = entry.frequency
        self.entry = entry
        self.layout = layout
        self._file = file
        self._codes = codes
        self._words, self._tail = file.bytes_of(entry)
        self._bounds: Bounds | None = None

    def _known(self) -> Bounds:
        if self._bounds is None:
            self._bounds = self._file.bounds(self.entry)
        return self._bounds

    def mark(self, bits: NDArray[np.uint64]) -> None:
        layout = self.layout
        self._sound(
            list_kernels.mark_list(
                self._words, self._tail, self.frequency, len(self._codes), layout.gap, layout.common, bits
            )
        )

    def add_weights(self, of: DocSet, sums: NDArray[np.float64]) -> None:
        self._add(of, _NO_NORMS, 1.0, sums)

    def add_scores(self, of: DocSet, norms: Norms, factor: float, sums: NDArray[np.float64]) -> None:
        self._add(of, norms.table, factor, sums)

    def _add(self, of: DocSet, norms: NDArray[np.float64], factor: float, sums: NDArray[np.float64]) -> None:
        bounds, layout = self._known(), self.layout
        self._sound(
            list_kernels.add_list(
                self._words, self._tail, bounds.lasts, bounds.sizes, self.frequency, len(self._codes),
                layout.gap, layout.common, of.bits, of.ranks, self._codes, norms, factor, sums,
            )
        )  # fmt: skip

    def add_bounds(self, norms: Norms, factor: float, spans: NDArray[np.float64]) -> None:
        bounds, layout = self._known(), self.layout
        self._sound(
            list_kernels.bound_list(
                self._tail, bounds.lasts, bounds.tops, bounds.leasts, self.frequency, len(self._codes),
                layout.gap, layout.common, self._codes, norms.table, norms.bounding(layout.average), factor,
                spans,
            )
        )  # fmt: skip

    def _sound(self, status: int) -> None:
        if status < 0:
            raise self._file.damaged("postings cannot be read")


_NO_NORMS = np.empty(0)
