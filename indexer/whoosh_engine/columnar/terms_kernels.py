"""Entries of the dictionary to bytes and back, compiled.

A block of 64 terms (fewer at a field's end) begins with six varints, where its lists begin: START. Then for
each term: a byte with how many bytes it shares with the term before (high half) and how many follow (low
half), 15 standing for 15 and the varint after it; those bytes; and varints for its document frequency, then,
as far as there are any (has_column), the words of its blocks, the bytes of its tail, and the same of its
positions. Values take bytes only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.whoosh_engine.columnar.compiled import inlined, kernel
from indexer.whoosh_engine.columnar.groups import (
    BLOCK,
    DAMAGED,
    Array,
    Int,
    get_varint,
    put_varint,
)

ENTRIES = 64
"""Terms in a block."""
NO_PLACES, POSITIONS, VALUES = range(3)
"""What stands beside a field's postings: nothing, positions, or values that only their format understands."""
# What an entry says, by column.
FREQUENCY, WORDS, WORD_COUNT, BYTES, BYTE_COUNT, FIRST_BLOCK, LONG = range(7)
PLACE_WORDS, PLACE_WORD_COUNT, PLACE_BYTES, PLACE_BYTE_COUNT = range(7, 11)
COLUMNS = 11
# What a block begins with: the columns whose values run on from term to term, in this order.
STARTS = 6
ENTRY_BYTES = 2 * 5 + 5 * 9
BLOCK_BYTES = STARTS * 9


@inlined
def has_column(column: Int, frequency: Int, places: Int) -> Any:
    """Whether a term's entry tells the words (odd columns) or bytes (even) of its postings or places."""
    if column >= 3:
        if places == VALUES:
            return column == 4
        if places == NO_PLACES:
            return False
    return frequency >= BLOCK if column & 1 else frequency % BLOCK > 0


