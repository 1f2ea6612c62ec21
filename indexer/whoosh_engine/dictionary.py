"""The exact terms of one generation in order: what prefixes, wildcards, misspellings and completions read."""

from __future__ import annotations

import re
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.errors import QueryTooBroad
from indexer.whoosh_engine.store import Store

# Letters are told apart by their code point in so many bits.
_LETTER_BITS = 64


class Dictionary:
    """The terms of a field over all segments. Only what is asked for is read from the files."""

    def __init__(self, store: Store, field: str):
        self._store = store
        self._field = field

    def frequency(self, term: str) -> int:
        """In how many articles a term stands, deleted ones included."""
        return self._store.document_frequency(self._field, term)

    def starting_with(self, prefix: str) -> list[str]:
        """The terms that begin with `prefix`, in order."""
        return list(self._store.terms(self._field, prefix)) if prefix else self._terms

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
        terms, shapes = self._terms, self._shapes
        # An edit adds or takes away one letter, or both: only a term that shares the others can be near.
        # Of 290,000 terms that leaves some hundred, and a search takes 0.4 ms instead of 8.
        low, high = np.searchsorted(shapes.lengths, (len(word) - distance, len(word) + distance + 1))
        asked = reduce(or_, (1 << ord(letter) % _LETTER_BITS for letter in word), 0)
        alike = np.bitwise_count(shapes.letters[low:high] ^ np.uint64(asked)) <= 2 * distance
        candidates = [terms[at] for at in np.sort(shapes.places[low:high][alike]).tolist()]
        rows = process.extract_iter(word, candidates, scorer=OSA.distance, score_cutoff=distance)
        return [term for term, _distance, _place in rows]

    @cached_property
    def _terms(self) -> list[str]:
        return list(self._store.terms(self._field))

    @cached_property
    def _shapes(self) -> _Shapes:
        lengths = np.fromiter(map(len, self._terms), np.int32, len(self._terms))
        places = np.argsort(lengths, kind="stable")
        return _Shapes(lengths[places], _letters(self._terms)[places], places)


class _Shapes(NamedTuple):
    """Of each term its length, the set of its letters, a bit each, and its place; shortest terms first."""

    lengths: NDArray[np.int32]
    letters: NDArray[np.uint64]
    places: NDArray[np.int64]


def _letters(terms: list[str]) -> NDArray[np.uint64]:
    """The set of the letters of each term (none is empty), as the bits of a number."""
    text = "".join(terms)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    bits = np.uint64(1) << (codes % _LETTER_BITS).astype(np.uint64)
    lengths = np.fromiter(map(len, terms), np.int64, len(terms))
    if not len(terms):
        return np.empty(0, np.uint64)
    found: NDArray[np.uint64] = np.bitwise_or.reduceat(bits, np.cumsum(lengths) - lengths)
    return found


def bounded(clause: str, terms: list[str], most: int) -> tuple[str, ...]:
    """The terms, or QueryTooBroad with their number when they are more than `most`."""
    if len(terms) > most:
        raise QueryTooBroad(clause, len(terms), most)
    return tuple(terms)
