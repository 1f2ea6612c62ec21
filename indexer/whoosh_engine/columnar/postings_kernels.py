"""Postings to words and bytes and back, compiled.

A term's postings are *blocks* of 128 as 32-bit words (put_block), then a *tail* of fewer as bytes
(put_tail). Documents are steps from the one before, less `gap`: 1 where every document of a list differs
from the one before, 0 where equal numbers must survive (Whoosh's spelling fields post document 0 again and
again). `common` is the mask that most postings of the field have, -1 where the field has no masks;
`weight_bits` is `weights` seen as uint32. What decodes returns DAMAGED for what no encoder wrote.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.whoosh_engine.columnar.compiled import inlined, kernel
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
from indexer.whoosh_engine.weighting import B

BLOCK_WORDS = 3 * GROUP_WORDS
"""Words that a block takes at most."""
TAIL_BYTES = 12
"""Bytes that a posting takes at most in a tail: step and flags, weight, mask."""

FLOATS = 63
"""The width of a group of weights that says: float32 bits as they are."""
# An article without words weighs as one of so many times the average length would without a share of it.
SHORTEST = (1.0 - B) / B
# Up to here float32 holds every whole number.
_WHOLE = 1 << 24


@inlined
def is_whole(weight: Any) -> Any:
    """Whether a weight is a whole number from 1 on that float32 keeps exactly."""
    return weight >= 1 and weight <= _WHOLE and np.float32(np.int64(weight)) == weight


@inlined
def put_block(
    docs: Array,
    weights: Array,
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
    weights less one, or all of them as float32 bits where one is no whole number; and, where `common` is
    not negative, the masks, each XOR `common`.
    """
    for i in range(BLOCK):
        doc = np.int64(docs[first + i])
        scratch[i] = np.uint32(doc - previous - gap)
        previous = doc
    at = put_group(scratch, BLOCK, words, at)
    whole = True
    for i in range(BLOCK):
        whole = whole and is_whole(weights[first + i])
    if whole:
        for i in range(BLOCK):
            scratch[i] = np.uint32(np.int64(weights[first + i]) - 1)
        at = put_group(scratch, BLOCK, words, at)
    else:
        words[at] = np.uint32(FLOATS)
        for i in range(BLOCK):
            words[at + 1 + i] = weight_bits[first + i]
        at += 1 + BLOCK
    if common >= 0:
        for i in range(BLOCK):
            scratch[i] = np.uint32(np.int64(masks[first + i]) ^ common)
        at = put_group(scratch, BLOCK, words, at)
    return at


@inlined
def get_block(
    words: Array,
    at: Int,
    stop: Int,
    previous: Int,
    bound: Int,
    gap: Int,
    common: Int,
    scratch: Array,
    docs: Array,
    weights: Array,
    weight_bits: Array,
    masks: Array,
    to: Int,
) -> Int:
    """Unpack a block into the arrays from `to` on; the end, or DAMAGED.

    `weight_bits` is `weights` seen as uint32. Documents must be below `bound`. `masks` may be empty where
    `common` is negative.
    """
    if to < 0 or to + BLOCK > len(docs) or to + BLOCK > len(weights) or to + BLOCK > len(weight_bits):
        return DAMAGED
    at = get_group(words, at, stop, BLOCK, scratch)
    if at < 0:
        return DAMAGED
    doc = previous
    for i in range(BLOCK):
        doc += np.int64(scratch[i]) + gap
        docs[to + i] = np.int32(doc)
    if doc >= bound:
        return DAMAGED
    if at >= stop:
        return DAMAGED
    if np.int64(words[at]) == FLOATS:
        if at + 1 + BLOCK > stop:
            return DAMAGED
        for i in range(BLOCK):
            weight_bits[to + i] = words[at + 1 + i]
        at += 1 + BLOCK
    else:
        at = get_group(words, at, stop, BLOCK, scratch)
        if at < 0:
            return DAMAGED
        for i in range(BLOCK):
            weights[to + i] = np.float32(np.int64(scratch[i]) + 1)
    if common >= 0:
        if to + BLOCK > len(masks):
            return DAMAGED
        at = get_group(words, at, stop, BLOCK, scratch)
        if at < 0:
            return DAMAGED
        for i in range(BLOCK):
            masks[to + i] = np.uint8(np.int64(scratch[i]) ^ common)
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


