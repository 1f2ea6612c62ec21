"""Sets of documents as bits: document d is bit d % 64 of word d // 64, uint64. Compiled into what calls it.

`ranks` of such a set is int32, one longer than its words: how many documents come before each word. With it a
document's place among the set's is read off (place_of) instead of sought.
"""

from __future__ import annotations

import numpy as np

from indexer.whoosh_engine.columnar.compiled import inlined
from indexer.whoosh_engine.columnar.groups import Array, Int

WORD = 64
"""Documents in a word."""
SPAN = 128
"""Documents for which one bound of a score stands; sets have words for whole spans."""


def words_for(count: int) -> int:
    """How many words hold the bits of so many documents."""
    return -(-count // SPAN) * (SPAN // WORD)


@inlined
def ones(word: Int) -> Int:
    """How many bits of a uint64 are set; LLVM makes one instruction of it."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def put_bit(bits: Array, doc: Int) -> None:
    bits[doc >> 6] |= np.uint64(1) << np.uint64(doc & 63)


@inlined
def place_of(bits: Array, ranks: Array, doc: Int) -> Int:
    """The place of a document among those of a set, -1 when it is not in it."""
    word = bits[doc >> 6]
    bit = np.uint64(1) << np.uint64(doc & 63)
    if word & bit == np.uint64(0):
        return np.int64(-1)
    return np.int64(ranks[doc >> 6]) + ones(word & (bit - np.uint64(1)))
