"""Postings to words and bytes, compiled; what they mean and the way back: postings_kernels.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.whoosh_engine.columnar.compiled import inlined, kernel
from indexer.whoosh_engine.columnar.groups import BLOCK, GROUP_WORDS, Array, Int, put_group, put_varint
from indexer.whoosh_engine.columnar.postings_kernels import FLOATS
from indexer.whoosh_engine.weighting import B

BLOCK_WORDS = 3 * GROUP_WORDS
"""Words that a block takes at most."""
TAIL_BYTES = 12
"""Bytes that a posting takes at most in a tail: step and flags, weight, mask."""

# An article without words weighs as one of so many times the average length would without a share of it.
SHORTEST = (1.0 - B) / B
# Up to here float32 holds every whole number.
_WHOLE = 1 << 24


@inlined
def is_whole(weight: Any) -> Any:
    """Whether a weight is a whole number from 1 on that float32 keeps exactly."""
    return (weight >= 1) & (weight <= _WHOLE) & (np.floor(weight) == weight)


@inlined
def put_block(
    docs: Array,
    weights: Array,
    whole: Any,
    weight_bits: Array,
    masks: Array,
    first: Int,
    previous: Int,
    gap: Int,
    common: Int,
    scratch: Array,
    words: Array,
    at: Int,
) -> Int:
    """Pack the postings first:first + BLOCK; the end.

    Three groups: the steps from document to document less `gap` (0 or 1), starting from `previous`; the
    weights less one, or all of them as float32 bits where they are not all `whole` numbers; and, where
    `common` is not negative, the masks, each XOR `common`.
    """
    # Of views from 0 on the compiler knows that no place is counted from the end.
    held, heavy = docs[first : first + BLOCK], weights[first : first + BLOCK]
    for i in range(BLOCK):
        doc = np.int64(held[i])
        scratch[i] = np.uint32(doc - previous - gap)
        previous = doc
    at = put_group(scratch, BLOCK, words, at)
    if whole:
        for i in range(BLOCK):
            scratch[i] = np.uint32(np.int32(heavy[i]) - 1)
        at = put_group(scratch, BLOCK, words, at)
    else:
        words[at] = np.uint32(FLOATS)
        for i in range(BLOCK):
            words[at + 1 + i] = weight_bits[first + i]
        at += 1 + BLOCK
    if common >= 0:
        marks, usual = masks[first : first + BLOCK], np.uint8(common)
        for i in range(BLOCK):
            scratch[i] = np.uint32(marks[i] ^ usual)
        at = put_group(scratch, BLOCK, words, at)
    return at


@inlined
def put_tail(
    docs: Array,
    weights: Array,
    weight_bits: Array,
    masks: Array,
    first: Int,
    last: Int,
    previous: Int,
    gap: Int,
    common: Int,
    data: Array,
    at: Int,
) -> Int:
    """Write the postings first:last as bytes; the end.

    Each is a varint of the step less `gap`, shifted left by one for "the weight is not 1" and, where
    `common` is not negative, by one more for "the mask is not `common`"; then that weight as a varint (or 0
    and its four float32 bytes where it is no whole number) and that mask.
    """
    masked = common >= 0
    for i in range(first, last):
        doc = np.int64(docs[i])
        code = doc - previous - gap
        previous = doc
        other_mask = masked and np.int64(masks[i]) != common
        if masked:
            code = code << 1 | np.int64(other_mask)
        other_weight = weights[i] != np.float32(1)
        at = put_varint(np.uint64(code << 1 | np.int64(other_weight)), data, at)
        if other_weight:
            if is_whole(weights[i]):
                at = put_varint(np.uint64(weights[i]), data, at)
            else:
                data[at] = 0
                for byte in range(4):
                    data[at + 1 + byte] = np.uint8(weight_bits[i] >> np.uint32(8 * byte) & np.uint32(255))
                at += 5
        if other_mask:
            data[at] = masks[i]
            at += 1
    return at


# Columns of `sums`, float64: of a list with blocks the sum and the largest of its weights, its first and last
# document, the least and the largest code of a length.
WEIGHT, TOP, FIRST, LAST, LEAST, MOST = range(6)
SUMS = 6


@inlined
def put_sums(
    docs: Array, weights: Array, first: Int, last: Int, length_codes: Array, sums: Array, row: Int
) -> None:
    """Fill a row with what the postings first:last of a list come to; one at least."""
    total, top = np.float64(0), weights[first]
    for i in range(first, last):
        total += np.float64(weights[i])
        top = max(top, weights[i])
    sums[row, WEIGHT], sums[row, TOP] = total, top
    sums[row, FIRST], sums[row, LAST] = docs[first], docs[last - 1]
    sums[row, LEAST], sums[row, MOST] = 0.0, 0.0
    if len(length_codes):
        least, most = np.uint8(255), np.uint8(0)
        for i in range(first, last):
            code = length_codes[docs[i]]
            least, most = min(least, code), max(most, code)
        sums[row, LEAST], sums[row, MOST] = least, most


@inlined
def _largest(heavy: Array) -> tuple[Any, Any]:
    """The largest of a block's weights, and whether all of them are whole numbers."""
    top, whole = np.float32(0), True
    for i in range(BLOCK):
        top = max(top, heavy[i])
        whole &= is_whole(heavy[i])
    return top, whole