@inlined
def get_tail(
    data: Array,
    at: Int,
    stop: Int,
    to: Int,
    last: Int,
    previous: Int,
    bound: Int,
    gap: Int,
    common: Int,
    docs: Array,
    weights: Array,
    weight_bits: Array,
    masks: Array,
) -> Int:
    """Read postings into the arrays at to:last; the end, or DAMAGED."""
    masked = common >= 0
    if at < 0 or stop > len(data) or to < 0 or last > len(docs) or last > len(weights):
        return DAMAGED
    if last > len(weight_bits) or (masked and last > len(masks)):
        return DAMAGED
    doc = previous
    for i in range(to, last):
        code, at = get_varint(data, at, stop)
        if at < 0:
            return DAMAGED
        other_weight, code = code & 1, code >> 1
        other_mask = masked and code & 1
        doc += (code >> 1 if masked else code) + gap
        if doc < 0 or doc >= bound:
            return DAMAGED
        docs[i] = np.int32(doc)
        weights[i] = np.float32(1)
        if other_weight:
            weight, at = get_varint(data, at, stop)
            if at < 0 or (weight == 0 and at + 4 > stop):
                return DAMAGED
            if weight:
                weights[i] = np.float32(weight)
            else:
                bits = np.int64(0)
                for byte in range(4):
                    bits |= np.int64(data[at + byte]) << (8 * byte)
                weight_bits[i] = np.uint32(bits)
                at += 4
        if masked:
            masks[i] = np.uint8(common)
            if other_mask:
                if at >= stop:
                    return DAMAGED
                masks[i] = data[at]
                at += 1
    return at


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
) -> tuple[Int, Int, Int]:
    """Encode the postings of many terms; how many words, bytes and blocks they took.

    Term t has the postings offsets[t]:offsets[t + 1]; `length_codes` are the documents' lengths as Whoosh's
    256 codes, empty where the field has none; `lengths` says what each code stands for. Told of each term:
    its words and bytes; of each block: its last document, its words, its largest weight (255 for "255 or
    more, or no whole number") and a code of a length: a document of that weight and length would score at
    least as much as any of the block, where documents are `average` or more words long on average.
    """
    scratch = np.empty(BLOCK, np.uint32)
    at, byte, block = np.int64(0), np.int64(0), np.int64(0)
    for term in range(len(offsets) - 1):
        first, last = offsets[term], offsets[term + 1]
        previous = np.int64(-gap)
        word_before, byte_before = at, byte
        while last - first >= BLOCK:
            start = at
            at = put_block(
                docs, weights, weight_bits, masks, first, previous, gap, common, scratch, words, at
            )
            previous = np.int64(docs[first + BLOCK - 1])
            top = np.float32(0)
            for i in range(first, first + BLOCK):
                top = max(top, weights[i] if is_whole(weights[i]) else np.float32(255))
            least = np.int64(0)
            if len(length_codes) and top < np.float32(255):
                bounding = np.float64(lengths[255])
                for i in range(first, first + BLOCK):
                    times = np.float64(top) / np.float64(weights[i])
                    length = lengths[length_codes[docs[i]]] * times + average * SHORTEST * (times - 1.0)
                    bounding = min(bounding, length)
                least = max(np.int64(0), np.searchsorted(lengths, bounding, side="right") - 1)
            lasts[block] = np.uint32(previous)
            sizes[block] = np.uint16(at - start)
            top_weights[block] = np.uint8(min(top, np.float32(255)))
            least_lengths[block] = np.uint8(least)
            block += 1
            first += BLOCK
        byte = put_tail(docs, weights, weight_bits, masks, first, last, previous, gap, common, data, byte)
        term_words[term], term_bytes[term] = at - word_before, byte - byte_before
    return at, byte, block


@inlined
def _get_list(
    words: Array,
    at: Int,
    stop: Int,
    data: Array,
    byte: Int,
    byte_stop: Int,
    bound: Int,
    gap: Int,
    common: Int,
    scratch: Array,
    docs: Array,
    weights: Array,
    weight_bits: Array,
    masks: Array,
    to: Int,
    last: Int,
) -> Int:
    """Decode a list into the arrays at to:last; OK or DAMAGED."""
    previous = np.int64(-gap)
    if stop > len(words):
        return DAMAGED
    while last - to >= BLOCK:
        at = get_block(
            words, at, stop, previous, bound, gap, common, scratch, docs, weights, weight_bits, masks, to
        )
        if at < 0:
            return DAMAGED
        to += BLOCK
        previous = np.int64(docs[to - 1])
    byte = get_tail(
        data, byte, byte_stop, to, last, previous, bound, gap, common, docs, weights, weight_bits, masks
    )
    return OK if at == stop and byte == byte_stop else DAMAGED


@kernel
def get_lists(
    words: Array,
    data: Array,
    table: Array,
    bound: Int,
    gap: Int,
    common: Int,
    docs: Array,
    weights: Array,
    weight_bits: Array,
    masks: Array,
) -> Int:
    """Decode lists that lie one after the other in `words` and `data`; OK or DAMAGED.

    Row t of `table` is the frequency, words and bytes of list t; `docs` and the like have room for all.
    """
    scratch = np.empty(BLOCK, np.uint32)
    at, byte, to = np.int64(0), np.int64(0), np.int64(0)
    for term in range(len(table)):
        stop, byte_stop, last = at + table[term, 1], byte + table[term, 2], to + table[term, 0]
        if stop < at or byte_stop < byte or last < to or last > len(docs):
            return DAMAGED
        status = _get_list(
            words, at, stop, data, byte, byte_stop, bound, gap, common, scratch, docs, weights, weight_bits,
            masks, to, last,
        )  # fmt: skip
        if status < 0:
            return DAMAGED
        at, byte, to = stop, byte_stop, last
    return OK if at == len(words) and byte == len(data) and to == len(docs) else DAMAGED
