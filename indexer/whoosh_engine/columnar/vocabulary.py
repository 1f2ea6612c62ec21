"""Every distinct chunk of an archive, and what the analysis makes of it: Python sees each once.

A chunk is what analysis.py cuts texts into, under the mark of a language. Kernels find its number; here the
number gets its terms (analysis.chunk_of) and their stems (stems.Stemmer).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import TERM_MOST, Chunk, chunk_of, tokens
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar import kernels
from indexer.whoosh_engine.columnar.chunk_table import MARK_NUMBERS, MARKS, ChunkTable, Found
from indexer.whoosh_engine.columnar.growing import Growing

__all__ = ["MARKS", "MARK_NUMBERS", "Found", "Names", "Vocabulary"]


class Names:
    """Byte strings by number, in order of first meeting, and their sorted order."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.encoded: list[bytes] = []
        self._order: list[int] = []

    def __len__(self) -> int:
        return len(self.encoded)

    def number(self, name: str) -> int:
        number = self.known.get(name)
        if number is None:
            number = self.known[name] = len(self.encoded)
            self.encoded.append(name.encode("utf-8", "surrogatepass"))
        return number

    def order(self) -> NDArray[np.int64]:
        """All numbers in the order of their bytes."""
        # The sorted head is one run to Python's sort, so a later call pays for what came since.
        self._order.extend(range(len(self._order), len(self.encoded)))
        self._order.sort(key=self.encoded.__getitem__)
        return np.array(self._order, np.int64)


class Vocabulary(ChunkTable):
    """The growing tables behind the kernels; for one thread at a time.

    `plain`, `places`, `token_...` and `stem_...` are what kernels.expand reads.
    """

    def __init__(self, stemmer: Stemmer):
        super().__init__()
        self._stemmer = stemmer
        self.terms = Names()
        self.stems = Names()
        self.plain = Growing(np.int32, columns=2)
        self.places = Growing(np.int32)
        self.token_starts, self.token_terms = Growing(np.int64), Growing(np.int32)
        self.token_offsets, self.token_drops = Growing(np.int32), Growing(np.uint8)
        self.stem_starts, self.stem_numbers = Growing(np.int64), Growing(np.int32)
        self.stem_offsets = Growing(np.int32)
        self.token_starts.extend([0])
        self.stem_starts.extend([0])

    @property
    def nbytes(self) -> int:
        """About what the tables take, and 300 bytes a term or stem for Python's objects, here and remembered
        by the analysis."""
        return super().nbytes + self.plain.nbytes + 300 * (len(self.terms) + len(self.stems))

    def _learn(self, chunks: list[tuple[str, str]]) -> None:
        """Tell the kernels what the chunks consist of."""
        plain: list[tuple[int, int]] = []
        parted: list[tuple[Chunk, bool, str]] = []
        already = len(self.places.array)
        for raw, mark in chunks:
            row = self._plain(raw, mark, parted)
            plain.append(row or (-already - len(parted), 0))
        self.plain.extend(plain)
        self._add_parted(parted)

    def _plain(self, raw: str, mark: str, parted: list[tuple[Chunk, bool, str]]) -> tuple[int, int] | None:
        """The chunk's row in `plain`; None, and the chunk goes to `parted`, where that says too little."""
        if self._classes[ord(raw[0])] & kernels.CJK:
            return self.terms.number(next(tokens(raw)).term), -1
        if raw.isascii() and raw.isalpha() and not (len(raw) <= 5 and raw.isupper()):
            # Three in four chunks; the analysis would come to the same with its regular expressions in
            # 6 microseconds. Without accents to fold there is one stem.
            term = raw.lower()[:TERM_MOST]
            return self.terms.number(term), self.stems.number(self._stemmer.stems(term, mark)[0])
        chunk = chunk_of(raw)
        if len(chunk.tokens) == 1 == chunk.positions:
            term, _, _, _, kind = chunk.tokens[0]
            if kind == "number" or (kind == "acronym" and "." in raw):
                return self.terms.number(term), -1
            if kind == "word":
                stems = self._stemmer.stems(term, mark)
                if len(stems) == 1:
                    return self.terms.number(term), self.stems.number(stems[0])
        parted.append((chunk, "." not in raw, mark))
        return None

    def _add_parted(self, parted: list[tuple[Chunk, bool, str]]) -> None:
        """Chunks of several terms or stems, with whether they lose their acronyms among capitals."""
        placed: list[tuple[int, int, bool]] = []
        stemmed: list[tuple[int, int]] = []
        token_ends, stem_ends = [], []
        tokens_before, stems_before = len(self.token_terms.array), len(self.stem_numbers.array)
        for chunk, loses_acronyms, mark in parted:
            # A term stands at a place once. Cut to their bound, a word and its joined form can be the same.
            drops: dict[tuple[int, int], bool] = {}
            for token in chunk.tokens:
                place = self.terms.number(token.term), token.position
                drops[place] = drops.get(place, True) and loses_acronyms and token.kind == "acronym"
                if token.kind == "word":
                    stems = self._stemmer.stems(token.term, mark)
                    stemmed.extend([(self.stems.number(stem), token.position) for stem in stems])
            placed.extend([(term, offset, drop) for (term, offset), drop in drops.items()])
            token_ends.append(tokens_before + len(placed))
            stem_ends.append(stems_before + len(stemmed))
        self.places.extend([chunk.positions for chunk, _, _ in parted])
        self.token_terms.extend([term for term, _, _ in placed])
        self.token_offsets.extend([offset for _, offset, _ in placed])
        self.token_drops.extend([drop for _, _, drop in placed])
        self.token_starts.extend(token_ends)
        self.stem_numbers.extend([number for number, _ in stemmed])
        self.stem_offsets.extend([offset for _, offset in stemmed])
        self.stem_starts.extend(stem_ends)
