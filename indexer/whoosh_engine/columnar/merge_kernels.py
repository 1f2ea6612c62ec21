"""The compiled loops of merging: dictionaries into one, lists behind one another, strings gathered."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import bare_inlined, bare_kernel

Array = NDArray[Any]


@bare_inlined
def _before(blob: Array, offsets: Array, one: int, other: int) -> bool:
    """Whether string `one` comes before string `other` in order of bytes."""
    at, end, place, stop = offsets[one], offsets[one + 1], offsets[other], offsets[other + 1]
    while at < end and place < stop and blob[at] == blob[place]:
        at += 1
        place += 1
    return bool(place < stop and (at == end or blob[at] < blob[place]))


@bare_inlined
def _sift(blob: Array, offsets: Array, heads: Array, heap: Array, size: int, at: int) -> None:
    """Let the part at heap[at] sink until no part below it has an earlier head."""
    moving = heap[at]
    child = 2 * at + 1
    while child < size:
        if child + 1 < size and _before(blob, offsets, heads[heap[child + 1]], heads[heap[child]]):
            child += 1
        if _before(blob, offsets, heads[heap[child]], heads[moving]):
            heap[at] = heap[child]
            at = child
            child = 2 * at + 1
        else:
            child = size
    heap[at] = moving


@bare_kernel
def merge_terms(
    blob: Array, offsets: Array, begins: Array, heads: Array, heap: Array, numbers: Array, sources: Array
) -> int:
    """Number the distinct terms of several sorted dictionaries in order of their bytes; how many there are.

    The dictionaries stand end to end, that of part p at begins[p]:begins[p + 1] (int64[parts + 1]) of the
    terms of `blob` (uint8) and `offsets` (int64). Written: `numbers` int64[terms], the number of each, and
    `sources` int64[terms at least], a term that has each number. `heads` and `heap` are room, int64[parts].
    A merge by a heap of heads: Knuth, The Art of Computer Programming 3, 5.4.1.
    """
    size = 0
    for part in range(len(begins) - 1):
        heads[part] = begins[part]
        if begins[part] < begins[part + 1]:
            heap[size] = part
            size += 1
    for at in range(size // 2 - 1, -1, -1):
        _sift(blob, offsets, heads, heap, size, at)
    count = 0
    while size:
        part = heap[0]
        head = heads[part]
        if count == 0 or _before(blob, offsets, sources[count - 1], head):
            sources[count] = head
            count += 1
        numbers[head] = count - 1
        heads[part] = head + 1
        if head + 1 == begins[part + 1]:
            size -= 1
            heap[0] = heap[size]
        _sift(blob, offsets, heads, heap, size, 0)
    return count


@bare_kernel
def gather(blob: Array, offsets: Array, chosen: Array, out_blob: Array, out_offsets: Array) -> None:
    """Copy the chosen strings (int64) one behind another; `out_offsets` says where, one more than chosen."""
    for at in range(len(chosen)):
        start, target = offsets[chosen[at]], out_offsets[at]
        for place in range(out_offsets[at + 1] - target):
            out_blob[target + place] = blob[start + place]


# Columns of `sums`, int64[terms, 2]: postings and positions of a term; while placing, where its next go.
POSTINGS, OCCURRENCES = range(2)


@bare_kernel
def count_kept(
    offsets: Array, docs: Array, position_offsets: Array, renumbered: Array, targets: Array, sums: Array
) -> None:
    """Add to `sums` what is kept of one part's lists.

    `offsets` and `docs` as in data.FieldPostings, `position_offsets` likewise or empty; `renumbered` int32
    gives each document its new number, -1 to drop it; `targets` int64 each term its row in `sums`.
    """
    placed = len(position_offsets) > 0
    for term in range(len(targets)):
        row = targets[term]
        for posting in range(offsets[term], offsets[term + 1]):
            if renumbered[docs[posting]] >= 0:
                sums[row, POSTINGS] += 1
                if placed:
                    sums[row, OCCURRENCES] += position_offsets[posting + 1] - position_offsets[posting]


@bare_kernel
def place_kept(
    offsets: Array,
    docs: Array,
    weights: Array,
    masks: Array,
    position_offsets: Array,
    positions: Array,
    renumbered: Array,
    targets: Array,
    sums: Array,
    out_docs: Array,
    out_weights: Array,
    out_masks: Array,
    out_offsets: Array,
    out_positions: Array,
) -> None:
    """Copy what is kept of one part's lists behind what the parts before it put there.

    Arguments as in count_kept; `masks`, `position_offsets` and `positions` are empty for fields without.
    Written: the arrays of data.FieldPostings, and the cursors in `sums`.
    """
    placed, masked = len(position_offsets) > 0, len(masks) > 0
    for term in range(len(targets)):
        row = targets[term]
        for posting in range(offsets[term], offsets[term + 1]):
            doc = renumbered[docs[posting]]
            if doc < 0:
                continue
            target = sums[row, POSTINGS]
            sums[row, POSTINGS] = target + 1
            out_docs[target], out_weights[target] = doc, weights[posting]
            if masked:
                out_masks[target] = masks[posting]
            if placed:
                place = sums[row, OCCURRENCES]
                out_offsets[target] = place
                for at in range(position_offsets[posting], position_offsets[posting + 1]):
                    out_positions[place] = positions[at]
                    place += 1
                sums[row, OCCURRENCES] = place
