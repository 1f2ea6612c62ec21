"""The exact terms of one generation in order: what prefixes, wildcards, misspellings and completions read."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.errors import QueryTooBroad


class Dictionary:
    """Sorted terms with their document frequencies. Made once per generation, then only read."""

    def __init__(self, frequencies: Mapping[str, int]):
        self._frequencies = frequencies
        self._terms = sorted(frequencies)
        self._by_length: dict[int, list[str]] = {}

    def __len__(self) -> int:
        return len(self._terms)

    def frequency(self, term: str) -> int:
        return self._frequencies.get(term, 0)

    def starting_with(self, prefix: str) -> list[str]:
        """The terms that begin with `prefix`, in order."""
        first = bisect.bisect_left(self._terms, prefix)
        last = bisect.bisect_right(self._terms, prefix + "\U0010ffff", lo=first)
        return self._terms[first:last]

    def matching(self, pattern: str) -> list[str]:
        """The terms that a pattern of `*` (any letters) and `?` (one letter) fits as a whole, in order."""
        literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
        fits = re.compile(
            "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern),
            re.S,
        ).fullmatch
        return [term for term in self.starting_with(literal) if fits(term)]

    def near(self, word: str, distance: int) -> list[str]:
        """The terms within so many edits (insert, delete, replace, swap of neighbours), in order.

        Optimal string alignment: no part is edited twice.
        """
        if not self._by_length:
            # Made whole before it is seen: several threads may ask at once.
            by_length: dict[int, list[str]] = {}
            for term in self._terms:
                by_length.setdefault(len(term), []).append(term)
            self._by_length = by_length
        found: list[str] = []
        for length in range(max(1, len(word) - distance), len(word) + distance + 1):
            rows = process.extract_iter(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=distance
            )
            found.extend(term for term, _distance, _place in rows)
        return sorted(found)


def bounded(clause: str, terms: list[str], most: int) -> tuple[str, ...]:
    """The terms, or QueryTooBroad with their number when they are more than `most`."""
    if len(terms) > most:
        raise QueryTooBroad(clause, len(terms), most)
    return tuple(terms)
