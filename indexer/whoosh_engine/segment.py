"""What the executor asks of a segment, whichever codec wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.bits import SPAN
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.doc_set import Bits, Docs, DocSet
from indexer.whoosh_engine.set_kernels import mark_docs
from indexer.whoosh_engine.weighting import Norms


@dataclass(frozen=True, slots=True)
class Postings:
    """One term in one segment: ascending documents, their weights, and for stems their field masks."""

    docs: Docs
    weights: NDArray[np.float32]
    masks: NDArray[np.uint8] | None = None


EMPTY = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.uint8))


class Places(NamedTuple):
    """Word positions by document: document i of some has positions[offsets[i]:offsets[i + 1]]."""

    offsets: NDArray[np.int64]
    positions: NDArray[np.int32]


NOT_FOLLOWED = np.empty(0, np.int64), Places(np.zeros(1, np.int64), np.empty(0, np.int32))


class Held(Protocol):
    """The articles of one segment that hold a term, and its weight in each.

    A weight scores factor * weight / (weight + norm), norm being that of the document's length.
    """

    frequency: int

    def mark(self, bits: Bits) -> None:
        """Put the documents into a set."""

    def add_weights(self, of: DocSet, sums: NDArray[np.float64]) -> None:
        """Add the weight in each document of a set to what stands at its place in `sums`."""

    def add_scores(self, of: DocSet, norms: Norms, factor: float, sums: NDArray[np.float64]) -> None:
        """Add what the weight in each document of a set scores to what stands at its place in `sums`."""

    def add_bounds(self, norms: Norms, factor: float, spans: NDArray[np.float64]) -> None:
        """Add to each of `spans` what the weights in its SPAN documents score at most."""


class HeldArrays:
    """Documents and weights that were made, not read: Held."""

    def __init__(self, docs: Docs, weights: NDArray[np.float32], codes: NDArray[np.uint8]):
        """`codes` are the lengths of all documents of the segment."""
        self.frequency = len(docs)
        self._docs, self._weights, self._codes = docs, weights.astype(np.float64), codes

    def mark(self, bits: Bits) -> None:
        mark_docs(read_only(self._docs), bits)

    def add_weights(self, of: DocSet, sums: NDArray[np.float64]) -> None:
        self._add(of, self._weights, sums)

    def add_scores(self, of: DocSet, norms: Norms, factor: float, sums: NDArray[np.float64]) -> None:
        self._add(of, self._scores(norms, factor), sums)

    def add_bounds(self, norms: Norms, factor: float, spans: NDArray[np.float64]) -> None:
        if len(self._docs):
            of_docs = self._docs // SPAN
            starts = np.flatnonzero(np.diff(of_docs, prepend=-1))
            spans[of_docs[starts]] += np.maximum.reduceat(self._scores(norms, factor), starts)

    def _add(self, of: DocSet, values: NDArray[np.float64], sums: NDArray[np.float64]) -> None:
        places = of.places(self._docs)
        chosen = places >= 0
        sums[places[chosen]] += values[chosen]

    def _scores(self, norms: Norms, factor: float) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = (
            factor * self._weights / (self._weights + norms.table[self._codes[self._docs]])
        )
        return scores


class Segment(Protocol):
    """One segment; documents are counted from 0 within it. Safe in threads.

    Every method raises IndexDamaged with the file's name when what it reads is not what was written.
    """

    base: int
    """The number of its first document among those of all segments."""
    count: int
    deleted: NDArray[np.bool_]

    def close(self) -> None: ...

    def document_frequency(self, field: str, term: str) -> int:
        """In how many documents a term stands, deleted ones included; 0 for an unknown one."""

    def held(self, field: str, term: str) -> Held | None:
        """Who holds a term; None for an unknown one."""

    def postings(self, field: str, term: str) -> Postings:
        """The whole list of a term, EMPTY for an unknown one."""

    def positions(self, field: str, term: str, docs: Docs, holders: DocSet) -> Places:
        """The word positions of a term in each of ascending documents, none where it does not stand.

        `holders` are all documents that hold it.
        """

    def followed(
        self, field: str, term: str, docs: Docs, holders: DocSet, before: Places, distance: int, last: bool
    ) -> tuple[NDArray[np.int64], Places]:
        """Those of the positions `before` in documents, which all hold the term, that it stands `distance`
        places after: the documents that have some, by their places among those given, and these positions.

        `last` asks for the first of each document alone.
        """

    def length_codes(self) -> NDArray[np.uint8]:
        """The words of each article, as Whoosh's code."""

    def total_length(self) -> float: ...

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of schema.NUMBERS, one value a document."""

    def name_places(self, name: str) -> tuple[Sequence[tuple[str, ...]], NDArray[np.int64]]:
        """A column of schema.NAMES: the distinct values, and of each document its place among them."""

    def stored_texts(self, docs: Sequence[int]) -> list[bytes]:
        """The JSON of each of some articles, in any order: see stored_article.py."""

    def strings(self, field: str) -> Strings:
        """Every term of a field, in order of its UTF-8 bytes."""

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Every term of a field that begins so, in order of its UTF-8 bytes, with its document frequency."""
