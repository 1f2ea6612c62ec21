"""Word positions to words and bytes and back, compiled.

Positions of one posting become *codes*. Most words stand in the body, whose positions start at `pivot`, far
from the headline's, which start at 0: so positions are first folded, those below `low` staying what they are
and those from `pivot` on following at `low`, and a code is the step from the one before (from 0 at first).
A position that lies between `low` and `pivot`, and any step of 2**20 or more, is a jump: 2**20 plus the
distance between the unfolded positions. With low = pivot = 0 nothing is folded.

A block of 128 postings is a group of how many positions each has, less one, then the codes of all of them in
groups. In a tail each code is a varint, shifted left by one for "this posting has more".
"""

from __future__ import annotations

import numpy as np

from indexer.whoosh_engine.columnar.compiled import inlined, kernel
from indexer.whoosh_engine.columnar.groups import (
    BLOCK,
    DAMAGED,
    OK,
    Array,
    Int,
    get_group,
    get_varint,
    group_end,
    put_group,
    put_varint,
)

PLACE_BYTES = 5
"""Bytes that a position takes at most in a tail."""

JUMP = 1 << 20
"""From here on a code is a jump."""
_BOUND = 1 << 31


@inlined
def folded(position: Int, low: Int, pivot: Int) -> Int:
    return position - pivot + low if position >= pivot else min(position, low)


@inlined
def code_of(position: Int, fold: Int, before: Int, fold_before: Int, low: Int, pivot: Int) -> Int:
    """The code of a position after the one before, both as they are and folded; 0 where there is none."""
    step = fold - fold_before
    return JUMP + position - before if low <= position < pivot or step >= JUMP else step


@inlined
def position_of(code: Int, before: Int, low: Int, pivot: Int) -> Int:
    """The position that has the code; 2**31 or more where no position has it."""
    if code >= JUMP:
        return max(before, 0) + code - JUMP
    fold = code + (folded(before, low, pivot) if before >= 0 else 0)
    return fold if fold < low else fold - low + pivot


@kernel
def put_positions(
    offsets: Array,
    position_offsets: Array,
    positions: Array,
    low: Int,
    pivot: Int,
    words: Array,
    data: Array,
    block_words: Array,
    term_words: Array,
    term_bytes: Array,
) -> tuple[Int, Int]:
    """Encode the positions of many terms; how many words and bytes they took.

    Term t has the postings offsets[t]:offsets[t + 1], posting p the positions
    position_offsets[p]:position_offsets[p + 1], ascending and at least one. Told of each block and of each
    term: its words; of each term also its bytes.
    """
    scratch, codes = np.empty(BLOCK, np.uint32), np.empty(16 * BLOCK, np.uint32)
    at, byte, block = np.int64(0), np.int64(0), np.int64(0)
    for term in range(len(offsets) - 1):
        first, last = offsets[term], offsets[term + 1]
        word_before, byte_before = at, byte
        while last - first >= BLOCK:
            start = at
            starts = position_offsets[first : first + BLOCK + 1]
            held = positions[starts[0] : starts[BLOCK]]
            if len(held) > len(codes):
                codes = np.empty(2 * len(held), np.uint32)
            for i in range(BLOCK):
                scratch[i] = np.uint32(starts[i + 1] - starts[i] - 1)
            at = put_group(scratch, BLOCK, words, at)
            # All in a row, then those anew that begin a posting: half the time of one after the other.
            before, fold_before = np.int64(0), np.int64(0)
            for p in range(len(held)):
                position = np.int64(held[p])
                fold = folded(position, low, pivot)
                codes[p] = np.uint32(code_of(position, fold, before, fold_before, low, pivot))
                before, fold_before = position, fold
            for i in range(BLOCK):
                p = starts[i] - starts[0]
                position = np.int64(held[p])
                codes[p] = np.uint32(code_of(position, folded(position, low, pivot), 0, 0, low, pivot))
            for p in range(0, len(held), BLOCK):
                at = put_group(codes[p:], min(BLOCK, len(held) - p), words, at)
            block_words[block] = np.uint32(at - start)
            block += 1
            first += BLOCK
        for i in range(first, last):
            before, fold_before = np.int64(0), np.int64(0)
            for p in range(position_offsets[i], position_offsets[i + 1]):
                position = np.int64(positions[p])
                more = np.int64(p + 1 < position_offsets[i + 1])
                fold = folded(position, low, pivot)
                code = code_of(position, fold, before, fold_before, low, pivot)
                byte = put_varint(np.uint64(code << 1 | more), data, byte)
                before, fold_before = position, fold
        term_words[term], term_bytes[term] = at - word_before, byte - byte_before
    return at, byte


@inlined
def ends_of_codes(counts: Array, stops: Array) -> Int:
    """Fill `stops` int64 with where the codes of each posting of a block end; the last of them.

    `counts` are the postings' positions, less one.
    """
    stop = np.int64(0)
    for i in range(BLOCK):
        stop += np.int64(counts[i]) + 1
        stops[i] = stop
    return stop


