"""What each code point is to the analysis, as one byte: the regular expressions of analysis.py as a table."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from indexer.analysis import _CJK, _JOINER, _LETTER
from indexer.whoosh_engine.columnar.kernels import CJK, JOINER, LETTER, LOWER, NEWLINE, UPPER

CODE_POINTS = 0x110000
# The planes with anything in them but private use, and where the letters with case end; a test looks at every
# code point. Looking at all of them here took 65 ms, at every start.
_PLANES = ((0, 0x40000), (0xE0000, 0xF0000))
_CASED_BELOW = 0x20000
# Syllables and ideographs that NFKC leaves as they are; a test looks at each.
_LEFT_ALONE = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xAC00, 0xD7A4))


@cache
def code_point_classes() -> NDArray[np.uint8]:
    """The bits of kernels.py for every code point; uint8[CODE_POINTS]. Takes 0.025 s once a process."""
    table = np.zeros(CODE_POINTS, np.uint8)
    for first, stop in _PLANES:
        here = table[first:stop]
        chars = np.arange(first, stop, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
        for bit, pattern in ((LETTER, _LETTER), (CJK, f"[{_CJK}]"), (JOINER, f"[{_JOINER}]")):
            for run in regex.finditer(f"(?V1){pattern}+", chars):
                here[run.start() : run.end()] |= bit
    table[ord("\n")] |= NEWLINE
    for code in range(_CASED_BELOW):
        char = chr(code)
        if char.isupper():
            table[code] |= UPPER
        elif char.islower() or char.istitle():
            table[code] |= LOWER
    table.flags.writeable = False
    return table


@cache
def folded_codes() -> NDArray[np.uint16]:
    """What analysis.term_of makes of a letter that stands for one code point whatever is beside it, else 0.

    uint16[2**16]; of Han, Kana and Hangul what NFKC makes of it. Only letters (Unicode category L) outside
    Han, Kana and Hangul are mapped, of which none composes with a letter before it. Takes 0.015 s once a
    process.
    """
    table = np.zeros(1 << 16, np.uint16)
    for first, stop in _LEFT_ALONE:
        table[first:stop] = np.arange(first, stop)
    classes = code_point_classes()[: len(table)]
    letters = (classes & (LETTER | CJK) > 0) & (classes & JOINER == 0)
    for code in np.flatnonzero(letters & (table == 0)).tolist():
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char)
        if classes[code] & LETTER:
            if unicodedata.category(char)[0] != "L" or unicodedata.category(plain[0])[0] != "L":
                continue
            folded = unicodedata.normalize("NFKC", plain.casefold())
            if unicodedata.category(folded[0])[0] != "L":
                continue
        else:
            folded = plain
        if len(plain) == len(folded) == 1 and ord(folded) < len(table):
            table[code] = ord(folded)
    table.flags.writeable = False
    return table
