"""The texts of shown articles cut by compiled loops, and in them the places of the words asked for alone.

All texts of an answer are cut in one call. Python sees every distinct chunk once (analysis.chunk_of), then
only the places that match: of ten articles of 620 words the cutting takes 0.3 ms, a place 0.5 microseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from indexer.analysis import Token, chunk_of, tokens
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar import kernels
from indexer.whoosh_engine.columnar.chunk_table import ChunkTable
from indexer.whoosh_engine.columnar.growing import Growing

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
        bounds = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) for text in texts], out=bounds[1:])
        with self._lock:
            found = self.find("".join(texts), bounds, np.zeros(len(texts), np.int64))
            starts, positions = self.placed(found, bounds, self._widths.array)
            wanted = np.zeros(len(self._tokens), np.uint8)
            wanted[self._holding(sought, set(marks))] = 1
        rows = np.empty((len(found.occurrences), 4), np.int64)
        count = kernels.occurrences_of(wanted, found.occurrences, found.ends, starts, positions, rows)
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
        """What an occurrence (kernels.find_chunks) holds of the words sought."""
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
            if self._classes[ord(raw[0])] & kernels.CJK:
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
