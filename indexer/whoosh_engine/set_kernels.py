"""Compiled loops over sets of documents (doc_set.py) and over the word positions of their documents.

Positions are int32 and ascend within a document: document i has positions[offsets[i]:offsets[i + 1]].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.bits import WORD, ones, place_of, put_bit
from indexer.whoosh_engine.columnar.compiled import bare_kernel, kernel

Array = NDArray[Any]

NEAR, PERHAPS = 1, 2
"""What near_places says of a document."""


@bare_kernel
def mark_docs(docs: Array, bits: Array) -> None:
    """Put documents (int32) into a set."""
    for at in range(len(docs)):
        put_bit(bits, np.int64(docs[at]))


@bare_kernel
def ranks_of(bits: Array, ranks: Array) -> None:
    """Fill `ranks` int32, one longer than `bits`, with how many documents come before each word."""
    held = np.int64(0)
    ranks[0] = 0
    for at in range(len(bits)):
        held += ones(bits[at])
        ranks[at + 1] = held


@bare_kernel
def docs_of(bits: Array, docs: Array) -> None:
    """Fill `docs` int32 with the documents of a set, ascending; there must be room for as many."""
    held = np.int64(0)
    for at in range(len(bits)):
        word = bits[at]
        while word:
            docs[held] = at * WORD + ones(~word & (word - np.uint64(1)))
            held += 1
            word &= word - np.uint64(1)


@bare_kernel
def places_in(docs: Array, bits: Array, ranks: Array, places: Array) -> None:
    """Tell `places` int32 of each document (int32) its place in a set, -1 where it is not in it."""
    for at in range(len(docs)):
        places[at] = place_of(bits, ranks, np.int64(docs[at]))


@kernel
def followed(
    offsets: Array, positions: Array, next_offsets: Array, next_positions: Array, distance: int, last: bool
) -> tuple[Array, Array, Array]:
    """The positions that have one of the next ones `distance` places after them in the same document.

    Only documents that keep a position are returned: which they are among those given, offsets and
    positions. `last` asks for the first such position of each document alone.
    """
    kept_docs = np.empty(len(offsets) - 1, np.int64)
    kept_offsets = np.zeros(len(offsets), np.int64)
    kept = np.empty(len(offsets) - 1 if last else min(len(positions), len(next_positions)), np.int32)
    docs, found = 0, 0
    for doc in range(len(offsets) - 1):
        at, stop = offsets[doc], offsets[doc + 1]
        other, other_stop = next_offsets[doc], next_offsets[doc + 1]
        before = found
        while at < stop:
            wanted = np.int64(positions[at]) + distance
            while other < other_stop and next_positions[other] < wanted:
                other += 1
            if other == other_stop:
                break
            if next_positions[other] == wanted:
                kept[found] = positions[at]
                found += 1
                if last:
                    break
            at += 1
        if found > before:
            kept_docs[docs] = doc
            docs += 1
            kept_offsets[docs] = found
    return kept_docs[:docs], kept_offsets[: docs + 1], kept[:found]


@kernel
def near_places(offsets: Array, positions: Array, width: int) -> Array:
    """Of each document 0, NEAR or PERHAPS: whether a range of `width` places holds one of every slot.

    `offsets` has a row for each slot, all into `positions`. It is NEAR when they are places of their own and
    PERHAPS when two slots were only seen to share one.
    """
    slots, docs = offsets.shape[0], offsets.shape[1] - 1
    told = np.zeros(docs, np.uint8)
    at = np.empty(slots, np.int64)
    for doc in range(docs):
        for slot in range(slots):
            at[slot] = offsets[slot, doc]
        while True:
            ended, least, low, high = False, 0, np.int64(1 << 40), np.int64(-1)
            for slot in range(slots):
                if at[slot] == offsets[slot, doc + 1]:
                    ended = True
                    break
                place = np.int64(positions[at[slot]])
                if place < low:
                    least, low = slot, place
                high = max(high, place)
            if ended:
                break
            if high - low < width:
                apart = True
                for slot in range(slots):
                    for other in range(slot):
                        apart = apart and positions[at[slot]] != positions[at[other]]
                if apart:
                    told[doc] = NEAR
                    break
                told[doc] = PERHAPS
            at[least] += 1
    return told
