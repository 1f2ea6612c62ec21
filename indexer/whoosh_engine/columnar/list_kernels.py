"""What a search asks of one list of postings, answered block by block without an array of the whole list.

`words` and `data` hold the list's blocks and its tail (postings_kernels), `count` its postings, `lasts` and
`sizes` of each block its last document and its words. `bits` and `ranks` are a set of documents (bits.py)
below `bound`; `scratch` is room for a block. Everything returns DAMAGED for what no encoder wrote.
"""

from __future__ import annotations

import numpy as np

from indexer.whoosh_engine.columnar.bits import SPAN, place_of
from indexer.whoosh_engine.columnar.compiled import inlined, kernel
from indexer.whoosh_engine.columnar.groups import BLOCK, DAMAGED, OK, Array, Int, get_group, group_end
from indexer.whoosh_engine.columnar.postings_kernels import FLOATS, get_tail


@inlined
def _get_docs(words: Array, at: Int, stop: Int, previous: Int, bound: Int, gap: Int, docs: Array) -> Int:
    """Unpack a block's documents; where its weights begin, or DAMAGED. They ascend and are below `bound`."""
    at = get_group(words, at, stop, BLOCK, docs)
    if at < 0:
        return DAMAGED
    doc = previous
    for i in range(BLOCK):
        doc += np.int64(docs[i]) + gap
        docs[i] = np.uint32(doc)
    return at if doc < bound else DAMAGED


@inlined
def _get_weights(words: Array, at: Int, stop: Int, weights: Array, weight_bits: Array) -> Int:
    """Unpack a block's weights; the end, or DAMAGED. `weight_bits` is `weights` seen as uint32."""
    if at < 0 or at >= stop:
        return DAMAGED
    if np.int64(words[at]) == FLOATS:
        if at + 1 + BLOCK > stop:
            return DAMAGED
        for i in range(BLOCK):
            weight_bits[i] = words[at + 1 + i]
        return at + 1 + BLOCK
    at = get_group(words, at, stop, BLOCK, weight_bits)
    if at < 0:
        return DAMAGED
    for i in range(BLOCK):
        weights[i] = np.float32(np.int64(weight_bits[i]) + 1)
    return at


@inlined
def _after_block(words: Array, at: Int, stop: Int, common: Int) -> Int:
    """The end of a block whose weights begin at `at`, or DAMAGED."""
    if at < 0 or at >= stop:
        return DAMAGED
    at = at + 1 + BLOCK if np.int64(words[at]) == FLOATS else group_end(words, at, stop, BLOCK)
    return group_end(words, at, stop, BLOCK) if common >= 0 else at


@inlined
def _mark_all(docs: Array, held: Int, bits: Array) -> None:
    """Put docs[:held], which ascend, into a set."""
    # Word by word: of a common word's documents many share one, and setting each bit in memory took 4 ns.
    word, gathered = np.int64(0), np.uint64(0)
    for i in range(held):
        doc = np.int64(docs[i])
        if doc >> 6 != word:
            bits[word] |= gathered
            word, gathered = doc >> 6, np.uint64(0)
        gathered |= np.uint64(1) << np.uint64(doc & 63)
    if held:
        bits[word] |= gathered


