"""What simple chunks consist of, compiled: analysis.chunk_of for those whose letters map one to one.

A chunk is simple when each of its code points is a joiner of _JOINERS, an ASCII digit, or a letter that
classes.folded_codes() maps to one code point. Others are left to Python, and so are all stems: here a word
is the pair of its exact term and its mark, and gets a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import TERM_MOST
from indexer.whoosh_engine.columnar.compiled import bare_inlined, bare_kernel
from indexer.whoosh_engine.columnar.kernels import CJK, LOWER, UPPER
from indexer.whoosh_engine.columnar.names_kernels import number_of

Array = NDArray[Any]

# Of learn's state, int64[6]: terms and words known, and what was written of each kind.
TERMS, WORDS, PARTED, TOKENS, STEMS, OTHERS = range(6)
# A term in UTF-8, or an acronym of up to five letters with dots between.
SCRATCH = 3 * TERM_MOST

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HYPHEN, _APOSTROPHE, _AMPERSAND, _DOT, _COMMA, _CURLED = 0x2D, 0x27, 0x26, 0x2E, 0x2C, 0x2019
_ACRONYM_MOST = 5
_NO_WORD = -1


@bare_inlined
def _is_joiner(code: int) -> bool:
    """Whether a code point is a joiner that NFKC leaves apart from other letters (2011 becomes 2010)."""
    return code in (_HYPHEN, _APOSTROPHE, _AMPERSAND, _DOT, _COMMA, _CURLED, 0x2010, 0x2011)


@bare_inlined
def _is_digit(code: int) -> bool:
    return 48 <= code <= 57


@bare_inlined
def _put_code(code: int, scratch: Array, size: int) -> int:
    """Put a code point below 2**16 as UTF-8 at scratch[size:]; the end."""
    if code < 0x80:
        scratch[size] = code
        return size + 1
    if code < 0x800:
        scratch[size] = 0xC0 | code >> 6
        scratch[size + 1] = 0x80 | code & 63
        return size + 2
    scratch[size] = 0xE0 | code >> 12
    scratch[size + 1] = 0x80 | code >> 6 & 63
    scratch[size + 2] = 0x80 | code & 63
    return size + 3


@bare_inlined
def _put_letters(
    codes: Array, at: int, end: int, folded: Array, joined: bool, dotted: bool, scratch: Array
) -> int:
    """Put the folded code points of codes[at:end] at the head of `scratch`; how many bytes.

    `joined` leaves joiners out, `dotted` puts a dot between each two.
    """
    size, count = 0, 0
    while at < end and count < TERM_MOST:
        code = codes[at]
        at += 1
        if joined and _is_joiner(code):
            continue
        if dotted and count:
            scratch[size] = _DOT
            size += 1
        size = _put_code(folded[code] if folded[code] else code, scratch, size)
        count += 1
    return size


@bare_inlined
def _number_shape(codes: Array, at: int, end: int) -> int:
    """Which number analysis._number reads: 0 none, 1 digits, 2 grouped by commas, 3 by dots, 4 a decimal.

    `codes[at]` is a digit.
    """
    commas, dots, run, first = 0, 0, 0, 0
    # Of the runs of digits: the last mark before, and whether they can be groups of either kind.
    by_commas, by_dots = True, True
    last_mark, last_run = 0, 0
    for place in range(at, end + 1):
        code = codes[place] if place < end else 0
        if place < end and _is_digit(code):
            run += 1
            continue
        if place < end and code != _DOT and code != _COMMA:
            return 0
        # A run ends here.
        marks = commas + dots
        if marks == 0:
            first = run
            by_commas = by_dots = run <= 3
        elif last_mark == _COMMA:
            # By commas every group has 2 or 3 digits, the last 3; by dots nothing follows a comma.
            by_dots = by_dots and place == end
            by_commas = by_commas and (run == 3 or (run == 2 and code == _COMMA))
        else:
            by_commas = by_commas and place == end
            by_dots = by_dots and run == 3
        last_run = run
        run = 0
        if place < end:
            if code == _COMMA:
                commas += 1
            else:
                dots += 1
            last_mark = code
    if commas + dots == 0:
        return 1
    if by_commas and commas and dots <= 1:
        return 2
    if by_dots and dots >= 2 and commas <= 1:
        return 3
    if commas + dots == 1 and first and last_run:
        return 4
    return 0


@bare_inlined
def _put_number(codes: Array, at: int, end: int, shape: int, scratch: Array) -> int:
    """Put the number of that shape at the head of `scratch`; how many bytes."""
    size = 0
    while at < end and size < TERM_MOST:
        code = codes[at]
        at += 1
        if shape == 4 or (shape == 3 and code == _COMMA):
            scratch[size] = _DOT if code == _COMMA else code
            size += 1
        elif _is_digit(code) or (shape == 2 and code == _DOT):
            scratch[size] = code
            size += 1
    return size


@bare_inlined
def _other_reading(scratch: Array, size: int) -> int:
    """Make of a decimal like 1.000 the whole number 1000; its bytes, 0 where it is no other number."""
    dot = 0
    while dot < size and scratch[dot] != _DOT:
        dot += 1
    if size - dot != 4 or dot > 3 or (dot == 1 and scratch[0] == 48):
        return 0
    for place in range(dot, size - 1):
        scratch[place] = scratch[place + 1]
    return size - 1


@bare_inlined
def _word_hash(term: int, mark: int) -> np.uint64:
    mixed = (np.uint64(mark) << np.uint64(32) | np.uint64(term)) * _GOLDEN
    return mixed ^ (mixed >> np.uint64(29))


@bare_inlined
def _word_of(term: int, mark: int, slots: Array, words: Array, known: int) -> int:
    """The number of a term's word under a mark, which is `known` when it was entered just now.

    `slots` int64[power of two] has 0 or a number plus one, `words` int32[., 2] term and mark.
    """
    mask = np.uint64(len(slots) - 1)
    place = _word_hash(term, mark) & mask
    while slots[place]:
        number = slots[place] - 1
        if words[number, 0] == term and words[number, 1] == mark:
            return int(number)
        place = (place + np.uint64(1)) & mask
    slots[place] = known + 1
    words[known, 0], words[known, 1] = term, mark
    return known


@bare_inlined
def _is_simple(codes: Array, at: int, end: int, folded: Array) -> bool:
    while (
        at < end
        and codes[at] < len(folded)
        and (folded[codes[at]] or _is_digit(codes[at]) or _is_joiner(codes[at]))
    ):
        at += 1
    return bool(at == end)


@bare_inlined
def _is_acronym(codes: Array, at: int, end: int) -> bool:
    """Whether it is single letters with dots between."""
    if (end - at) % 2 == 0 or end - at < 3:
        return False
    for place in range(at, end):
        code = codes[place]
        if (place - at) % 2:
            if code != _DOT:
                return False
        elif _is_digit(code) or _is_joiner(code):
            return False
    return True


@bare_inlined
def _without_possessive(codes: Array, at: int, end: int) -> int:
    """Where a chunk ends without 's."""
    if end - at > 2 and (codes[end - 1] == 0x73 or codes[end - 1] == 0x53):
        mark = codes[end - 2]
        if mark in (_APOSTROPHE, _CURLED):
            return end - 2
    return end


