"""Words and bytes to postings, compiled; how they become such: encoding_kernels.py.

A term's postings are *blocks* of 128 as 32-bit words (put_block), then a *tail* of fewer as bytes
(put_tail). Documents are steps from the one before, less `gap`: 1 where every document of a list differs
from the one before, 0 where equal numbers must survive (Whoosh's spelling fields post document 0 again and
again). `common` is the mask that most postings of the field have, -1 where the field has no masks;
`weight_bits` is `weights` seen as uint32. What decodes returns DAMAGED for what no encoder wrote.
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
)

FLOATS = 63
"""The width of a group of weights that says: float32 bits as they are."""


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