@inlined
def _count_positions(
    words: Array,
    at: Int,
    stop: Int,
    block_words: Array,
    data: Array,
    byte: Int,
    byte_stop: Int,
    count: Int,
    places: Array,
    counts: Array,
    offsets: Array,
    to: Int,
) -> Int:
    """How many positions chosen postings have; arguments as for _fill_positions.

    Adds them up in offsets[to + 1:], on from offsets[to]. OK or DAMAGED.
    """
    chosen, total = 0, offsets[to]
    if at < 0 or stop > len(words) or byte < 0 or byte_stop > len(data):
        return DAMAGED
    for block in range(min(len(block_words), count // BLOCK)):
        if chosen == len(places):
            break
        here, at = at, at + np.int64(block_words[block])
        if at > stop:
            return DAMAGED
        first = block * BLOCK
        if places[chosen] >= first + BLOCK:
            continue
        here = get_group(words, here, at, BLOCK, counts)
        if here < 0:
            return DAMAGED
        held = np.int64(0)
        for i in range(BLOCK):
            held += np.int64(counts[i]) + 1
        # Every group of up to BLOCK codes takes a word at least.
        if held > (at - here) * BLOCK:
            return DAMAGED
        while chosen < len(places) and places[chosen] < first + BLOCK:
            total += np.int64(counts[places[chosen] - first]) + 1
            chosen += 1
            offsets[to + chosen] = total
    posting = count // BLOCK * BLOCK
    while chosen < len(places) and posting < count:
        held, more = np.int64(0), np.int64(1)
        while more:
            if byte >= byte_stop:
                return DAMAGED
            # Of a varint's bytes the first holds the lowest bits.
            more = np.int64(data[byte]) & 1
            while byte < byte_stop and data[byte] >= 128:
                byte += 1
            byte += 1
            held += 1
        if places[chosen] == posting:
            total += held
            chosen += 1
            offsets[to + chosen] = total
        posting += 1
    return OK if chosen == len(places) else DAMAGED


@inlined
def _fill_positions(
    words: Array,
    at: Int,
    block_words: Array,
    data: Array,
    byte: Int,
    byte_stop: Int,
    count: Int,
    places: Array,
    low: Int,
    pivot: Int,
    counts: Array,
    stops: Array,
    codes: Array,
    found: Array,
    to: Int,
) -> Int:
    """The positions of chosen postings of one list of `count` postings, into found[to:]; OK or DAMAGED.

    `places` are their places in the list, ascending and each once; `block_words` are the words of each of
    the list's blocks. _count_positions must have said OK, and `found` have the room it told.
    """
    chosen = 0
    for block in range(min(len(block_words), count // BLOCK)):
        if chosen == len(places):
            break
        here, at = at, at + np.int64(block_words[block])
        first = block * BLOCK
        if places[chosen] >= first + BLOCK:
            continue
        here = get_group(words, here, at, BLOCK, counts)
        left = ends_of_codes(counts, stops)
        # The block's codes before the group that was unpacked last, and those in it.
        before: Int = np.int64(0)
        held: Int = np.int64(0)
        while chosen < len(places) and places[chosen] < first + BLOCK:
            posting = places[chosen] - first
            stop = stops[posting]
            code_at = stop - np.int64(counts[posting]) - 1
            position: Int = np.int64(-1)
            fold: Int = np.int64(0)
            while code_at < stop:
                while code_at >= before + held:
                    before += held
                    held = np.int64(min(left - before, BLOCK))
                    if code_at >= before + held:
                        here = group_end(words, here, at, held)
                    else:
                        here = get_group(words, here, at, held, codes)
                    if here < 0:
                        return DAMAGED
                end = min(stop, before + held)
                for k in range(code_at - before, end - before):
                    code = np.int64(codes[k])
                    if code < JUMP:
                        fold += code
                        position = fold if fold < low else fold - low + pivot
                    else:
                        position = max(position, 0) + code - JUMP
                        fold = folded(position, low, pivot)
                    found[to] = position
                    to += 1
                code_at = end
            # Positions ascend, whatever the codes.
            if position >= _BOUND:
                return DAMAGED
            chosen += 1
    posting = count // BLOCK * BLOCK
    while chosen < len(places) and posting < count:
        asked = places[chosen] == posting
        before, more = np.int64(-1), np.int64(1)
        while more:
            code, byte = get_varint(data, byte, byte_stop)
            if byte < 0:
                return DAMAGED
            more, code = code & 1, code >> 1
            if asked:
                before = position_of(code, before, low, pivot)
                if before >= _BOUND:
                    return DAMAGED
                found[to] = before
                to += 1
        if asked:
            chosen += 1
        posting += 1
    return OK


@kernel
def get_positions(
    words: Array, block_words: Array, data: Array, count: Int, places: Array, low: Int, pivot: Int
) -> tuple[Int, Array, Array]:
    """The positions of chosen postings of the one list that `words` and `data` hold.

    `count`, `places` and `block_words` as for _fill_positions. Returns OK or DAMAGED, offsets (one more than
    places) and the positions between them.
    """
    offsets = np.zeros(len(places) + 1, np.int64)
    counts, codes = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    stops = np.empty(BLOCK, np.int64)
    status = _count_positions(
        words, 0, len(words), block_words, data, 0, len(data), count, places, counts, offsets, 0
    )
    found = np.empty(offsets[-1] if status == OK else 0, np.int32)
    if status == OK:
        status = _fill_positions(
            words, 0, block_words, data, 0, len(data), count, places, low, pivot, counts, stops, codes,
            found, 0,
        )  # fmt: skip
    return status, offsets, found
