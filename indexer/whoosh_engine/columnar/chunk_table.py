"""The growing table of distinct chunks behind kernels.find_chunks.

A chunk is what analysis.py cuts texts into, under the mark of a language. Kernels find its number; whoever
keeps a table learns what each is made of, once.
"""

from __future__ import annotations

import ctypes
import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.stems import ALGORITHMS, UNSTEMMED
from indexer.whoosh_engine.columnar import kernels
from indexer.whoosh_engine.columnar.classes import code_point_classes
from indexer.whoosh_engine.columnar.growing import grown

# The number of each mark; as a code point it stands before a chunk's own in the table.
MARKS = (UNSTEMMED, *sorted(ALGORITHMS))
MARK_NUMBERS = {mark: number for number, mark in enumerate(MARKS)}

_FIRST_SLOTS = 1 << 16

_as_ucs4 = ctypes.pythonapi.PyUnicode_AsUCS4
_as_ucs4.argtypes = [ctypes.py_object, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int]
_as_ucs4.restype = ctypes.c_void_p


@dataclass(frozen=True, slots=True)
class Found:
    """The chunks of some texts: see kernels.find_chunks."""

    occurrences: NDArray[np.uint32]
    ends: NDArray[np.int64]


class ChunkTable(ABC):
    """Distinct chunks by number, in order of first meeting; for one thread at a time."""

    def __init__(self) -> None:
        self._classes = code_point_classes()
        self._slots = np.zeros(_FIRST_SLOTS, np.uint64)
        self._arena = np.zeros(8 * _FIRST_SLOTS, np.uint32)
        self._starts = np.zeros(_FIRST_SLOTS // 2, np.int64)
        self._chunks = 0
        self._codes = np.empty(0, np.uint32)

    @property
    def nbytes(self) -> int:
        return self._slots.nbytes + self._arena.nbytes + self._starts.nbytes

    @abstractmethod
    def _learn(self, first: int, stop: int) -> None:
        """Take in the chunks of those numbers, which were met for the first time; see _texts."""

    def find(self, texts: Sequence[str], bounds: NDArray[np.int64], marks: NDArray[np.int64]) -> Found:
        """The chunks of texts, which end to end have these bounds; new ones are learnt on the way.

        See kernels.find_chunks.
        """
        codes = self._code_points(texts, int(bounds[-1]))
        occurrences = np.empty(len(codes), np.uint32)
        ends = np.empty(len(marks), np.int64)
        count = self._found(
            lambda state: kernels.find_chunks(
                codes, bounds, marks, self._classes, self._slots, self._arena, self._starts, occurrences,
                ends, state,
            ),
            len(codes),
        )  # fmt: skip
        return Found(occurrences[:count], ends)

    def _found(self, find: Callable[[NDArray[np.int64]], bool], longest: int) -> int:
        """How many occurrences `find` found, called again with its state while a table is too small."""
        state = np.array([0, 0, 0, kernels.UNSEEN, 0, self._chunks, 0], np.int64)
        while not find(state):
            self._make_room(int(state[kernels.KNOWN]), longest)
        first, self._chunks = self._chunks, int(state[kernels.KNOWN])
        if first < self._chunks:
            self._learn(first, self._chunks)
        return int(state[kernels.FOUND])

    def _code_points(self, texts: Sequence[str], length: int) -> NDArray[np.uint32]:
        """The texts end to end, lone surrogates included; good until the next call."""
        # The interpreter's own function, into memory used before: 0.6 ns a character, where encoding to
        # UTF-32 takes 3.2, and joining the texts first 1.2 more.
        if length >= len(self._codes):
            self._codes = np.empty(length + length // 4 + 1, np.uint32)
        address, room = self._codes.ctypes.data, len(self._codes)
        for text in texts:
            size = len(text)
            _as_ucs4(text, address, room, 0)
            address += 4 * size
            room -= size
        return self._codes[:length]

    def _make_room(self, known: int, longest: int) -> None:
        if 2 * (known + 1) > len(self._slots):
            self._slots = np.zeros(2 * len(self._slots), np.uint64)
            kernels.enter_again(self._arena, self._starts, known, self._slots)
        elif known + 2 > len(self._starts):
            self._starts = grown(self._starts, known + 2)
        else:
            self._arena = grown(self._arena, int(self._starts[known]) + 1 + longest)

    def _texts(self, first: int, stop: int) -> list[tuple[str, str]]:
        """The (text, mark) of the chunks of those numbers."""
        bounds = self._starts[first : stop + 1].tolist()
        start = bounds[0]
        raw = self._arena[start : bounds[-1]].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        return [
            (raw[begin - start + 1 : end - start], MARKS[ord(raw[begin - start])])
            for begin, end in itertools.pairwise(bounds)
        ]
