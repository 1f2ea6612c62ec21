"""The texts of shown articles cut by compiled loops, and in them the tokens of the words asked for alone.

Python sees every distinct chunk once (analysis.chunk_of) and then only the places that match: cutting ten
articles of 460 words and finding two words in them takes 0.6 ms, going through all their tokens 9 ms.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Token, chunk_of, tokens
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar import kernels
from indexer.whoosh_engine.columnar.chunk_table import ChunkTable
from indexer.whoosh_engine.columnar.growing import Growing

# Chunks remembered, at about 500 bytes each; then a table is given up for a new one.
KNOWN_MOST = 100_000
# Selections remembered: an answer needs a few for all of its articles.
_SELECTIONS_MOST = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """The chunks that hold any of the words asked for, ascending, and these tokens of each.

    `tokens` goes by occurrence (kernels.find_chunks): chunk number times two, plus one among capitals.
    """

    chunks: NDArray[np.uint32]
    tokens: dict[int, tuple[Token, ...]]


@dataclass(frozen=True, slots=True)
class Cut:
    """Some texts as occurrences of chunks, with the place of each: see kernels.place_chunks."""

    occurrences: NDArray[np.uint32]
    ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    positions: NDArray[np.int64]

    def tokens(self, selected: Selection) -> list[list[Token]]:
        """The selected tokens of each text, in order."""
        found: list[list[Token]] = [[] for _ in self.ends]
        if not len(selected.chunks):
            return found
        rows = np.empty((len(self.occurrences), 4), np.int64)
        count = kernels.occurrences_of(
            selected.chunks, self.occurrences, self.ends, self.starts, self.positions, rows
        )
        for text, occurrence, start, position in rows[:count].tolist():
            here = found[text]
            for term, offset, first, last, kind in selected.tokens[occurrence]:
                here.append(Token(term, position + offset, start + first, start + last, kind))
        return found


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
        self._selections: dict[tuple[str | None, tuple[str, ...]], tuple[int, Selection]] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def cut(self, texts: Sequence[str]) -> Cut:
        """The texts' chunks; what stands in a line all in capitals is told apart."""
        bounds = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) for text in texts], out=bounds[1:])
        with self._lock:
            found = self.find("".join(texts), bounds, np.zeros(len(texts), np.int64))
            starts, positions = self.placed(found, bounds, self._widths.array)
        return Cut(found.occurrences, found.ends, starts, positions)

    def of_terms(self, terms: tuple[str, ...]) -> Selection:
        """The tokens of any of the exact terms, in chunks cut before now."""
        return self._selected(None, terms)

    def of_stems(self, stems: tuple[str, ...], mark: str) -> Selection:
        """The words of any of the marked stems in texts of a language's mark, in chunks cut before now."""
        return self._selected(mark, stems)

    def _selected(self, mark: str | None, words: tuple[str, ...]) -> Selection:
        with self._lock:
            known, selected = self._selections.get((mark, words), (-1, None))
            if selected is None or known < len(self._tokens):
                selected = self._of_terms(words) if mark is None else self._of_stems(words, mark)
                if len(self._selections) >= _SELECTIONS_MOST:
                    self._selections.clear()
                self._selections[mark, words] = len(self._tokens), selected
            return selected

    def _of_terms(self, terms: tuple[str, ...]) -> Selection:
        wanted = set(terms)
        chunks = {chunk for term in wanted for chunk in self._of_term.get(term, ())}
        return self._selection(chunks, lambda token: token.term in wanted)

    def _of_stems(self, stems: tuple[str, ...], mark: str) -> Selection:
        wanted, of_stem = set(stems), self._of_stem.setdefault(mark, {})
        first = self._stemmed.get(mark, 0)
        self._stemmed[mark] = len(self._tokens)
        for chunk, held in enumerate(self._tokens[first:], start=first):
            for token in held:
                if token.kind == "word":
                    for stem in self._stemmer.stems(token.term, mark):
                        of_stem.setdefault(stem, []).append(chunk)
        chunks = {chunk for stem in wanted for chunk in of_stem.get(stem, ())}
        return self._selection(
            chunks,
            lambda token: (
                token.kind == "word" and not wanted.isdisjoint(self._stemmer.stems(token.term, mark))
            ),
        )

    def _selection(self, chunks: set[int], wanted: Callable[[Token], bool]) -> Selection:
        by_occurrence: dict[int, tuple[Token, ...]] = {}
        for chunk in chunks:
            held = tuple(token for token in self._tokens[chunk] if wanted(token))
            by_occurrence[2 * chunk] = held
            if not self._dotted[chunk]:
                held = tuple(token for token in held if token.kind != "acronym")
            by_occurrence[2 * chunk + 1] = held
        return Selection(np.array(sorted(chunks), np.uint32), by_occurrence)

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
