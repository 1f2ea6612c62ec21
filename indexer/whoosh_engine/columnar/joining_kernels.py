"""Lists of several segments into one, compiled: unpacked a block at a time, and packed again at once.

The blocks of a list begin at its first posting, so those of all parts but the first come to lie otherwise and
must be packed anew. Unpacked are never more than two blocks, however long the list is. Of positions the codes
stay what they are (positions_kernels), for those of a posting begin from nothing.

A list is a row of `rows`, int64[lists, 4]: PART, POSTINGS, WORDS, BYTES. Those that become term t are
rows[terms[t]:terms[t + 1]], of earlier parts first. `words` and `data` hold the lists of all parts, and
`cursors`, int64[parts, 2], says where in them the next list of each part begins; it is moved on. Where the
lists of a part are damaged, DAMAGED less its number is returned in place of OK.
"""

from __future__ import annotations

import numpy as np

from indexer.whoosh_engine.columnar.compiled import inlined, kernel
from indexer.whoosh_engine.columnar.encoding_kernels import (
    LAST,
    LEAST,
    MOST,
    SUMS,
    TOP,
    WEIGHT,
    put_bounded_block,
    put_sums,
    put_tail,
)
from indexer.whoosh_engine.columnar.groups import (
    BLOCK,
    DAMAGED,
    GROUP_WORDS,
    OK,
    Array,
    Int,
    get_group,
    get_varint,
    put_group,
    put_varint,
)
from indexer.whoosh_engine.columnar.positions_kernels import PLACE_BYTES
from indexer.whoosh_engine.columnar.postings_kernels import get_block, get_tail

PART, POSTINGS, WORDS, BYTES = range(4)
"""Columns of `rows`."""


@inlined
def _add_sums(
    docs: Array, weights: Array, count: Int, length_codes: Array, more: Array, sums: Array, row: Int
) -> None:
    """Add to a row what the first `count` postings come to, which follow those it is of."""
    put_sums(docs, weights, 0, count, length_codes, more, 0)
    sums[row, WEIGHT] += more[0, WEIGHT]
    sums[row, TOP] = max(sums[row, TOP], more[0, TOP])
    sums[row, LAST] = more[0, LAST]
    sums[row, LEAST] = min(sums[row, LEAST], more[0, LEAST])
    sums[row, MOST] = max(sums[row, MOST], more[0, MOST])


@kernel
def join_postings(
    rows: Array,
    terms: Array,
    words: Array,
    data: Array,
    cursors: Array,
    begins: Array,
    renumbered: Array,
    length_codes: Array,
    lengths: Array,
    average: float,
    gap: Int,
    common: Int,
    kept: Array,
    out_words: Array,
    out_data: Array,
    lists: Array,
    lasts: Array,
    sizes: Array,
    top_weights: Array,
    least_lengths: Array,
    sums: Array,
) -> tuple[Int, Int, Int, Int, Int]:
    """Join the postings of many terms; OK, and how many words, bytes, blocks and lists with blocks.

    Document d of part p becomes renumbered[begins[p] + d] (int32), and is dropped where that is -1. Told of
    each posting read, in order: whether it is `kept` (uint8). Of each term, in the first three columns of
    `lists` (int64): its postings, words and bytes. What else is written: encoding_kernels.put_terms.
    """
    scratch = np.empty(BLOCK, np.uint32)
    docs, weights = np.empty(2 * BLOCK, np.int32), np.empty(2 * BLOCK, np.float32)
    masks, bits = np.empty(2 * BLOCK, np.uint8), weights.view(np.uint32)
    more = np.empty((1, SUMS), np.float64)
    at, byte, block, long, posting = np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for term in range(len(terms) - 1):
        word_before, byte_before, block_before = at, byte, block
        previous, held = np.int64(-gap), np.int64(0)
        for row in range(terms[term], terms[term + 1]):
            part, left = rows[row, PART], rows[row, POSTINGS]
            here, there = cursors[part, 0], cursors[part, 1]
            stop, end = here + rows[row, WORDS], there + rows[row, BYTES]
            base, bound = begins[part], begins[part + 1] - begins[part]
            before = np.int64(-gap)
            if here < 0 or there < 0 or stop > len(words) or end > len(data) or left > len(kept) - posting:
                return DAMAGED - part, at, byte, block, long
            while left > 0:
                fresh = min(left, BLOCK)
                if fresh == BLOCK:
                    here = get_block(
                        words, here, stop, before, bound, gap, common, scratch, docs, weights, bits, masks,
                        held,
                    )  # fmt: skip
                else:
                    there = get_tail(
                        data, there, end, held, held + fresh, before, bound, gap, common, docs, weights, bits,
                        masks,
                    )  # fmt: skip
                if here < 0 or there < 0:
                    return DAMAGED - part, at, byte, block, long
                before = np.int64(docs[held + fresh - 1])
                to = held
                for i in range(held, held + fresh):
                    doc = renumbered[base + docs[i]]
                    stays = doc >= 0
                    docs[to], bits[to], masks[to] = doc, bits[i], masks[i]
                    to += stays
                    kept[posting] = stays
                    posting += 1
                held = to
                left -= fresh
                if held < BLOCK:
                    continue
                if block == block_before:
                    put_sums(docs, weights, 0, BLOCK, length_codes, sums, long)
                else:
                    _add_sums(docs, weights, BLOCK, length_codes, more, sums, long)
                at = put_bounded_block(
                    docs, weights, bits, masks, 0, previous, length_codes, lengths, average, gap, common,
                    scratch, out_words, at, lasts, sizes, top_weights, least_lengths, block,
                )  # fmt: skip
                previous = np.int64(lasts[block])
                block += 1
                held -= BLOCK
                for i in range(held):
                    docs[i], bits[i], masks[i] = docs[BLOCK + i], bits[BLOCK + i], masks[BLOCK + i]
            if here != stop or there != end:
                return DAMAGED - part, at, byte, block, long
            cursors[part, 0], cursors[part, 1] = here, there
        if block > block_before:
            if held:
                _add_sums(docs, weights, held, length_codes, more, sums, long)
            long += 1
        byte = put_tail(docs, weights, bits, masks, 0, held, previous, gap, common, out_data, byte)
        lists[term, 0] = (block - block_before) * BLOCK + held
        lists[term, 1], lists[term, 2] = at - word_before, byte - byte_before
    return OK, at, byte, block, long