@bare_inlined
def _joins(codes: Array, at: int, end: int) -> bool:
    """Whether the parts are also one word: there are two and a letter, and no dots or commas between."""
    marks, letters = 0, 0
    for place in range(at, end):
        code = codes[place]
        if code in (_DOT, _COMMA):
            return False
        if _is_joiner(code):
            marks += 1
        elif not _is_digit(code):
            letters += 1
    return marks > 0 and letters > 0


@bare_kernel
def enter_words(words: Array, known: int, slots: Array) -> None:
    """Enter the known words into empty slots, after these have grown."""
    mask = np.uint64(len(slots) - 1)
    for number in range(known):
        place = _word_hash(words[number, 0], words[number, 1]) & mask
        while slots[place]:
            place = (place + np.uint64(1)) & mask
        slots[place] = number + 1


@bare_kernel
def learn(
    arena: Array,
    starts: Array,
    first: int,
    stop: int,
    classes: Array,
    folded: Array,
    scratch: Array,
    term_slots: Array,
    term_arena: Array,
    term_starts: Array,
    word_slots: Array,
    words: Array,
    plain: Array,
    places: Array,
    tokens: Array,
    token_ends: Array,
    stems: Array,
    stem_ends: Array,
    others: Array,
    state: Array,
) -> None:
    """Tell what the chunks first:stop consist of; there must be room for all in every array.

    `arena` and `starts` as find_chunks has them, the term's arrays as in names_kernels, the words' as in
    _word_of. Written: `plain` int32[chunks, 2], of a chunk that is one term at one place its term and its
    word (-1 where it has no stem), of others that are simple -1 - k and 0. Of the k-th of these `places` says
    how many it takes, `token_ends` and `stem_ends` (int64) where its rows end: of `tokens` int32[., 3] term,
    place, and 1 where a line of capitals loses it; of `stems` int32[., 2] word and place. `others` int64 are
    the chunks that are not simple; their rows of `plain` mean nothing yet.
    """
    known, word_count, parted = state[TERMS], state[WORDS], state[PARTED]
    token_count, stem_count, other_count = state[TOKENS], state[STEMS], state[OTHERS]
    for chunk in range(first, stop):
        row = chunk - first
        mark, at, end = int(arena[starts[chunk]]), starts[chunk] + 1, starts[chunk + 1]
        if not _is_simple(arena, at, end, folded):
            others[other_count] = chunk
            other_count += 1
            plain[row, 0], plain[row, 1] = -1, 0
            continue
        if classes[arena[at]] & CJK:
            size = _put_letters(arena, at, end, folded, False, False, scratch)
            term = number_of(scratch, 0, size, term_slots, term_arena, term_starts, known)
            known = max(known, term + 1)
            plain[row, 0], plain[row, 1] = term, _NO_WORD
            continue
        shape = _number_shape(arena, at, end) if _is_digit(arena[at]) else 0
        if shape or _is_acronym(arena, at, end):
            if shape:
                size = _put_number(arena, at, end, shape, scratch)
            else:
                size = _put_letters(arena, at, end, folded, False, False, scratch)
            term = number_of(scratch, 0, size, term_slots, term_arena, term_starts, known)
            known = max(known, term + 1)
            size = _other_reading(scratch, size) if shape == 4 else 0
            if not size:
                plain[row, 0], plain[row, 1] = term, _NO_WORD
                continue
            other = number_of(scratch, 0, size, term_slots, term_arena, term_starts, known)
            known = max(known, other + 1)
            for each in (term, other):
                tokens[token_count, 0], tokens[token_count, 1], tokens[token_count, 2] = each, 0, 0
                token_count += 1
            plain[row, 0], plain[row, 1] = -1 - parted, 0
            places[parted], token_ends[parted], stem_ends[parted] = 1, token_count, stem_count
            parted += 1
            continue
        dotted, ampersand = False, False
        for place in range(at, end):
            dotted = dotted or arena[place] == _DOT
            ampersand = ampersand or arena[place] == _AMPERSAND
        end = _without_possessive(arena, at, end)
        joins = _joins(arena, at, end)
        first_token, first_stem, offset = token_count, stem_count, 0
        start = at
        while start < end:
            part_end, upper, lower, digits = start, 0, 0, 0
            while part_end < end and not _is_joiner(arena[part_end]):
                code = arena[part_end]
                if _is_digit(code):
                    digits += 1
                elif classes[code] & UPPER:
                    upper += 1
                elif classes[code] & LOWER:
                    lower += 1
                part_end += 1
            size = _put_letters(arena, start, part_end, folded, False, False, scratch)
            term = number_of(scratch, 0, size, term_slots, term_arena, term_starts, known)
            known = max(known, term + 1)
            tokens[token_count, 0], tokens[token_count, 1], tokens[token_count, 2] = term, offset, 0
            token_count += 1
            length = part_end - start
            if digits < length:
                word = _word_of(term, mark, word_slots, words, word_count)
                word_count = max(word_count, word + 1)
                stems[stem_count, 0], stems[stem_count, 1] = word, offset
                stem_count += 1
            if offset == 0 and joins:
                size = _put_letters(arena, at, end, folded, True, False, scratch)
                joined = number_of(scratch, 0, size, term_slots, term_arena, term_starts, known)
                known = max(known, joined + 1)
                # A term stands at a place once. Cut to their bound both can be the same.
                if joined != term:
                    tokens[token_count, 0], tokens[token_count, 1], tokens[token_count, 2] = joined, 0, 0
                    token_count += 1
                word = _word_of(joined, mark, word_slots, words, word_count)
                word_count = max(word_count, word + 1)
                stems[stem_count, 0], stems[stem_count, 1] = word, 0
                stem_count += 1
            if 2 <= length <= _ACRONYM_MOST and upper and not lower and not digits and not ampersand:
                size = _put_letters(arena, start, part_end, folded, False, True, scratch)
                acronym = number_of(scratch, 0, size, term_slots, term_arena, term_starts, known)
                known = max(known, acronym + 1)
                tokens[token_count, 0], tokens[token_count, 1] = acronym, offset
                tokens[token_count, 2] = 0 if dotted else 1
                token_count += 1
            offset += 1
            start = part_end + 1
        if offset == 1 and token_count == first_token + 1 and stem_count <= first_stem + 1:
            plain[row, 0] = tokens[first_token, 0]
            plain[row, 1] = stems[first_stem, 0] if stem_count > first_stem else _NO_WORD
            token_count, stem_count = first_token, first_stem
        else:
            plain[row, 0], plain[row, 1] = -1 - parted, 0
            places[parted], token_ends[parted], stem_ends[parted] = offset, token_count, stem_count
            parted += 1
    state[TERMS], state[WORDS], state[PARTED] = known, word_count, parted
    state[TOKENS], state[STEMS], state[OTHERS] = token_count, stem_count, other_count
