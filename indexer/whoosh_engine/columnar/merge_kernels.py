"""The compiled loops of merging: dictionaries into one, strings gathered."""

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
