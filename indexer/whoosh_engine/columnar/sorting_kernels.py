"""The compiled loops of the counting sort from entries to postings.

An occurrence is sorted as one number, uint64: its document times 2 to the 32, plus its word position, or for
a stem its field. So that it is put in its place by one write, to one array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import bare_kernel

Array = NDArray[Any]

_HIGH = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@bare_kernel
def count_terms(terms: Array, counts: Array) -> None:
    """Add the occurrences of the terms, or stems, to `counts`, int64[terms]."""
    for term in terms:
        counts[term] += 1


@bare_kernel
def place_terms(
    terms: Array, positions: Array, ends: Array, docs: Array, places: Array, occurrences: Array
) -> None:
    """Put each occurrence where it belongs; the arrays as expand gives them, `docs` ascending.

    `places` int64[terms] is where each term's next occurrence goes.
    """
    for text in range(len(ends)):
        doc = np.uint64(docs[text]) << _HIGH
        for at in range(ends[text - 1] if text else 0, ends[text]):
            term = terms[at]
            place = places[term]
            occurrences[place] = doc | np.uint64(positions[at])
            places[term] = place + 1


@bare_kernel
def place_stems(
    stems: Array, fields: Array, ends: Array, docs: Array, places: Array, occurrences: Array
) -> None:
    """As place_terms for stems; `fields` uint8[t] are the texts' own."""
    for text in range(len(ends)):
        placed = np.uint64(docs[text]) << _HIGH | np.uint64(fields[text])
        for at in range(ends[text - 1] if text else 0, ends[text]):
            stem = stems[at]
            place = places[stem]
            occurrences[place] = placed
            places[stem] = place + 1


@bare_kernel
def terms_to_postings(
    occurrences: Array,
    ends: Array,
    bases: Array,
    counted: Array,
    offsets: Array,
    docs: Array,
    weights: Array,
    position_offsets: Array,
    positions: Array,
) -> int:
    """The postings of sorted terms, and how many these are.

    `ends` int64[t] is where each term's occurrences end. In a field, whose first position is bases[field],
    each counts for counted[field]; the fields are in order. Written as data.FieldPostings.
    """
    count, at = 0, 0
    for term in range(len(ends)):
        before = np.int64(-1)
        while at < ends[term]:
            doc, position = np.int64(occurrences[at] >> _HIGH), np.int64(occurrences[at] & _LOW)
            if doc != before:
                docs[count], weights[count], position_offsets[count] = doc, 0, at
                count += 1
                before = doc
            field = len(bases) - 1
            while position < bases[field]:
                field -= 1
            weights[count - 1] += counted[field]
            positions[at] = position
            at += 1
        offsets[term + 1] = count
    position_offsets[count] = at
    return count


@bare_kernel
def stems_to_postings(
    occurrences: Array,
    ends: Array,
    counted: Array,
    bits: Array,
    offsets: Array,
    docs: Array,
    weights: Array,
    masks: Array,
) -> int:
    """As terms_to_postings for stems: no positions, but the bits of their fields joined to a mask."""
    count, at = 0, 0
    for stem in range(len(ends)):
        before = np.int64(-1)
        while at < ends[stem]:
            doc, field = np.int64(occurrences[at] >> _HIGH), occurrences[at] & _LOW
            if doc != before:
                docs[count], weights[count], masks[count] = doc, 0, 0
                count += 1
                before = doc
            weights[count - 1] += counted[field]
            masks[count - 1] |= bits[field]
            at += 1
        offsets[stem + 1] = count
    return count
