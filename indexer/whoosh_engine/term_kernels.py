"""Compiled loops over all terms of a field as UTF-8: term t is blob[offsets[t]:offsets[t + 1]]."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import bare_inlined, bare_kernel

Array = NDArray[Any]

ANY_LETTERS, ONE_LETTER = -1, -2
"""What stands for `*` and `?` in the pattern of fitting; other numbers are bytes."""


@bare_inlined
def _letter(blob: Array, at: int, stop: int) -> tuple[Any, Any]:
    """The code point that begins at a byte, and where the next one does."""
    lead = np.int64(blob[at])
    more = np.int64(lead >= 0xC0) + np.int64(lead >= 0xE0) + np.int64(lead >= 0xF0)
    letter = lead & (0x7F >> (more + np.int64(more > 0)))
    at += 1
    for _ in range(more):
        if at < stop:
            letter = letter << 6 | np.int64(blob[at]) & 0x3F
            at += 1
    return letter, at


@bare_kernel
def shapes_of(blob: Array, offsets: Array, lengths: Array, letters: Array) -> None:
    """Tell of each term its letters: `lengths` int32 how many, `letters` uint64 which, bit n for a code point
    of n modulo 64."""
    for term in range(len(lengths)):
        at, stop = offsets[term], offsets[term + 1]
        count, seen = 0, np.uint64(0)
        while at < stop:
            letter, at = _letter(blob, at, stop)
            seen |= np.uint64(1) << np.uint64(letter & 63)
            count += 1
        lengths[term], letters[term] = count, seen


@bare_kernel
def fitting(blob: Array, offsets: Array, pattern: Array, fits: Array) -> None:
    """Tell `fits` bool of each term whether a pattern int64 fits it as a whole.

    A mismatch goes back to the last `*`, which then stands for a letter more.
    """
    for term in range(len(fits)):
        at, stop = offsets[term], offsets[term + 1]
        place = 0
        star, resumed = -1, at
        while True:
            if place < len(pattern) and pattern[place] == ANY_LETTERS:
                star, resumed = place, at
                place += 1
            elif at < stop and place < len(pattern) and pattern[place] == ONE_LETTER:
                _, at = _letter(blob, at, stop)
                place += 1
            elif at < stop and place < len(pattern) and pattern[place] == np.int64(blob[at]):
                at += 1
                place += 1
            elif at == stop and place == len(pattern):
                fits[term] = True
                break
            elif star >= 0 and resumed < stop:
                _, resumed = _letter(blob, resumed, stop)
                at, place = resumed, star + 1
            else:
                fits[term] = False
                break
