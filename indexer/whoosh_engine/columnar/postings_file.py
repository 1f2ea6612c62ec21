"""The postings of a segment, and beside them the positions (postings_kernels, positions_kernels).

The postings file:

    words                            blocks of 128 postings, uint32; paged
    tails                            what is over, and the lists shorter than a block, bytes; paged
    lasts, sizes                     of each block its last document (uint32) and its words (uint16); paged
    top weights, least lengths       of each block its largest weight (uint8, 255 for more or no whole
                                     number) and the length (Whoosh's code) that with it bounds every score
                                     in the block (encoding_kernels.put_terms); paged
    long                             of each term with blocks, LONG: sums over its whole list

The positions lie beside it: places_file.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.columnar import postings_kernels
from indexer.whoosh_engine.columnar.dictionary_file import Entry, FieldLayout
from indexer.whoosh_engine.columnar.files import Folder, SectionFile
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.terms_kernels import (
    BYTE_COUNT,
    BYTES,
    FREQUENCY,
    WORD_COUNT,
    WORDS,
)

POSTINGS_KIND, POSTINGS_EXTENSION = "postings", ".postings"

LONG = np.dtype(
    [
        ("weight", "<f8"), ("top", "<f4"), ("first", "<u4"), ("last", "<u4"), ("least", "u1"), ("most", "u1"),
        ("pad", "<u2"),
    ]
)  # fmt: skip
"""Sum and maximum of the weights, first and last document, least and largest code of a length."""

_ANY_COUNT = 1 << 31


@dataclass(frozen=True, slots=True)
class List:
    """Postings decoded: ascending documents, weights, and masks where the field has them."""

    docs: NDArray[np.int32]
    weights: NDArray[np.float32]
    masks: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of each block of a list: its last document and words, largest weight (255: unknown) and the code of
    the length that bounds its scores."""

    lasts: NDArray[np.uint32]
    sizes: NDArray[np.uint16]
    tops: NDArray[np.uint8]
    leasts: NDArray[np.uint8]


class Sums(NamedTuple):
    """LONG, without what fills it up."""

    weight: float
    top: float
    first: int
    last: int
    least: int
    most: int


class PostingsFile:
    """The postings file, open. `count` is the number of documents, above every document's number."""

    def __init__(self, folder: Folder, segment_id: str, count: int):
        self._file = SectionFile(folder, segment_id + POSTINGS_EXTENSION, POSTINGS_KIND)
        # Whoosh may open postings of which it was not told the documents.
        self.count = count or _ANY_COUNT
        self._words = self._file.paged("words", np.uint32)
        self._tails = self._file.paged("tails", np.uint8)
        self._lasts = self._file.paged("lasts", np.uint32)
        self._sizes = self._file.paged("sizes", np.uint16)
        self._tops = self._file.paged("top weights", np.uint8)
        self._leasts = self._file.paged("least lengths", np.uint8)

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        self._file.let_go()

    def damaged(self, reason: str) -> IndexDamaged:
        return self._file.damaged(reason)

    def bytes_of(self, entry: Entry) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """A term's blocks and its tail, as they lie in the file."""
        if entry.frequency // BLOCK > entry.word_count or entry.frequency % BLOCK > entry.byte_count:
            raise self.damaged("more postings than there are bytes")
        words = self._words.checked(entry.words, entry.words + entry.word_count)
        return words, self._tails.checked(entry.bytes, entry.bytes + entry.byte_count)

    def list(self, entry: Entry, layout: FieldLayout) -> List:
        """The whole list of a term."""
        words, tail = self.bytes_of(entry)
        table = np.array([[entry.frequency, len(words), len(tail)]])
        docs = np.empty(entry.frequency, np.int32)
        weights = np.empty(entry.frequency, np.float32)
        masks = np.empty(entry.frequency if layout.common >= 0 else 0, np.uint8)
        status = postings_kernels.get_lists(
            words, tail, table, self.count, layout.gap, layout.common, docs, weights,
            weights.view(np.uint32), masks,
        )  # fmt: skip
        if status < 0:
            raise self._file.damaged("postings cannot be read")
        return List(docs, weights, masks)

    def packed(self, table: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """The blocks and the tails of terms in a row, as they lie in the file; of each its row of
        FieldTerms.table."""
        if not len(table):
            return self._words.checked(0, 0), self._tails.checked(0, 0)
        frequencies = table[:, FREQUENCY]
        if (frequencies // BLOCK > table[:, WORD_COUNT]).any() or (
            frequencies % BLOCK > table[:, BYTE_COUNT]
        ).any():
            raise self.damaged("more postings than there are bytes")
        word, byte = int(table[0, WORDS]), int(table[0, BYTES])
        return (
            self._words.checked(word, word + int(table[:, WORD_COUNT].sum())),
            self._tails.checked(byte, byte + int(table[:, BYTE_COUNT].sum())),
        )

    def bounds(self, entry: Entry) -> Bounds:
        """What is known of each block of a list without decoding it."""
        first, stop = entry.first_block, entry.first_block + entry.frequency // BLOCK
        return Bounds(
            self._lasts.checked(first, stop),
            self._sizes.checked(first, stop),
            self._tops.checked(first, stop),
            self._leasts.checked(first, stop),
        )

    def sums(self, entry: Entry) -> Sums:
        """What is known of the whole list of a term with blocks."""
        long = self._file.whole("long", LONG)
        if not 0 <= entry.long < len(long):
            raise self._file.damaged(f"there is no long list {entry.long}")
        return Sums(*long[entry.long].tolist()[:-1])