@inlined
def _bounds(
    held: Array, heavy: Array, top: Any, whole: Any, length_codes: Array, lengths: Array, average: Any
) -> tuple[Any, Int]:
    """What bounds the scores of a block of documents and weights: a weight, and the code of a length; see
    put_terms."""
    if not whole or top >= np.float32(255):
        return np.float32(255), 0
    if len(length_codes) == 0:
        return top, 0
    bounding = np.float64(lengths[255])
    if top == np.float32(1):
        shortest = np.uint8(255)
        for i in range(BLOCK):
            shortest = min(shortest, length_codes[held[i]])
        bounding = np.float64(lengths[shortest])
    else:
        for i in range(BLOCK):
            times = np.float64(top) / np.float64(heavy[i])
            length = lengths[length_codes[held[i]]] * times + average * SHORTEST * (times - 1.0)
            bounding = min(bounding, length)
    return top, _not_above(lengths, bounding)


@inlined
def _not_above(lengths: Array, bound: Any) -> Int:
    """The last of ascending lengths that is not above the bound, the first where all are."""
    # Not np.searchsorted: numba loads scipy with it where there is one, which is a tenth of an update's time.
    first, stop = np.int64(0), np.int64(len(lengths))
    while first < stop:
        middle = (first + stop) >> 1
        if lengths[middle] <= bound:
            first = middle + 1
        else:
            stop = middle
    return max(np.int64(0), first - 1)


@inlined
def put_bounded_block(
    docs: Array,
    weights: Array,
    weight_bits: Array,
    masks: Array,
    first: Int,
    previous: Int,
    length_codes: Array,
    lengths: Array,
    average: float,
    gap: Int,
    common: Int,
    scratch: Array,
    words: Array,
    at: Int,
    lasts: Array,
    sizes: Array,
    top_weights: Array,
    least_lengths: Array,
    block: Int,
) -> Int:
    """Pack the postings first:first + BLOCK, and tell of the block what put_terms does; the end."""
    held, heavy = docs[first : first + BLOCK], weights[first : first + BLOCK]
    top, whole = _largest(heavy)
    end = put_block(
        docs, weights, whole, weight_bits, masks, first, previous, gap, common, scratch, words, at
    )
    bound, least = _bounds(held, heavy, top, whole, length_codes, lengths, average)
    lasts[block] = np.uint32(held[BLOCK - 1])
    sizes[block] = np.uint16(end - at)
    top_weights[block] = np.uint8(bound)
    least_lengths[block] = np.uint8(least)
    return end


@kernel
def put_terms(
    offsets: Array,
    docs: Array,
    weights: Array,
    weight_bits: Array,
    masks: Array,
    length_codes: Array,
    lengths: Array,
    average: float,
    gap: Int,
    common: Int,
    words: Array,
    data: Array,
    term_words: Array,
    term_bytes: Array,
    lasts: Array,
    sizes: Array,
    top_weights: Array,
    least_lengths: Array,
    sums: Array,
) -> tuple[Int, Int, Int, Int]:
    """Encode the postings of many terms; how many words, bytes, blocks and lists with blocks they are.

    Term t has the postings offsets[t]:offsets[t + 1]; `length_codes` are the documents' lengths as Whoosh's
    256 codes, empty where the field has none; `lengths` says what each code stands for. Told of each term:
    its words and bytes; of each block: its last document, its words, its largest weight (255 for "255 or
    more, or no whole number") and a code of a length: a document of that weight and length would score at
    least as much as any of the block, where documents are `average` or more words long on average; of each
    list with blocks: its row of `sums`.
    """
    scratch = np.empty(BLOCK, np.uint32)
    at, byte, block, long = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for term in range(len(offsets) - 1):
        first, last = offsets[term], offsets[term + 1]
        previous = np.int64(-gap)
        word_before, byte_before = at, byte
        if last - first >= BLOCK:
            put_sums(docs, weights, first, last, length_codes, sums, long)
            long += 1
        while last - first >= BLOCK:
            at = put_bounded_block(
                docs, weights, weight_bits, masks, first, previous, length_codes, lengths, average, gap,
                common, scratch, words, at, lasts, sizes, top_weights, least_lengths, block,
            )  # fmt: skip
            previous = np.int64(lasts[block])
            block += 1
            first += BLOCK
        byte = put_tail(docs, weights, weight_bits, masks, first, last, previous, gap, common, data, byte)
        term_words[term], term_bytes[term] = at - word_before, byte - byte_before
    return at, byte, block, long
