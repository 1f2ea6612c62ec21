"""Sets of documents of one segment, as bits (columnar/bits.py)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.bits import words_for
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.set_kernels import docs_of, mark_docs, places_in, ranks_of

Bits = NDArray[np.uint64]
Docs = NDArray[np.int32]


def no_bits(count: int) -> Bits:
    """The empty set of `count` documents."""
    return np.zeros(words_for(count), np.uint64)


def bits_of(docs: Docs, count: int) -> Bits:
    """The set of some of `count` documents."""
    bits = no_bits(count)
    mark_docs(read_only(docs), bits)
    return bits


def bits_of_mask(mask: NDArray[np.bool_]) -> Bits:
    """The set of the documents where a mask is true."""
    packed = np.zeros(8 * words_for(len(mask)), np.uint8)
    packed[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def size_of(bits: Bits) -> int:
    """How many documents are in a set."""
    return int(np.bitwise_count(bits).sum())


class DocSet:
    """A set, with what is made of it when first asked for."""

    # Not cached_property, which locks: 1.5 microseconds, and a search asks some twenty times.

    def __init__(self, bits: Bits):
        self.bits = bits
        self._ranks: NDArray[np.int32] | None = None
        self._docs: Docs | None = None

    @property
    def ranks(self) -> NDArray[np.int32]:
        """What finds the place of a document in the set: columnar/bits.py."""
        if self._ranks is None:
            ranks = np.empty(len(self.bits) + 1, np.int32)
            ranks_of(self.bits, ranks)
            self._ranks = ranks
        return self._ranks

    @property
    def docs(self) -> Docs:
        """The documents in order."""
        if self._docs is None:
            docs = np.empty(len(self), np.int32)
            docs_of(self.bits, docs)
            self._docs = docs
        return self._docs

    def __len__(self) -> int:
        return int(self.ranks[-1])

    def places(self, docs: Docs) -> NDArray[np.int32]:
        """Of each document its place in the set, -1 where it is not in it."""
        places = np.empty(len(docs), np.int32)
        places_in(read_only(docs), self.bits, self.ranks, places)
        return places