@inlined
def _with_room(array: Array, size: Int) -> Array:
    """The array, or one that begins as it does and has room for that many numbers."""
    if size <= len(array):
        return array
    larger = np.empty(max(size, len(array) + len(array) // 2), array.dtype)
    larger[: len(array)] = array
    return larger


@kernel
def join_places(
    rows: Array,
    terms: Array,
    words: Array,
    data: Array,
    cursors: Array,
    kept: Array,
    lists: Array,
    block_words: Array,
) -> tuple[Int, Array, Array]:
    """Join the positions of many terms; OK, and their words and bytes.

    `kept` and the first column of `lists` as join_postings told them. Told of each block: its words; of each
    term, in the last two columns of `lists`: its words and bytes.
    """
    # Of each posting its positions less one; then the codes of all of them.
    counts, codes = np.empty(2 * BLOCK, np.uint32), np.empty(16 * BLOCK, np.uint32)
    out_words, out_data = np.empty(len(words) + len(data) // 4, np.uint32), np.empty(len(data), np.uint8)
    at, byte, block, posting = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for term in range(len(terms) - 1):
        word_before, byte_before = at, byte
        held, used = np.int64(0), np.int64(0)
        for row in range(terms[term], terms[term + 1]):
            part, left = rows[row, PART], rows[row, POSTINGS]
            here, there = cursors[part, 0], cursors[part, 1]
            stop, end = here + rows[row, WORDS], there + rows[row, BYTES]
            if here < 0 or there < 0 or stop > len(words) or end > len(data) or left > len(kept) - posting:
                return DAMAGED - part, out_words, out_data
            while left > 0:
                fresh, fresh_codes = min(left, BLOCK), np.int64(0)
                if fresh == BLOCK:
                    here = get_group(words, here, stop, BLOCK, counts[held:])
                    if here < 0:
                        return DAMAGED - part, out_words, out_data
                    for i in range(held, held + BLOCK):
                        fresh_codes += np.int64(counts[i]) + 1
                    # Every group of up to BLOCK codes takes a word at least.
                    if fresh_codes > (stop - here) * BLOCK:
                        return DAMAGED - part, out_words, out_data
                    codes = _with_room(codes, used + fresh_codes)
                    for first in range(used, used + fresh_codes, BLOCK):
                        size = min(BLOCK, used + fresh_codes - first)
                        here = get_group(words, here, stop, size, codes[first:])
                        if here < 0:
                            return DAMAGED - part, out_words, out_data
                else:
                    codes = _with_room(codes, used + end - there)
                    for i in range(held, held + fresh):
                        codes_before, code = fresh_codes, np.int64(1)
                        while code & 1:
                            code, there = get_varint(data, there, end)
                            if there < 0 or code >> 33:
                                return DAMAGED - part, out_words, out_data
                            codes[used + fresh_codes] = np.uint32(code >> 1)
                            fresh_codes += 1
                        counts[i] = np.uint32(fresh_codes - codes_before - 1)
                left -= fresh
                to, from_code, to_code = held, used, used
                for i in range(held, held + fresh):
                    size = np.int64(counts[i]) + 1
                    if kept[posting]:
                        if from_code > to_code:
                            for k in range(size):
                                codes[to_code + k] = codes[from_code + k]
                        counts[to] = counts[i]
                        to += 1
                        to_code += size
                    from_code += size
                    posting += 1
                held, used = to, to_code
                if held < BLOCK:
                    continue
                size = np.int64(BLOCK)
                for i in range(BLOCK):
                    size += np.int64(counts[i])
                start = at
                out_words = _with_room(out_words, at + GROUP_WORDS + size + size // BLOCK + 1)
                at = put_group(counts, BLOCK, out_words, at)
                for first in range(0, size, BLOCK):
                    at = put_group(codes[first:], min(BLOCK, size - first), out_words, at)
                block_words[block] = np.uint32(at - start)
                block += 1
                held -= BLOCK
                used -= size
                for i in range(held):
                    counts[i] = counts[BLOCK + i]
                for k in range(used):
                    codes[k] = codes[size + k]
            if here != stop or there != end:
                return DAMAGED - part, out_words, out_data
            cursors[part, 0], cursors[part, 1] = here, there
        out_data = _with_room(out_data, byte + used * PLACE_BYTES)
        start = np.int64(0)
        for i in range(held):
            last = start + np.int64(counts[i])
            for k in range(start, last + 1):
                shifted = np.uint64(codes[k]) << np.uint64(1)
                byte = put_varint(shifted | np.uint64(k < last), out_data, byte)
            start = last + 1
        lists[term, 3], lists[term, 4] = at - word_before, byte - byte_before
    return OK, out_words[:at], out_data[:byte]