@kernel
def mark_list(words: Array, data: Array, count: Int, bound: Int, gap: Int, common: Int, bits: Array) -> Int:
    """Put the documents of a list into a set; OK or DAMAGED."""
    docs, weight_bits = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    masks = np.empty(BLOCK, np.uint8)
    at, previous = np.int64(0), np.int64(-gap)
    for _ in range(count // BLOCK):
        at = _get_docs(words, at, len(words), previous, bound, gap, docs)
        if at < 0:
            return DAMAGED
        previous = np.int64(docs[BLOCK - 1])
        _mark_all(docs, BLOCK, bits)
        at = _after_block(words, at, len(words), common)
        if at < 0:
            return DAMAGED
    left = count % BLOCK
    end = get_tail(
        data, 0, len(data), 0, left, previous, bound, gap, common, docs.view(np.int32),
        weight_bits.view(np.float32), weight_bits, masks,
    )  # fmt: skip
    if at != len(words) or end != len(data):
        return DAMAGED
    _mark_all(docs, left, bits)
    return OK


@inlined
def _any_between(ranks: Array, after: Int, last: Int) -> bool:
    """Whether a set may hold a document from after + 1 to `last`."""
    return ranks[(last >> 6) + 1] > ranks[(after + 1) >> 6]  # type: ignore[no-any-return]


@kernel
def add_list(
    words: Array,
    data: Array,
    lasts: Array,
    sizes: Array,
    count: Int,
    bound: Int,
    gap: Int,
    common: Int,
    bits: Array,
    ranks: Array,
    codes: Array,
    norms: Array,
    factor: float,
    sums: Array,
) -> Int:
    """Add to `sums` float64, by place in the set, what a list says of each document; OK or DAMAGED.

    factor * weight / (weight + norms[codes[document]]), or the weight itself where `norms` is empty.
    """
    docs, weight_bits = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    weights, masks = weight_bits.view(np.float32), np.empty(BLOCK, np.uint8)
    at, previous = np.int64(0), np.int64(-gap)
    blocks = count // BLOCK
    for block in range(blocks + 1):
        held: Int = BLOCK
        if block < blocks:
            start, at = at, at + np.int64(sizes[block])
            before, previous = previous, np.int64(lasts[block])
            if previous < before or previous >= bound or at > len(words):
                return DAMAGED
            if not _any_between(ranks, before, previous):
                continue
            start = _get_docs(words, start, at, before, bound, gap, docs)
            start = _get_weights(words, start, at, weights, weight_bits)
            if start < 0 or np.int64(docs[BLOCK - 1]) != previous:
                return DAMAGED
        else:
            held = count % BLOCK
            end = get_tail(
                data, 0, len(data), 0, held, previous, bound, gap, common, docs.view(np.int32), weights,
                weight_bits, masks,
            )  # fmt: skip
            if end != len(data):
                return DAMAGED
        for i in range(held):
            doc = np.int64(docs[i])
            place = place_of(bits, ranks, doc)
            if place >= 0:
                weight = np.float64(weights[i])
                if len(norms):
                    sums[place] += factor * weight / (weight + norms[codes[doc]])
                else:
                    sums[place] += weight
    return OK


@kernel
def bound_list(
    data: Array,
    lasts: Array,
    tops: Array,
    leasts: Array,
    count: Int,
    bound: Int,
    gap: Int,
    common: Int,
    codes: Array,
    norms: Array,
    block_norms: Array,
    factor: float,
    spans: Array,
) -> Int:
    """Add to `spans` float64, one for every SPAN documents, the most that a list gives any of them.

    `tops` and `leasts` bound each block (postings_file), `block_norms` being the norms of their lengths;
    what is in no block is looked at. OK or DAMAGED.
    """
    docs, weight_bits = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    weights, masks = weight_bits.view(np.float32), np.empty(BLOCK, np.uint8)
    span, most = np.int64(0), 0.0
    previous = np.int64(-gap)
    blocks = count // BLOCK
    for block in range(blocks):
        first, previous = (previous + 1) // SPAN, np.int64(lasts[block])
        last = previous // SPAN
        if first > last or previous >= bound:
            return DAMAGED
        top = np.float64(tops[block])
        # 255 stands for any weight from there on.
        value = factor if top == 255 else factor * top / (top + block_norms[leasts[block]])
        if first != span:
            spans[span] += most
            span, most = first, 0.0
        most = max(most, value)
        if last > span:
            spans[span] += most
            for between in range(span + 1, last):
                spans[between] += value
            span, most = last, value
    left = count % BLOCK
    end = get_tail(
        data, 0, len(data), 0, left, previous, bound, gap, common, docs.view(np.int32), weights, weight_bits,
        masks,
    )  # fmt: skip
    if end != len(data):
        return DAMAGED
    for i in range(left):
        doc, weight = np.int64(docs[i]), np.float64(weights[i])
        if doc // SPAN != span:
            spans[span] += most
            span, most = doc // SPAN, 0.0
        most = max(most, factor * weight / (weight + norms[codes[doc]]))
    spans[span] += most
    return OK
