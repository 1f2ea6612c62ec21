"""Compiled loops over ascending arrays: unions, intersections and neighbours.

Documents are int32, scores float64 of the same length; keys are int64, a document's place in a list shifted
left by 32 and a word position added. Inputs ascend and hold nothing twice; outputs too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import kernel

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

# A list this many times longer than the other is searched, not walked.
_MUCH_LONGER = 16


def united(docs_a: Int32s, scores_a: Float64s, docs_b: Int32s, scores_b: Float64s) -> tuple[Int32s, Float64s]:
    """The documents in either list, and their scores; added, a's first, where in both."""
    docs, scores = _united(_read(docs_a), _read(scores_a), _read(docs_b), _read(scores_b))
    return docs, scores


def common(short: Int32s, long: Int32s) -> tuple[Int64s, Int64s]:
    """Where the documents in both lists stand: places in the one and in the other.

    A much longer second list is galloped through (Bentley and Yao 1976): its next place is sought in steps
    that double, then by halves.
    """
    in_short, in_long = _common(_read(short), _read(long))
    return in_short, in_long


def scored(
    docs: Int32s, weights: NDArray[Any], norms: Float64s, idf: float, boost: float, k1: float
) -> Float64s:
    """The scores of postings (execute.py): `norms` is of all documents of the segment."""
    scores: Float64s = _scored(_read(docs), _read(weights), _read(norms), idf, boost, k1)
    return scores


def followed(keys: Int64s, others: Int64s, offset: int) -> Int64s:
    """The keys that have another `offset` places after them in the same document."""
    kept: Int64s = _followed(_read(keys), _read(others), offset)
    return kept


def _read(array: NDArray[Any]) -> NDArray[Any]:
    """The array as one only to be read, in memory or in a file alike: kernels compile once for both."""
    view = np.ascontiguousarray(array).view(np.ndarray)
    view.flags.writeable = False
    return view


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
def _followed(keys: Any, others: Any, offset: Any) -> Any:
    kept = np.empty(len(keys), np.int64)
    at = found = 0
    for key in keys:
        while at < len(others) and others[at] < key + offset:
            at += 1
        if at == len(others):
            break
        if others[at] == key + offset:
            kept[found] = key
            found += 1
    return kept[:found]
