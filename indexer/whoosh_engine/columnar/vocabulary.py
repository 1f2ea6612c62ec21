"""Every distinct chunk of an archive, and what the analysis makes of it: learnt once.

A chunk is what analysis.py cuts texts into, under the mark of a language. Kernels find its number, and tell
of most chunks which terms they are (learning_kernels); Python is asked for the others (analysis.chunk_of),
and for the stems (stems.Stemmer) of words not met before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Chunk, chunk_of, tokens
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar import kernels, learning_kernels
from indexer.whoosh_engine.columnar.chunk_table import MARK_NUMBERS, MARKS, ChunkTable, Found
from indexer.whoosh_engine.columnar.classes import folded_codes
from indexer.whoosh_engine.columnar.growing import Growing
from indexer.whoosh_engine.columnar.names import Names
from indexer.whoosh_engine.columnar.words import Words

__all__ = ["MARKS", "MARK_NUMBERS", "Found", "Vocabulary"]

# Code points of chunks that are learnt by one call: it needs room for twice as many terms.
_LEARNT_MOST = 8_000


class Vocabulary(ChunkTable):
    """The growing tables behind the kernels; for one thread at a time.

    `plain`, `places`, `token_...` and `stem_...` are what kernels.expand reads.
    """

    def __init__(self, stemmer: Stemmer):
        super().__init__()
        self._stemmer = stemmer
        self.terms = Names()
        self.stems = Names()
        self._words = Words(stemmer, self.terms, self.stems)
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
        """About what the tables take."""
        growing = (self.plain, self.places, self.token_terms, self.token_offsets, self.stem_numbers)
        own = sum(each.nbytes for each in growing)
        return super().nbytes + own + self.terms.nbytes + self.stems.nbytes + self._words.nbytes

    def _learn(self, first: int, stop: int) -> None:
        """Tell the kernels what the chunks consist of."""
        starts = self._starts[first : stop + 1]
        others = []
        while first < stop:
            until = int(np.searchsorted(starts, starts[0] + _LEARNT_MOST, side="right")) - 1
            last = max(first + 1, min(stop, first + until))
            others.append(self._learn_simple(first, last))
            starts = starts[last - first :]
            first = last
        left = np.concatenate(others) if others else np.empty(0, np.int64)
        if len(left):
            self._learn_others(left)

    def _learn_simple(self, first: int, stop: int) -> NDArray[np.int64]:
        """Learn the simple ones of these chunks; the others. Here is what the kernel may need room for."""
        count, codes = stop - first, int(self._starts[stop] - self._starts[first])
        # Of each letter a term and an acronym, and of each chunk a joined form.
        most = 2 * codes + count
        self.terms.make_room(most, 6 * codes)
        self._words.make_room(most)
        plain, places = np.empty((count, 2), np.int32), np.empty(count, np.int32)
        token_rows, stem_rows = np.empty((most, 3), np.int32), np.empty((most, 2), np.int32)
        token_ends, stem_ends = np.empty(count, np.int64), np.empty(count, np.int64)
        others = np.empty(count, np.int64)
        state = np.array([len(self.terms), len(self._words), 0, 0, 0, 0], np.int64)
        scratch = np.empty(learning_kernels.SCRATCH, np.uint8)
        learning_kernels.learn(
            self._arena, self._starts, first, stop, self._classes, folded_codes(), scratch,
            self.terms.slots, self.terms.arena, self.terms.starts, self._words.slots, self._words.words,
            plain, places, token_rows, token_ends, stem_rows, stem_ends, others, state,
        )  # fmt: skip
        self.terms.count, words, parted, token_count, stem_count, other_count = state.tolist()
        self._words.learn(words)
        self._add_simple(
            plain, places[:parted], token_rows[:token_count], token_ends[:parted], stem_rows[:stem_count],
            stem_ends[:parted],
        )  # fmt: skip
        return others[:other_count]

    def _add_simple(
        self,
        plain: NDArray[np.int32],
        places: NDArray[np.int32],
        token_rows: NDArray[np.int32],
        token_ends: NDArray[np.int64],
        stem_rows: NDArray[np.int32],
        stem_ends: NDArray[np.int64],
    ) -> None:
        """Take in what the kernel told, with stems instead of words."""
        stems, seconds = self._words.stems, self._words.second_stems
        before = len(self.places.array)
        single = plain[:, 0] >= 0
        plain[~single, 0] -= before
        worded = np.flatnonzero(single & (plain[:, 1] >= 0))
        words = plain[worded, 1]
        plain[worded, 1] = stems[words]
        self.places.extend(places)
        self._add_tokens(token_rows, token_ends)
        second = seconds[stem_rows[:, 0]]
        both = np.stack((stems[stem_rows[:, 0]], second), axis=1)
        kept = np.concatenate(([0], np.cumsum(1 + (second >= 0))))
        held = both >= 0
        self._add_stems(both[held], np.repeat(stem_rows[:, 1], held.sum(axis=1)), kept[stem_ends])
        # Words of two stems are no plain chunks.
        twice = seconds[words] >= 0
        if twice.any():
            chunks, words = worded[twice], words[twice]
            count = len(chunks)
            token_rows = np.zeros((count, 3), np.int32)
            token_rows[:, 0] = plain[chunks, 0]
            already = len(self.places.array)
            plain[chunks, 0] = -1 - already - np.arange(count)
            plain[chunks, 1] = 0
            self.places.extend(np.ones(count, np.int32))
            self._add_tokens(token_rows, np.arange(1, count + 1))
            pairs = np.stack((stems[words], seconds[words]), axis=1).ravel()
            self._add_stems(pairs, np.zeros(2 * count, np.int32), 2 * np.arange(1, count + 1))
        self.plain.extend(plain)

    def _add_tokens(self, rows: NDArray[np.int32], ends: NDArray[np.int64]) -> None:
        before = len(self.token_terms.array)
        self.token_terms.extend(rows[:, 0])
        self.token_offsets.extend(rows[:, 1])
        self.token_drops.extend(rows[:, 2])
        self.token_starts.extend(ends + before)

    def _add_stems(
        self, numbers: NDArray[np.int32], offsets: NDArray[np.int32], ends: NDArray[np.int64]
    ) -> None:
        before = len(self.stem_numbers.array)
        self.stem_numbers.extend(numbers)
        self.stem_offsets.extend(offsets)
        self.stem_starts.extend(ends + before)

    def _learn_others(self, chunks: NDArray[np.int64]) -> None:
        """Learn chunks as the analysis takes them; of each its terms and stems stand apart in `plain`."""
        texts = [self._texts(chunk, chunk + 1)[0] for chunk in chunks.tolist()]
        described = [(self._described(raw), "." not in raw, mark) for raw, mark in texts]
        # A term stands at a place once. Cut to their bound, a word and its joined form can be the same.
        terms: list[str] = []
        rows: list[tuple[int, bool]] = []
        token_ends: list[int] = []
        stems: list[str] = []
        offsets: list[int] = []
        stem_ends: list[int] = []
        for chunk, loses_acronyms, mark in described:
            drops: dict[tuple[str, int], bool] = {}
            for token in chunk.tokens:
                place = token.term, token.position
                drops[place] = drops.get(place, True) and loses_acronyms and token.kind == "acronym"
                if token.kind == "word":
                    made = self._stemmer.stems(token.term, mark)
                    stems.extend(made)
                    offsets.extend([token.position] * len(made))
            terms.extend(term for term, _ in drops)
            rows.extend((offset, drop) for (_, offset), drop in drops.items())
            token_ends.append(len(rows))
            stem_ends.append(len(stems))
        before = len(self.places.array)
        self.plain.array[chunks, 0] = -1 - before - np.arange(len(chunks))
        self.plain.array[chunks, 1] = 0
        self.places.extend([chunk.positions for chunk, _, _ in described])
        table = np.empty((len(rows), 3), np.int32)
        table[:, 0] = self.terms.numbers(terms)
        table[:, 1:] = np.array(rows, np.int32).reshape(-1, 2)
        self._add_tokens(table, np.array(token_ends, np.int64))
        self._add_stems(self.stems.numbers(stems), np.array(offsets, np.int32), np.array(stem_ends, np.int64))

    def _described(self, raw: str) -> Chunk:
        if self._classes[ord(raw[0])] & kernels.CJK:
            return Chunk((next(tokens(raw)),), 1)
        return chunk_of(raw)
