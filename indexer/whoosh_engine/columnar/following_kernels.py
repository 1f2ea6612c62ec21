"""Phrases over the positions of a list, compiled: read code by code as far as needed, and not put down."""

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
)
from indexer.whoosh_engine.columnar.positions_kernels import JUMP, ends_of_codes, folded


@inlined
def _unfolded(fold: Int, low: Int, pivot: Int) -> Int:
    return fold if fold < low else fold - low + pivot


@inlined
def _reached(position: Int, distance: Int, positions: Array, at: Int, stop: Int) -> Int:
    """The first place from `at` on whose position is no more than `distance` before the one given."""
    while at < stop and np.int64(positions[at]) + distance < position:
        at += 1
    return at


@kernel
def follow_positions(
    words: Array,
    block_words: Array,
    data: Array,
    count: Int,
    places: Array,
    low: Int,
    pivot: Int,
    offsets: Array,
    positions: Array,
    distance: Int,
    last: bool,
) -> tuple[Int, Array, Array, Array]:
    """set_kernels.followed, the next positions being those of chosen postings of the list in `words`, `data`.

    `count`, `places` and `block_words` as for positions_kernels.get_positions; document i of those given is
    the posting places[i]. Returns OK or DAMAGED before what `followed` does.
    """
    kept_docs = np.empty(len(places), np.int64)
    kept_offsets = np.zeros(len(places) + 1, np.int64)
    kept = np.empty(len(places) if last else len(positions), np.int32)
    counts, codes = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    stops = np.empty(BLOCK, np.int64)
    doc, docs, found = 0, 0, 0
    here = np.int64(0)
    for block in range(min(len(block_words), count // BLOCK)):
        if doc == len(places):
            break
        at, here = here, here + np.int64(block_words[block])
        first = block * BLOCK
        if places[doc] >= first + BLOCK:
            continue
        at = get_group(words, at, here, BLOCK, counts)
        if at < 0:
            return DAMAGED, kept_docs[:0], kept_offsets[:1], kept[:0]
        left = ends_of_codes(counts, stops)
        # The block's codes before the group that was unpacked last, and those in it.
        before: Int = np.int64(0)
        held: Int = np.int64(0)
        while doc < len(places) and places[doc] < first + BLOCK:
            stop = stops[places[doc] - first]
            code_at = stop - np.int64(counts[places[doc] - first]) - 1
            wanted, end = offsets[doc], offsets[doc + 1]
            already, began = found, code_at
            fold: Int = np.int64(0)
            # The position that the last code jumped to, -1 where it did not.
            between: Int = np.int64(-1)
            least: Int = folded(np.int64(positions[wanted]) + distance, low, pivot) if wanted < end else 0
            while code_at < stop and wanted < end:
                while code_at >= before + held:
                    before += held
                    held = np.int64(min(left - before, BLOCK))
                    if code_at >= before + held:
                        at = group_end(words, at, here, held)
                    else:
                        at = get_group(words, at, here, held, codes)
                    if at < 0:
                        return DAMAGED, kept_docs[:0], kept_offsets[:1], kept[:0]
                # As unsigned numbers, which numba need not look at for places from the end.
                at_code, codes_stop = np.uint64(code_at - before), np.uint64(min(stop - before, held))
                code_at = before + np.int64(codes_stop)
                while at_code < codes_stop and wanted < end:
                    code = np.int64(codes[at_code])
                    at_code += np.uint64(1)
                    if code < JUMP:
                        fold += code
                        between = np.int64(-1)
                        # What is folded ascends as positions do: most are passed by without unfolding them.
                        if fold < least:
                            continue
                        position = _unfolded(fold, low, pivot)
                    else:
                        if between < 0 and before + np.int64(at_code) > began + 1:
                            between = _unfolded(fold, low, pivot)
                        between = max(between, 0) + code - JUMP
                        position, fold = between, folded(between, low, pivot)
                    wanted = _reached(position, distance, positions, wanted, end)
                    if wanted < end and np.int64(positions[wanted]) + distance == position:
                        kept[found] = positions[wanted]
                        found += 1
                        wanted = end if last else wanted + 1
                    if wanted < end:
                        least = folded(np.int64(positions[wanted]) + distance, low, pivot)
            if found > already:
                kept_docs[docs] = doc
                docs += 1
                kept_offsets[docs] = found
            doc += 1
    byte, posting = np.int64(0), count // BLOCK * BLOCK
    while doc < len(places) and posting < count:
        asked = places[doc] == posting
        wanted, end = (offsets[doc], offsets[doc + 1]) if asked else (0, 0)
        already = found
        position, fold, more = np.int64(-1), np.int64(0), np.int64(1)
        while more:
            code, byte = get_varint(data, byte, len(data))
            if byte < 0:
                return DAMAGED, kept_docs[:0], kept_offsets[:1], kept[:0]
            more, code = code & 1, code >> 1
            if code < JUMP:
                fold += code
                position = _unfolded(fold, low, pivot)
            else:
                position = max(position, 0) + code - JUMP
                fold = folded(position, low, pivot)
            wanted = _reached(position, distance, positions, wanted, end)
            if wanted < end and np.int64(positions[wanted]) + distance == position:
                kept[found] = positions[wanted]
                found += 1
                wanted = end if last else wanted + 1
        if found > already:
            kept_docs[docs] = doc
            docs += 1
            kept_offsets[docs] = found
        doc += asked
        posting += 1
    if doc < len(places):
        return DAMAGED, kept_docs[:0], kept_offsets[:1], kept[:0]
    return OK, kept_docs[:docs], kept_offsets[: docs + 1], kept[:found]
