"""What each code point is to the analysis, as one byte: the regular expressions of analysis.py as a table."""

from __future__ import annotations

from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from indexer.analysis import _CJK, _JOINER, _LETTER
from indexer.whoosh_engine.columnar.kernels import CJK, JOINER, LETTER, LOWER, NEWLINE, UPPER

CODE_POINTS = 0x110000
# No letter of a higher plane has case; a test looks at all of them.
_CASED_BELOW = 0x20000


@cache
def code_point_classes() -> NDArray[np.uint8]:
    """The bits of kernels.py for every code point; uint8[CODE_POINTS]. Takes 0.05 s once a process."""
    table = np.zeros(CODE_POINTS, np.uint8)
    every = np.arange(CODE_POINTS, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for bit, pattern in ((LETTER, _LETTER), (CJK, f"[{_CJK}]"), (JOINER, f"[{_JOINER}]")):
        for run in regex.finditer(f"(?V1){pattern}+", every):
            table[run.start() : run.end()] |= bit
    table[ord("\n")] |= NEWLINE
    for code in range(_CASED_BELOW):
        char = every[code]
        if char.islower() or (char.istitle() and not char.isupper()):
            table[code] |= LOWER
        elif char.isupper():
            table[code] |= UPPER
    table.flags.writeable = False
    return table
