"""Compiled loops over ascending arrays: unions, intersections and neighbours.

Documents and word positions are int32, scores float64 of the same length as documents. Inputs ascend (word
positions within a document) and hold nothing twice; outputs too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import kernel, read_only

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

# A list this many times longer than the other is searched, not walked.
_MUCH_LONGER = 16


def united(docs_a: Int32s, scores_a: Float64s, docs_b: Int32s, scores_b: Float64s) -> tuple[Int32s, Float64s]:
    """The documents in either list, and their scores; added, a's first, where in both."""
    docs, scores = _united(read_only(docs_a), read_only(scores_a), read_only(docs_b), read_only(scores_b))
    return docs, scores


def common(short: Int32s, long: Int32s) -> tuple[Int64s, Int64s]:
    """Where the documents in both lists stand: places in the one and in the other.

    A much longer second list is galloped through (Bentley and Yao 1976): its next place is sought in steps
    that double, then by halves.
    """
    in_short, in_long = _common(read_only(short), read_only(long))
    return in_short, in_long


def scored(
    docs: Int32s, weights: NDArray[Any], norms: Float64s, idf: float, boost: float, k1: float
) -> Float64s:
    """The scores of postings (execute.py): `norms` is of all documents of the segment."""
    scores: Float64s = _scored(read_only(docs), read_only(weights), read_only(norms), idf, boost, k1)
    return scores


def followed(
    offsets: Int64s,
    positions: Int32s,
    next_offsets: Int64s,
    next_positions: Int32s,
    distance: int,
    last: bool,
) -> tuple[Int64s, Int32s]:
    """The positions that have one of the next ones `distance` places after them in the same document.

    Of each document positions[offsets[i]:offsets[i + 1]], likewise the next and what is returned. `last`
    asks for the first such position of each document alone.
    """
    kept: tuple[Int64s, Int32s] = _followed(
        read_only(offsets),
        read_only(positions),
        read_only(next_offsets),
        read_only(next_positions),
        distance,
        last,
    )
    return kept


@kernel
def _united(docs_a: Any, scores_a: Any, docs_b: Any, scores_b: Any) -> Any:
    docs = np.empty(len(docs_a) + len(docs_b), np.int32)
    scores = np.empty(len(docs), np.float64)
    a = b = found = 0
    while a < len(docs_a) and b < len(docs_b):
        if docs_a[a] < docs_b[b]:
            docs[found], scores[found] = docs_a[a], scores_a[a]
            a += 1
        elif docs_b[b] < docs_a[a]:
            docs[found], scores[found] = docs_b[b], scores_b[b]
            b += 1
        else:
            docs[found], scores[found] = docs_a[a], scores_a[a] + scores_b[b]
            a += 1
            b += 1
        found += 1
    while a < len(docs_a):
        docs[found], scores[found] = docs_a[a], scores_a[a]
        a += 1
        found += 1
    while b < len(docs_b):
        docs[found], scores[found] = docs_b[b], scores_b[b]
        b += 1
        found += 1
    return docs[:found], scores[:found]


@kernel
def _scored(docs: Any, weights: Any, norms: Any, idf: Any, boost: Any, k1: Any) -> Any:
    scores = np.empty(len(docs), np.float64)
    for at in range(len(docs)):
        weight = np.float64(weights[at])
        scores[at] = boost * (idf * weight * (k1 + 1.0) / (weight + norms[docs[at]]))
    return scores


@kernel
def _common(short: Any, long: Any) -> Any:
    in_short = np.empty(min(len(short), len(long)), np.int64)
    in_long = np.empty(len(in_short), np.int64)
    gallop = len(long) > _MUCH_LONGER * len(short)
    at = found = 0
    for place in range(len(short)):
        wanted = short[place]
        if gallop:
            step = 1
            while at + step < len(long) and long[at + step] < wanted:
                step *= 2
            low, high = at + step // 2, min(at + step, len(long))
            while low < high:
                middle = (low + high) // 2
                if long[middle] < wanted:
                    low = middle + 1
                else:
                    high = middle
            at = low if at < len(long) and long[at] < wanted else at
        else:
            while at < len(long) and long[at] < wanted:
                at += 1
        if at == len(long):
            break
        if long[at] == wanted:
            in_short[found], in_long[found] = place, at
            found += 1
    return in_short[:found], in_long[:found]


@kernel
def _followed(
    offsets: Any, positions: Any, next_offsets: Any, next_positions: Any, distance: Any, last: Any
) -> Any:
    kept_offsets = np.zeros(len(offsets), np.int64)
    kept = np.empty(len(offsets) - 1 if last else len(positions), np.int32)
    found = 0
    for doc in range(len(offsets) - 1):
        at, stop = offsets[doc], offsets[doc + 1]
        other, other_stop = next_offsets[doc], next_offsets[doc + 1]
        while at < stop and other < other_stop:
            wanted = positions[at] + distance
            if next_positions[other] < wanted:
                other += 1
            elif next_positions[other] > wanted:
                at += 1
            else:
                kept[found] = positions[at]
                found += 1
                if last:
                    break
                at += 1
                other += 1
        kept_offsets[doc + 1] = found
    return kept_offsets, kept[:found]