@kernel
def put_entries(
    blob: Array, offsets: Array, lists: Array, places: Int, starts: Array, data: Array, ends: Array
) -> Int:
    """Encode the entries of terms blob[offsets[t]:offsets[t + 1]]; the bytes they took.

    `lists[t]` is the frequency, words, bytes, position words and position bytes of term t. `starts` says
    where the first term's lists begin (words, bytes, block, long list, position words, position bytes) and
    is moved on; `ends` is told where each block of entries ends.
    """
    at = np.int64(0)
    for term in range(len(offsets) - 1):
        if term % ENTRIES == 0:
            for start in range(STARTS):
                at = put_varint(np.uint64(starts[start]), data, at)
        first, size = offsets[term], offsets[term + 1] - offsets[term]
        shared = 0
        if term % ENTRIES:
            before, size_before = offsets[term - 1], offsets[term] - offsets[term - 1]
            while shared < min(size, size_before) and blob[before + shared] == blob[first + shared]:
                shared += 1
        left = size - shared
        data[at] = np.uint8(min(shared, 15) << 4 | min(left, 15))
        at += 1
        if shared >= 15:
            at = put_varint(np.uint64(shared - 15), data, at)
        if left >= 15:
            at = put_varint(np.uint64(left - 15), data, at)
        for i in range(shared, size):
            data[at] = blob[first + i]
            at += 1
        frequency = lists[term, 0]
        at = put_varint(np.uint64(frequency), data, at)
        for column in range(1, 5):
            if has_column(column, frequency, places):
                at = put_varint(np.uint64(lists[term, column]), data, at)
        starts[0] += lists[term, 1]
        starts[1] += lists[term, 2]
        starts[2] += frequency // BLOCK
        starts[3] += 1 if frequency >= BLOCK else 0
        starts[4] += lists[term, 3]
        starts[5] += lists[term, 4]
        if term % ENTRIES == ENTRIES - 1 or term == len(offsets) - 2:
            ends[term // ENTRIES] = at
    return at


@inlined
def _sizes(data: Array, at: Int, stop: Int) -> tuple[Int, Int, Int]:
    """How many bytes a term shares and how many follow, and the end."""
    if at >= stop:
        return 0, 0, DAMAGED
    shared, left = np.int64(data[at]) >> 4, np.int64(data[at]) & 15
    at += 1
    if shared == 15:
        more, at = get_varint(data, at, stop)
        shared += more
    if at >= 0 and left == 15:
        more, at = get_varint(data, at, stop)
        left += more
    return shared, left, at


@kernel
def get_entries(data: Array, places: Int, blob: Array, offsets: Array, table: Array) -> Int:
    """Decode a block of entries, as many as `table` has rows, into their terms and columns.

    Returns the bytes of the terms, which may be more than `blob` has room for: then ask again with more.
    DAMAGED when the bytes are no such block.
    """
    starts = np.zeros(STARTS, np.int64)
    at, stop, used = np.int64(0), len(data), np.int64(0)
    for start in range(STARTS):
        starts[start], at = get_varint(data, at, stop)
        if at < 0:
            return DAMAGED
    size_before = np.int64(0)
    offsets[0] = 0
    for term in range(len(table)):
        shared, left, at = _sizes(data, at, stop)
        if at < 0 or shared > size_before or left > stop - at:
            return DAMAGED
        if used + shared + left <= len(blob):
            before = used - size_before
            for i in range(shared):
                blob[used + i] = blob[before + i]
            for i in range(left):
                blob[used + shared + i] = data[at + i]
        at += left
        used += shared + left
        size_before = shared + left
        offsets[term + 1] = used
        frequency, at = get_varint(data, at, stop)
        if at < 0 or frequency < 1:
            return DAMAGED
        row = table[term]
        row[FREQUENCY], row[WORDS], row[BYTES] = frequency, starts[0], starts[1]
        row[FIRST_BLOCK], row[LONG], row[PLACE_WORDS], row[PLACE_BYTES] = (
            starts[2], starts[3], starts[4], starts[5],
        )  # fmt: skip
        for column in range(1, 5):
            size = np.int64(0)
            if has_column(column, frequency, places):
                size, at = get_varint(data, at, stop)
                if at < 0:
                    return DAMAGED
            if column == 1:
                row[WORD_COUNT] = size
                starts[0] += size
            elif column == 2:
                row[BYTE_COUNT] = size
                starts[1] += size
            elif column == 3:
                row[PLACE_WORD_COUNT] = size
                starts[4] += size
            else:
                row[PLACE_BYTE_COUNT] = size
                starts[5] += size
        starts[2] += frequency // BLOCK
        starts[3] += 1 if frequency >= BLOCK else 0
    return used if at == stop else DAMAGED


@kernel
def get_blocks(
    data: Array, ends: Array, places: Int, blob: Array, offsets: Array, table: Array, state: Array
) -> Int:
    """Decode blocks of entries that lie one after the other, as many entries as `table` has rows.

    Block b of `data` ends at ends[b]; all but the last hold ENTRIES terms. `state` int64[2] is the blocks
    done, and the bytes of their terms. Returns the bytes that `blob` lacks for the next block, and then is
    called again with more and the same state; 0 when all is done, DAMAGED as get_entries.
    """
    block, used = state[0], state[1]
    while block < len(ends):
        first, last = block * ENTRIES, min(block * ENTRIES + ENTRIES, len(table))
        start = ends[block - 1] if block else 0
        size = get_entries(
            data[start : ends[block]], places, blob[used:], offsets[first : last + 1], table[first:last]
        )
        if size < 0 or size > (last - first) * (ends[block] - start):
            return DAMAGED
        if used + size > len(blob):
            state[0], state[1] = block, used
            offsets[first] = used
            return used + size - len(blob)
        for term in range(first, last + 1):
            offsets[term] += used
        used += size
        block += 1
    state[0], state[1] = block, used
    return 0
