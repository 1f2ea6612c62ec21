"""The texts of shown articles cut by compiled loops, and in them the places of the words asked for alone.

All texts of an answer are cut in one call, in which most chunks are passed by at a look at their first two
letters. Python sees every other distinct chunk once (analysis.chunk_of), then only the places that match.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Token, chunk_of, tokens
from indexer.stems import UNSTEMMED, Stemmer
from indexer.whoosh_engine.columnar.chunk_table import ChunkTable
from indexer.whoosh_engine.columnar.growing import Growing
from indexer.whoosh_engine.columnar.kernels import CJK
from indexer.whoosh_engine.columnar.sought_kernels import LETTERS, find_sought, place_sought

# Chunks remembered, at about 500 bytes each; then a table is given up for a new one.
KNOWN_MOST = 100_000


class Sought(NamedTuple):
    """Words that mean the same to whoever looks: exact terms, or stems with their marks."""

    stemmed: bool
    words: frozenset[str]


# A word position of a text, and the first and last plus one of the characters that stand there.
Place = tuple[int, int, int]
# Of one text: the places of each of the words sought, by their number, in order.
Places = dict[int, list[Place]]
# The number of words sought that a chunk holds, and the place of them within the chunk.
_Part = tuple[int, int, int, int]


# The languages whose stems begin with the same letters as their words do.
_SAME_BEGINNING = frozenset({"en", UNSTEMMED})
# Stems shorter than that keep the first letter alone: dying and lying have the stems die and lie.
_SHORT = 4


class ShownChunks(ChunkTable):
    """The distinct chunks of the articles shown so far. Safe in threads."""

    def __init__(self, stemmer: Stemmer):
        super().__init__()
        self._stemmer = stemmer
        self._lock = threading.Lock()
        self._tokens: list[tuple[Token, ...]] = []
        self._dotted: list[bool] = []
        self._widths = Growing(np.int32)
        self._of_term: dict[str, list[int]] = {}
        # By mark: the chunks of each stem, and how many chunks were looked at for it.
        self._of_stem: dict[str, dict[str, list[int]]] = {}
        self._stemmed: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def places(self, texts: Sequence[str], marks: Sequence[str], sought: Sequence[Sought]) -> list[Places]:
        """Where the words sought stand in each of the texts; `marks` are the texts' languages'."""
        if not texts:
            return []
        bounds = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) for text in texts], out=bounds[1:])
        different = sorted(set(marks))
        sorts = np.array([different.index(mark) for mark in marks], np.int64)
        beginnings = np.array([_beginnings(sought, mark) for mark in different])
        with self._lock:
            codes = self._code_points(texts, int(bounds[-1]))
            occurrences = np.empty(len(codes), np.uint32)
            before, passed = np.empty(len(codes), np.int64), np.empty(len(codes), np.int64)
            ends = np.empty(len(texts), np.int64)
            count = self._found(
                lambda state: find_sought(
                    codes, bounds, sorts, beginnings, self._classes, self._slots, self._arena, self._starts,
                    occurrences, before, passed, ends, state,
                ),
                len(codes),
            )  # fmt: skip
            wanted = np.zeros(len(self._tokens), np.uint8)
            wanted[self._holding(sought, different)] = 1
            widths = self._widths.array
        rows = np.empty((count, 4), np.int64)
        count = place_sought(wanted, widths, occurrences, ends, before, passed, rows)
        places: list[Places] = [{} for _ in texts]
        known: dict[tuple[int, str], list[_Part]] = {}
        for text, occurrence, start, position in rows[:count].tolist():
            mark = marks[text]
            parts = known.get((occurrence, mark))
            if parts is None:
                parts = known[occurrence, mark] = self._parts(occurrence, mark, sought)
            here = places[text]
            for number, offset, first, last in parts:
                place = position + offset, start + first, start + last
                if number in here:
                    here[number].append(place)
                else:
                    here[number] = [place]
        return places

    def _holding(self, sought: Iterable[Sought], marks: Iterable[str]) -> list[int]:
        """The chunks that may hold any of the words: in texts of one of the marks they do."""
        chunks: list[int] = []
        for stemmed, words in sought:
            for holding in [self._by_stem(mark) for mark in marks] if stemmed else [self._of_term]:
                # A wildcard stands for a thousand words, of which shown articles hold a few.
                for word in words & holding.keys():
                    chunks += holding[word]
        return chunks

    def _parts(self, occurrence: int, mark: str, sought: Sequence[Sought]) -> list[_Part]:
        """What an occurrence (find_sought) holds of the words sought."""
        chunk, shouted = occurrence >> 1, occurrence & 1
        parts = []
        for token in self._tokens[chunk]:
            if shouted and token.kind == "acronym" and not self._dotted[chunk]:
                continue
            stems = self._stemmer.stems(token.term, mark) if token.kind == "word" else ()
            for number, (stemmed, words) in enumerate(sought):
                if (not words.isdisjoint(stems)) if stemmed else token.term in words:
                    parts.append((number, token.position, token.start, token.stop))
        return parts

    def _by_stem(self, mark: str) -> dict[str, list[int]]:
        of_stem = self._of_stem.setdefault(mark, {})
        first = self._stemmed.get(mark, 0)
        self._stemmed[mark] = len(self._tokens)
        for chunk, held in enumerate(self._tokens[first:], start=first):
            for token in held:
                if token.kind == "word":
                    for stem in self._stemmer.stems(token.term, mark):
                        of_stem.setdefault(stem, []).append(chunk)
        return of_stem

    def _learn(self, first: int, stop: int) -> None:
        widths = []
        held: tuple[Token, ...]
        for raw, _mark in self._texts(first, stop):
            if self._classes[ord(raw[0])] & CJK:
                held, width = (next(tokens(raw)),), 1
            else:
                held, width = chunk_of(raw)
            number = len(self._tokens)
            self._tokens.append(held)
            self._dotted.append("." in raw)
            widths.append(width)
            for token in held:
                self._of_term.setdefault(token.term, []).append(number)
        self._widths.extend(widths)


def _beginnings(sought: Iterable[Sought], mark: str) -> NDArray[np.uint8]:
    """How words of the letters a to z begin that may be sought in texts of a mark: see find_sought.

    Of such a word the exact term is its small letters, with dots between them for an acronym.
    """
    table = np.zeros((LETTERS, LETTERS + 1), np.uint8)
    for stemmed, words in sought:
        if stemmed:
            words = frozenset(word.removeprefix(f"{mark}:") for word in words if word.startswith(f"{mark}:"))
            if words and mark not in _SAME_BEGINNING:
                table[:] = 1
        for begins in {word[:2] if not stemmed or len(word) >= _SHORT else word[:1] + "." for word in words}:
            first, second = _letter(begins[:1]), _letter(begins[1:])
            if first is not None and first < LETTERS:
                table[first, slice(None) if second is None else second] = 1
    return table


def _letter(of: str) -> int | None:
    """The number of a letter a to z, LETTERS for no character, None for any other."""
    if not of:
        return LETTERS
    number = ord(of) - ord("a")
    return number if 0 <= number < LETTERS else None
