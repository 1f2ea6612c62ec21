"""Every distinct chunk of an archive, and what the analysis makes of it: Python sees each once.

A chunk is what analysis.py cuts texts into, under the mark of a language. Kernels find its number; here the
number gets its terms (analysis.chunk_of) and their stems (stems.Stemmer).
"""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import TERM_MOST, Chunk, chunk_of, tokens
from indexer.stems import ALGORITHMS, UNSTEMMED, Stemmer
from indexer.whoosh_engine.columnar import kernels
from indexer.whoosh_engine.columnar.classes import code_point_classes
from indexer.whoosh_engine.columnar.growing import Growing, grown

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


class Vocabulary:
    """The growing tables behind the kernels; for one thread at a time.

    `plain`, `places`, `token_...` and `stem_...` are what kernels.expand reads.
    """

    def __init__(self, stemmer: Stemmer):
        self._stemmer = stemmer
        self._classes = code_point_classes()
        self._slots = np.zeros(_FIRST_SLOTS, np.uint64)
        self._arena = np.zeros(8 * _FIRST_SLOTS, np.uint32)
        self._starts = np.zeros(_FIRST_SLOTS // 2, np.int64)
        self._chunks = 0
        self._codes = np.empty(0, np.uint32)
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
        tables = self._slots.nbytes + self._arena.nbytes + self._starts.nbytes + self.plain.nbytes
        return tables + 300 * (len(self.terms) + len(self.stems))

    def find(self, texts: str, bounds: NDArray[np.int64], marks: NDArray[np.int64]) -> Found:
        """The chunks of texts end to end; new ones are described on the way. See kernels.py."""
        codes = self._code_points(texts)
        occurrences = np.empty(len(codes), np.uint32)
        ends = np.empty(len(marks), np.int64)
        state = np.array([0, 0, 0, -1, 0, self._chunks], np.int64)
        while not kernels.find_chunks(
            codes,
            bounds,
            marks,
            self._classes,
            self._slots,
            self._arena,
            self._starts,
            occurrences,
            ends,
            state,
        ):
            self._make_room(int(state[kernels.KNOWN]), len(codes))
        self._describe(int(state[kernels.KNOWN]))
        return Found(occurrences[: state[kernels.FOUND]], ends)

    def _code_points(self, text: str) -> NDArray[np.uint32]:
        """uint32, lone surrogates included; good until the next call."""
        # The interpreter's own function, into memory used before: 0.6 ns a character, where encoding to
        # UTF-32 takes 3.2.
        if len(text) >= len(self._codes):
            self._codes = np.empty(len(text) + len(text) // 4 + 1, np.uint32)
        _as_ucs4(text, self._codes.ctypes.data, len(self._codes), 0)
        return self._codes[: len(text)]

    def _make_room(self, known: int, longest: int) -> None:
        if 2 * (known + 1) > len(self._slots):
            self._slots = np.zeros(2 * len(self._slots), np.uint64)
            kernels.enter_again(self._arena, self._starts, known, self._slots)
        elif known + 2 > len(self._starts):
            self._starts = grown(self._starts, known + 2)
        else:
            self._arena = grown(self._arena, int(self._starts[known]) + 1 + longest)

    def _describe(self, known: int) -> None:
        """Tell the kernels what the chunks from the last time on up to `known` consist of."""
        first, self._chunks = self._chunks, known
        bounds = self._starts[first : known + 1].tolist()
        start = bounds[0]
        raw = self._arena[start : bounds[-1]].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        plain: list[tuple[int, int]] = []
        parted: list[tuple[Chunk, bool, str]] = []
        already = len(self.places.array)
        for begin, end in itertools.pairwise(bounds):
            mark = MARKS[ord(raw[begin - start])]
            row = self._plain(raw[begin - start + 1 : end - start], mark, parted)
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
