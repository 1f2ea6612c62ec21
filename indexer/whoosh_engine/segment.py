"""What the executor asks of a segment, whichever codec wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Docs = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Postings:
    """One term in one segment: ascending documents, their weights, and for stems their field masks."""

    docs: Docs
    weights: NDArray[np.float32]
    masks: NDArray[np.uint8] | None = None


EMPTY = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.uint8))


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

    def postings(self, field: str, term: str) -> Postings:
        """The whole list of a term, EMPTY for an unknown one."""

    def positions(self, field: str, term: str, docs: Docs) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The word positions of a term in each of `docs`, which are ascending and all hold it.

        Document i of `docs` has positions[offsets[i]:offsets[i + 1]] of (offsets, positions).
        """

    def lengths(self) -> NDArray[np.float64]:
        """The words of each article, as stored (rounded)."""

    def total_length(self) -> float: ...

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of schema.NUMBERS, one value a document."""

    def name_places(self, name: str) -> tuple[Sequence[tuple[str, ...]], NDArray[np.int64]]:
        """A column of schema.NAMES: the distinct values, and of each document its place among them."""

    def stored(self, doc: int) -> bytes:
        """The JSON of one article: see stored_article.py."""

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Every term of a field that begins so, in order of its UTF-8 bytes, with its document frequency."""
