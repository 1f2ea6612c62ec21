"""Words: exact terms under the mark of a language, with the stems that each of them has."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar.chunk_table import MARKS
from indexer.whoosh_engine.columnar.growing import Growing, grown
from indexer.whoosh_engine.columnar.learning_kernels import enter_words
from indexer.whoosh_engine.columnar.names import Names

_FIRST_SLOTS = 1 << 12


class Words:
    """The words that learning_kernels.learn numbers, and their stems; see _word_of there for the table."""

    def __init__(self, stemmer: Stemmer, terms: Names, stems: Names):
        self._stemmer, self._terms, self._stem_names = stemmer, terms, stems
        self.slots = np.zeros(_FIRST_SLOTS, np.int64)
        self.words = np.zeros((_FIRST_SLOTS, 2), np.int32)
        self._stems, self._seconds = Growing(np.int32), Growing(np.int32)

    def __len__(self) -> int:
        return len(self._stems.array)

    @property
    def nbytes(self) -> int:
        return self.slots.nbytes + self.words.nbytes + self._stems.nbytes + self._seconds.nbytes

    @property
    def stems(self) -> NDArray[np.int32]:
        """The stem of each word."""
        return self._stems.array

    @property
    def second_stems(self) -> NDArray[np.int32]:
        """The other stem of each word that has two, else -1."""
        return self._seconds.array

    def make_room(self, words: int) -> None:
        """Room for so many more words."""
        count = len(self) + words
        if 2 * count > len(self.slots):
            slots = len(self.slots)
            while slots < 2 * count:
                slots *= 2
            self.slots = np.zeros(slots, np.int64)
            enter_words(self.words, len(self), self.slots)
        if count > len(self.words):
            self.words = grown(self.words, count)

    def learn(self, known: int) -> None:
        """Find the stems of the words that were entered, which are `known` now."""
        words = self.words[len(self) : known]
        stems, seconds = np.empty(len(words), np.int32), np.full(len(words), -1, np.int32)
        for mark in np.unique(words[:, 1]).tolist():
            chosen = np.flatnonzero(words[:, 1] == mark)
            first, second = self._stemmer.stems_of_all(self._texts(words[chosen, 0]), MARKS[mark])
            stems[chosen] = self._stem_names.numbers(first)
            if second:
                seconds[chosen[list(second)]] = self._stem_names.numbers(list(second.values()))
        self._stems.extend(stems)
        self._seconds.extend(seconds)

    def _texts(self, terms: NDArray[np.int32]) -> list[str]:
        strings = self._terms.strings.take(terms.astype(np.int64))
        text = strings.blob.tobytes().decode("utf-8", "surrogatepass")
        if text.isascii():
            return [text[start:stop] for start, stop in itertools.pairwise(strings.offsets.tolist())]
        return [each.decode("utf-8", "surrogatepass") for each in strings]
