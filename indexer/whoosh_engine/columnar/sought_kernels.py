"""The compiled loop that finds, in shown texts, the chunks that may hold a word that is looked for.

It is kernels.find_chunks but for chunks of the letters a to z alone, which are most: such a one is one word
(analysis.py), and passed by when none of the words sought begins as it does. To look up every chunk took
three quarters of the time that marking did; the table is large, and each look into it is memory from afar.
"""

from __future__ import annotations

import numpy as np

from indexer.whoosh_engine.columnar.compiled import bare_inlined, bare_kernel
from indexer.whoosh_engine.columnar.kernels import (
    AT,
    CJK,
    FOUND,
    JOINER,
    KNOWN,
    LETTER,
    LINE,
    LOW,
    NEWLINE,
    SHOUTED,
    TEXT,
    UNSEEN,
    Array,
    begun,
    entered,
    has_room,
    hash_of,
    is_shouted,
    letters,
)

# One more of the state: the words passed by in the text so far.
PASSED = 6
LETTERS = 26


@bare_inlined
def _plain_end(codes: Array, at: int, stop: int, classes: Array) -> int:
    """Where the chunk of the letters a to z ends that starts at `at`; `at` when it is another chunk."""
    end = at
    while end < stop and np.uint32((codes[end] | np.uint32(32)) - np.uint32(97)) < LETTERS:
        end += 1
    if end < stop:
        kind = classes[codes[end]]
        joined = kind & JOINER and end + 1 < stop and classes[codes[end + 1]] & LETTER
        if kind & LETTER or joined:
            end = at
    return end


@bare_inlined
def _begins_so(codes: Array, at: int, end: int, beginnings: Array) -> bool:
    """Whether a word sought begins as the plain chunk [at, end) does."""
    second = np.uint32(LETTERS)
    if end - at > 1:
        second = (codes[at + 1] | np.uint32(32)) - np.uint32(97)
    return bool(beginnings[(codes[at] | np.uint32(32)) - np.uint32(97), second])


@bare_kernel
def find_sought(
    codes: Array,
    bounds: Array,
    sorts: Array,
    sought: Array,
    classes: Array,
    slots: Array,
    arena: Array,
    starts: Array,
    occurrences: Array,
    places: Array,
    passed: Array,
    ends: Array,
    state: Array,
) -> bool:
    """The chunks of the texts that may hold a word sought; False when a table is too small to go on.

    As find_chunks, with all texts under one mark. `sought` uint8[s, LETTERS, LETTERS + 1] is not 0 where a
    word sought begins with these two letters, or is the first one alone (last column); `sorts` int64[t] says
    which of the s counts for a text. Written beside: of each occurrence `places` int64, the characters of its
    text before it, and `passed` int64, the chunks of its text before it that are passed by.
    """
    text, at, line, shouted = state[TEXT], state[AT], state[LINE], state[SHOUTED]
    found, known, over = state[FOUND], state[KNOWN], state[PASSED]
    enough = True
    while text < len(sorts) and enough:
        begin, stop, beginnings = bounds[text], bounds[text + 1], sought[sorts[text]]
        while at < stop:
            kind = classes[codes[at]]
            if not kind & (LETTER | CJK):
                at += 1
                if kind & NEWLINE:
                    line, shouted = at, UNSEEN
                continue
            if kind & LETTER:
                last = _plain_end(codes, at, stop, classes)
                if last > at and not _begins_so(codes, at, last, beginnings):
                    over += 1
                    at = last
                    continue
                last, mixed = letters(codes, at, stop, classes, begun(0))
                after = last
            else:
                after = at + 1
                last = at + 2 if after < stop and classes[codes[after]] & CJK else after
                mixed = hash_of(codes, at, last, 0)
            if not has_room(known, last - at, slots, arena, starts):
                enough = False
                break
            if shouted == UNSEEN:
                shouted = is_shouted(codes, line, stop, classes)
            slot, known = entered(codes, at, last, 0, mixed, slots, arena, starts, known)
            occurrences[found] = int(slot & LOW) * 2 - 2 + shouted
            places[found], passed[found] = at - begin, over
            found += 1
            at = after
        if enough:
            ends[text] = found
            text += 1
            at = line = stop
            shouted, over = UNSEEN, 0
    state[TEXT], state[AT], state[LINE], state[SHOUTED] = text, at, line, shouted
    state[FOUND], state[KNOWN], state[PASSED] = found, known, over
    return enough


@bare_kernel
def place_sought(
    wanted: Array, widths: Array, occurrences: Array, ends: Array, places: Array, passed: Array, rows: Array
) -> int:
    """Which occurrences are of chunks whose number is not 0 in `wanted` uint8; how many.

    `widths` int32 are the word positions that each chunk takes; one that is passed by takes one. Written:
    `rows` int64[occurrences, 4], of each its text, itself, the characters and the word positions before it.
    """
    count, at = 0, 0
    for text in range(len(ends)):
        position = 0
        while at < ends[text]:
            chunk = occurrences[at] >> 1
            if wanted[chunk]:
                rows[count, 0], rows[count, 1] = text, occurrences[at]
                rows[count, 2], rows[count, 3] = places[at], position + passed[at]
                count += 1
            position += widths[chunk]
            at += 1
    return count
