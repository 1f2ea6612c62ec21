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
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.store import Store
from indexer.whoosh_engine.term_kernels import ANY_LETTERS, ONE_LETTER, fitting, shapes_of

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
        if prefix:
            return list(self._store.terms(self._field, prefix))
        return self._at(np.arange(len(self._terms)))

    def matching(self, pattern: str) -> list[str]:
        """The terms that a pattern of `*` (any letters) and `?` (one letter) fits as a whole, in order."""
        literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
        if literal:
            fits = re.compile(
                "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern),
                re.S,
            ).fullmatch
            return [term for term in self.starting_with(literal) if fits(term)]
        signs = {"*": [ANY_LETTERS], "?": [ONE_LETTER]}
        codes = [
            code for char in pattern for code in signs.get(char) or char.encode("utf-8", "surrogatepass")
        ]
        chosen = np.zeros(len(self._terms), bool)
        terms = self._terms
        fitting(read_only(terms.blob), read_only(terms.offsets), np.array(codes, np.int64), chosen)
        return self._at(np.flatnonzero(chosen))

    def near(self, word: str, distance: int) -> list[str]:
        """The terms within so many edits (insert, delete, replace, swap of neighbours), in order.

        Optimal string alignment: no part is edited twice.
        """
        shapes = self._shapes
        # An edit adds or takes away one letter, or both: only a term that shares the others can be near.
        # Of 290,000 terms that leaves some hundred, and a search takes 0.5 ms instead of 8.
        low, high = np.searchsorted(shapes.lengths, (len(word) - distance, len(word) + distance + 1))
        asked = reduce(or_, (1 << ord(letter) % _LETTER_BITS for letter in word), 0)
        alike = np.bitwise_count(shapes.letters[low:high] ^ np.uint64(asked)) <= 2 * distance
        candidates = self._at(np.sort(shapes.places[low:high][alike]))
        rows = process.extract_iter(word, candidates, scorer=OSA.distance, score_cutoff=distance)
        return [term for term, _distance, _place in rows]

    def _at(self, places: NDArray[np.int64]) -> list[str]:
        """The terms at those places among all."""
        blob, offsets = self._terms.blob.data, self._terms.offsets
        spans = zip(offsets[places].tolist(), offsets[places + 1].tolist(), strict=True)
        return [str(blob[start:stop], "utf-8", "surrogatepass") for start, stop in spans]

    @cached_property
    def _terms(self) -> Strings:
        return self._store.strings(self._field)

    @cached_property
    def _shapes(self) -> _Shapes:
        terms = self._terms
        lengths, letters = np.empty(len(terms), np.int32), np.empty(len(terms), np.uint64)
        shapes_of(read_only(terms.blob), read_only(terms.offsets), lengths, letters)
        places = np.argsort(lengths, kind="stable")
        return _Shapes(lengths[places], letters[places], places)


class _Shapes(NamedTuple):
    """Of each term its length, the set of its letters, a bit each, and its place; shortest terms first."""

    lengths: NDArray[np.int32]
    letters: NDArray[np.uint64]
    places: NDArray[np.int64]


def bounded(clause: str, terms: list[str], most: int) -> tuple[str, ...]:
    """The terms, or QueryTooBroad with their number when they are more than `most`."""
    if len(terms) > most:
        raise QueryTooBroad(clause, len(terms), most)
    return tuple(terms)
