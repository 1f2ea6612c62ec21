"""The compiled loops from code points to terms. Nothing here knows an article.

    codes     uint32[n]       code points of some thousand texts, end to end
    bounds    int64[t + 1]    text i is codes[bounds[i]:bounds[i + 1]]
    marks     int64[t]        the number of each text's language mark

    find_chunks   which chunk of the growing table stands where; sought_kernels.py: in shown texts
    expand        chunks to terms at word positions, and stems

A text is one field of one article (one value, where a field has several).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import bare_inlined, bare_kernel

Array = NDArray[Any]

# Bits of a code point's class; classes.py makes the table. They stand here because compiled code is kept
# until this file changes, and constants are compiled in.
LETTER = 1  # a letter, mark or digit outside Han, Kana and Hangul
CJK = 2  # Han, Kana, Hangul
JOINER = 4  # holds letters together where it stands between two of them
NEWLINE = 8
UPPER = 16
LOWER = 32  # also titlecase: what keeps str.isupper from being true

# Of find_chunks' state, int64: the text, the next code point, the start of its line, whether that line is
# all capitals, the occurrences found and the chunks known so far.
TEXT, AT, LINE, SHOUTED, FOUND, KNOWN = range(6)
UNSEEN = -1

# 2 to the 64 over the golden ratio: Knuth, The Art of Computer Programming 3, 6.4.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
LOW = np.uint64(0xFFFFFFFF)


@bare_inlined
def begun(mark: int) -> np.uint64:
    """The hash of a mark and no code points."""
    return np.uint64(mark + 1) * _GOLDEN


@bare_inlined
def _with_code(mixed: np.uint64, code: int) -> np.uint64:
    """The hash of one code point more: multiplicative, as in Knuth."""
    return (mixed ^ np.uint64(code)) * _GOLDEN


@bare_inlined
def _finished(mixed: np.uint64) -> np.uint64:
    """Every bit of the hash from every bit so far."""
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _GOLDEN
    return mixed ^ (mixed >> np.uint64(29))


@bare_inlined
def letters(codes: Array, at: int, stop: int, classes: Array, mixed: np.uint64) -> tuple[int, np.uint64]:
    """Where the chunk of letters that starts at `at` ends, and its hash.

    It is letters, and joiners between two letters.
    """
    mixed = _with_code(mixed, codes[at])
    end = at + 1
    while end < stop:
        kind = classes[codes[end]]
        if not kind & LETTER:
            if not (kind & JOINER and end + 1 < stop and classes[codes[end + 1]] & LETTER):
                break
            mixed = _with_code(mixed, codes[end])
            end += 1
        mixed = _with_code(mixed, codes[end])
        end += 1
    return end, _finished(mixed)


@bare_inlined
def is_shouted(codes: Array, at: int, stop: int, classes: Array) -> int:
    """1 when str.isupper holds for the line that starts at `at`, else 0."""
    cased, lower = 0, 0
    while at < stop and not lower:
        kind = classes[codes[at]]
        if kind & NEWLINE:
            stop = at
        elif kind & LOWER:
            lower = 1
        elif kind & UPPER:
            cased = 1
        at += 1
    return cased & ~lower


@bare_inlined
def hash_of(codes: Array, at: int, last: int, mark: int) -> np.uint64:
    """The hash of a mark and the code points [at, last)."""
    mixed = begun(mark)
    for place in range(at, last):
        mixed = _with_code(mixed, codes[place])
    return _finished(mixed)


@bare_inlined
def _is_chunk(codes: Array, at: int, last: int, mark: int, arena: Array, start: int, end: int) -> bool:
    """Whether arena[start:end] holds the mark and then the code points [at, last)."""
    same = 0
    if end - start == last - at + 1 and arena[start] == mark:
        same = 1
        while same < end - start and arena[start + same] == codes[at + same - 1]:
            same += 1
    return same == end - start


@bare_inlined
def _slot_of(
    codes: Array, at: int, last: int, mark: int, mixed: np.uint64, slots: Array, arena: Array, starts: Array
) -> np.uint64:
    """The slot of the chunk [at, last) of that hash, or the empty one where it belongs.

    Open addressing with linear probing. A slot is 0 or the upper half of the hash and the number plus one;
    equal halves are never taken for equal chunks.
    """
    mask = np.uint64(len(slots) - 1)
    place = mixed & mask
    looking = True
    while looking:
        slot = slots[place]
        number = int(slot & LOW) - 1
        if slot == 0 or (
            slot >> np.uint64(32) == mixed >> np.uint64(32)
            and _is_chunk(codes, at, last, mark, arena, starts[number], starts[number + 1])
        ):
            looking = False
        else:
            place = (place + np.uint64(1)) & mask
    return place


@bare_inlined
def has_room(known: int, length: int, slots: Array, arena: Array, starts: Array) -> bool:
    """Whether the table of so many chunks has room for one more of so many code points."""
    return (
        2 * (known + 1) <= len(slots)
        and known + 2 <= len(starts)
        and starts[known] + 1 + length <= len(arena)
    )


@bare_inlined
def entered(
    codes: Array,
    at: int,
    last: int,
    mark: int,
    mixed: np.uint64,
    slots: Array,
    arena: Array,
    starts: Array,
    known: int,
) -> tuple[np.uint64, int]:
    """The slot of the chunk [at, last) of that hash, entered if it is new, and how many chunks are known."""
    place = _slot_of(codes, at, last, mark, mixed, slots, arena, starts)
    if slots[place] == 0:
        slots[place] = (mixed & ~LOW) | np.uint64(known + 1)
        start = starts[known]
        arena[start] = mark
        for offset in range(last - at):
            arena[start + 1 + offset] = codes[at + offset]
        known += 1
        starts[known] = start + 1 + last - at
    return slots[place], known


@bare_kernel
def find_chunks(
    codes: Array,
    bounds: Array,
    marks: Array,
    classes: Array,
    slots: Array,
    arena: Array,
    starts: Array,
    occurrences: Array,
    ends: Array,
    state: Array,
) -> bool:
    """The chunks of the texts as numbers; False when a table is too small to go on.

    `classes` is classes.code_point_classes(). The table of chunks: `slots` uint64[power of two], `arena`
    uint32 with mark and code points of chunk i at arena[starts[i]:starts[i + 1]], `starts` int64. Written:
    `occurrences` uint32[n at least], chunk number times two plus one in a line all in capitals, and `ends`
    int64[t], how many occurrences there are up to the end of each text. Of Han, Kana and Hangul every
    adjacent pair is a chunk, and the last character alone.

    After False the caller makes the tables larger and calls again with the same `state`.
    """
    text, at, line, shouted = state[TEXT], state[AT], state[LINE], state[SHOUTED]
    found, known = state[FOUND], state[KNOWN]
    enough = True
    while text < len(marks) and enough:
        stop, mark = bounds[text + 1], marks[text]
        while at < stop:
            kind = classes[codes[at]]
            if not kind & (LETTER | CJK):
                at += 1
                if kind & NEWLINE:
                    line, shouted = at, UNSEEN
                continue
            if kind & LETTER:
                last, mixed = letters(codes, at, stop, classes, begun(mark))
                after = last
            else:
                after = at + 1
                last = at + 2 if after < stop and classes[codes[after]] & CJK else after
                mixed = hash_of(codes, at, last, mark)
            if not has_room(known, last - at, slots, arena, starts):
                enough = False
                break
            if shouted == UNSEEN:
                shouted = is_shouted(codes, line, stop, classes)
            slot, known = entered(codes, at, last, mark, mixed, slots, arena, starts, known)
            occurrences[found] = int(slot & LOW) * 2 - 2 + shouted
            found += 1
            at = after
        if enough:
            ends[text] = found
            text += 1
            at = line = bounds[text] if text < len(marks) else stop
            shouted = UNSEEN
    state[TEXT], state[AT], state[LINE], state[SHOUTED] = text, at, line, shouted
    state[FOUND], state[KNOWN] = found, known
    return enough


@bare_kernel
def enter_again(arena: Array, starts: Array, known: int, slots: Array) -> None:
    """Enter the known chunks into empty slots, after these have grown."""
    mask = np.uint64(len(slots) - 1)
    for number in range(known):
        start, end = starts[number], starts[number + 1]
        mixed = hash_of(arena, start + 1, end, int(arena[start]))
        place = mixed & mask
        while slots[place] != 0:
            place = (place + np.uint64(1)) & mask
        slots[place] = (mixed & ~LOW) | np.uint64(number + 1)


@bare_kernel
def expanded_sizes(occurrences: Array, plain: Array, token_starts: Array, stem_starts: Array) -> Any:
    """How many terms and stems the occurrences give at most; see expand."""
    terms, stems = 0, 0
    for occurrence in occurrences:
        first = plain[occurrence >> 1, 0]
        if first >= 0:
            terms += 1
            stems += 1
        else:
            at = -1 - first
            terms += token_starts[at + 1] - token_starts[at]
            stems += stem_starts[at + 1] - stem_starts[at]
    return terms, stems


@bare_kernel
def expand(
    occurrences: Array,
    ends: Array,
    docs: Array,
    fields: Array,
    bases: Array,
    limits: Array,
    gap: int,
    plain: Array,
    places: Array,
    token_starts: Array,
    token_terms: Array,
    token_offsets: Array,
    token_drops: Array,
    stem_starts: Array,
    stem_numbers: Array,
    stem_offsets: Array,
    terms: Array,
    positions: Array,
    term_ends: Array,
    stems: Array,
    stem_ends: Array,
    words: Array,
) -> None:
    """Chunks to terms and stems, text by text.

    Of text i: `ends` as find_chunks gives it, `docs` its document, `fields` its field. Of field f: word
    position 0 is at bases[f] and what stands at limits[f] or later is left out (int64; 0 for a limit: none,
    and no stems). A text of the same document and field as the one before continues `gap` after its last
    word.

    `plain` int32[chunks, 2]: a chunk that is one term at one position is (term, stem or -1); any other is
    (-1 - k, 0), where k leads to the word positions it takes, places[k] int32, to its terms
    token_terms[token_starts[k]:token_starts[k + 1]] with their positions in it and a 1 in `token_drops` for
    those left out in a line all in capitals, and likewise to its stems, one for each occurrence.

    Written: `terms` and `positions` int32 with `term_ends` int64[t] up to the end of each text, `stems`
    int32 with `stem_ends`, `words` int64[t] the word positions up to the text's last term.
    """
    count, stem_count, start, base, last = 0, 0, 0, 0, -1
    for text in range(len(ends)):
        field = fields[text]
        if text and docs[text] == docs[text - 1] and field == fields[text - 1]:
            base += max(last, 0) + gap
        else:
            base = bases[field]
        stemmed = limits[field] > 0
        limit = limits[field] if stemmed else np.int64(2**62)
        position, last = 0, -1
        for at in range(start, ends[text]):
            if position >= limit:
                break
            chunk, shouted = occurrences[at] >> 1, occurrences[at] & 1
            first = plain[chunk, 0]
            if first >= 0:
                terms[count], positions[count] = first, base + position
                count += 1
                last = position
                if stemmed and plain[chunk, 1] >= 0:
                    stems[stem_count] = plain[chunk, 1]
                    stem_count += 1
                position += 1
                continue
            k = -1 - first
            for token in range(token_starts[k], token_starts[k + 1]):
                place = position + token_offsets[token]
                if place < limit and not (shouted and token_drops[token]):
                    terms[count], positions[count] = token_terms[token], base + place
                    count += 1
                    last = place
            if stemmed:
                for token in range(stem_starts[k], stem_starts[k + 1]):
                    if position + stem_offsets[token] < limit:
                        stems[stem_count] = stem_numbers[token]
                        stem_count += 1
            position += places[k]
        start = ends[text]
        term_ends[text], stem_ends[text], words[text] = count, stem_count, last + 1
