"""The postings of a segment, and beside them the positions (postings_kernels, positions_kernels).

The postings file:

    words                            blocks of 128 postings, uint32; paged
    tails                            what is over, and the lists shorter than a block, bytes; paged
    lasts, sizes                     of each block its last document (uint32) and its words (uint16); paged
    top weights, least lengths       of each block its largest weight (uint8, 255 for more or no whole
                                     number) and the length (Whoosh's code) that with it bounds every score
                                     in the block (postings_kernels.put_terms); paged
    long                             of each term with blocks, LONG: sums over its whole list

The positions lie beside it: places_file.py.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.columnar import positions_kernels, postings_kernels
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import FieldPostings, Strings
from indexer.whoosh_engine.columnar.dictionary_file import DictionaryWriter, Entry, FieldLayout
from indexer.whoosh_engine.columnar.files import Folder, SectionFile, SectionWriter, Spool
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.terms_kernels import (
    BYTE_COUNT,
    BYTES,
    FREQUENCY,
    POSITIONS,
    VALUES,
    WORD_COUNT,
    WORDS,
)
from indexer.whoosh_engine.weighting import LENGTHS

POSTINGS_KIND, POSTINGS_EXTENSION = "postings", ".postings"

LONG = np.dtype(
    [
        ("weight", "<f8"), ("top", "<f4"), ("first", "<u4"), ("last", "<u4"), ("least", "u1"), ("most", "u1"),
        ("pad", "<u2"),
    ]
)  # fmt: skip
"""Sum and maximum of the weights, first and last document, least and largest code of a length."""

# Postings encoded at a time: bounds the memory that writing takes, at some 20 bytes each.
_AT_ONCE = 2_000_000

_COUNT = struct.Struct("!I")
_ANY_COUNT = 1 << 31
_NO_MASKS = np.empty(0, np.uint8)


class PostingsWriter:
    """Writes field after field: postings, places and the dictionary's entries."""

    def __init__(self, postings: SectionWriter, places: SectionWriter, dictionary: DictionaryWriter):
        self._postings, self._places, self._dictionary = postings, places, dictionary
        self._spools = {
            name: Spool() for name in ("words", "tails", "lasts", "sizes", "top weights", "least lengths")
        }
        self._place_spools = {name: Spool() for name in ("words", "tails", "sizes")}
        self._long: list[NDArray[np.void]] = []
        self._unplaced = 0

    def add_field(
        self,
        name: str,
        slices: Iterable[FieldPostings],
        layout: FieldLayout,
        length_codes: NDArray[np.uint8] | None,
        values: Strings | None = None,
    ) -> None:
        """One field, fields in the order of their names, in slices of its terms; left out if it has none.

        `length_codes` are the lengths of all documents in this field as Whoosh's codes, None where it has
        none; `values` what Whoosh keeps with each posting, for a layout with VALUES and a single slice.
        """
        started = False
        for field in slices:
            if len(field.terms):
                if not started:
                    layout = replace(layout, unplaced=self._unplaced, average=_average(length_codes))
                    self._dictionary.start_field(name, layout)
                    started = True
                self._add_slice(name, field, layout, length_codes, values)

    def _add_slice(
        self,
        name: str,
        field: FieldPostings,
        layout: FieldLayout,
        length_codes: NDArray[np.uint8] | None,
        values: Strings | None,
    ) -> None:
        codes = _NO_MASKS if length_codes is None else read_only(length_codes)
        if len(codes) and len(field.docs) and int(field.docs.max()) >= len(codes):
            raise ValueError(f"{name}: document {field.docs.max()} of {len(codes)}")
        for first, stop in _portions(field.offsets):
            lists = np.zeros((stop - first, 5), np.int64)
            lists[:, 0] = np.diff(field.offsets[first : stop + 1])
            self._add_postings(field, first, stop, layout, codes, lists)
            if layout.places == POSITIONS:
                self._add_positions(field, first, stop, layout, lists)
            elif layout.places == VALUES:
                assert values is not None
                self._add_values(field, first, stop, values, lists)
            start, end = field.terms.offsets[first], field.terms.offsets[stop]
            if layout.places != POSITIONS:
                self._unplaced += int((lists[:, 0] // BLOCK).sum())
            terms = Strings(field.terms.blob[start:end], field.terms.offsets[first : stop + 1] - start)
            self._dictionary.add(terms, lists)

    def _add_postings(
        self,
        field: FieldPostings,
        first: int,
        stop: int,
        layout: FieldLayout,
        codes: NDArray[np.uint8],
        lists: NDArray[np.int64],
    ) -> None:
        low, high = int(field.offsets[first]), int(field.offsets[stop])
        offsets = field.offsets[first : stop + 1] - low
        docs, weights = field.docs[low:high], field.weights[low:high]
        masks = _NO_MASKS if field.masks is None or layout.common < 0 else field.masks[low:high]
        blocks = int((lists[:, 0] // BLOCK).sum())
        words = np.empty(blocks * postings_kernels.BLOCK_WORDS, np.uint32)
        over = high - low - blocks * BLOCK
        tails = np.empty(over * postings_kernels.TAIL_BYTES, np.uint8)
        lasts, sizes = np.empty(blocks, np.uint32), np.empty(blocks, np.uint16)
        tops, leasts = np.empty(blocks, np.uint8), np.empty(blocks, np.uint8)
        term_words, term_bytes = np.empty(stop - first, np.int64), np.empty(stop - first, np.int64)
        word_count, byte_count, _ = postings_kernels.put_terms(
            read_only(offsets), read_only(docs), read_only(weights), read_only(weights.view(np.uint32)),
            read_only(masks), read_only(codes), LENGTHS, layout.average, layout.gap, layout.common,
            words, tails, term_words, term_bytes, lasts, sizes, tops, leasts,
        )  # fmt: skip
        lists[:, 1], lists[:, 2] = term_words, term_bytes
        written: dict[str, NDArray[Any]] = {
            "words": words[:word_count], "tails": tails[:byte_count], "lasts": lasts, "sizes": sizes,
            "top weights": tops, "least lengths": leasts,
        }  # fmt: skip
        for name, array in written.items():
            self._spools[name].write(array)
        self._long.append(_sums(offsets, docs, weights, codes))

    def _add_positions(
        self, field: FieldPostings, first: int, stop: int, layout: FieldLayout, lists: NDArray[np.int64]
    ) -> None:
        assert field.position_offsets is not None
        assert field.positions is not None
        low, high = int(field.offsets[first]), int(field.offsets[stop])
        offsets = field.offsets[first : stop + 1] - low
        start, end = int(field.position_offsets[low]), int(field.position_offsets[high])
        blocks = int((lists[:, 0] // BLOCK).sum())
        # A word for each position, and a head and up to 128 counts for each block and each 128 positions.
        count = end - start
        words = np.empty(count + count // BLOCK + 1 + blocks * (2 * BLOCK + 2) if blocks else 0, np.uint32)
        tails = np.empty(count * positions_kernels.PLACE_BYTES, np.uint8)
        sizes = np.empty(blocks, np.uint32)
        term_words, term_bytes = np.empty(stop - first, np.int64), np.empty(stop - first, np.int64)
        word_count, byte_count = positions_kernels.put_positions(
            read_only(offsets), read_only(field.position_offsets[low : high + 1] - start),
            read_only(field.positions[start:end]), layout.low, layout.pivot, words, tails, sizes, term_words,
            term_bytes,
        )  # fmt: skip
        lists[:, 3], lists[:, 4] = term_words, term_bytes
        self._place_spools["words"].write(words[:word_count])
        self._place_spools["tails"].write(tails[:byte_count])
        self._place_spools["sizes"].write(sizes)

    def _add_values(
        self, field: FieldPostings, first: int, stop: int, values: Strings, lists: NDArray[np.int64]
    ) -> None:
        for term in range(first, stop):
            low, high = int(field.offsets[term]), int(field.offsets[term + 1])
            data = b"".join(_COUNT.pack(len(values[at])) + values[at] for at in range(low, high))
            lists[term - first, 4] = len(data)
            self._place_spools["tails"].write(np.frombuffer(data, np.uint8))

    def finish(self) -> None:
        for name, spool in self._spools.items():
            spool.into(self._postings, name, paged=True)
        self._postings.section("long", np.concatenate(self._long) if self._long else np.empty(0, LONG))
        for name, spool in self._place_spools.items():
            spool.into(self._places, name, paged=True)
        self._dictionary.finish()


def _average(length_codes: NDArray[np.uint8] | None) -> float:
    return float(LENGTHS[length_codes].mean()) if length_codes is not None and len(length_codes) else 0.0


def _portions(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of terms with about _AT_ONCE postings."""
    count, first = len(offsets) - 1, 0
    while first < count:
        stop = min(count, max(first + 1, int(np.searchsorted(offsets, offsets[first] + _AT_ONCE)) - 1))
        yield first, stop
        first = stop


def _sums(
    offsets: NDArray[np.int64],
    docs: NDArray[np.int32],
    weights: NDArray[np.float32],
    codes: NDArray[np.uint8],
) -> NDArray[np.void]:
    chosen = np.flatnonzero(np.diff(offsets) >= BLOCK)
    sums = np.zeros(len(chosen), LONG)
    if len(chosen):
        # No list is empty, as reduceat needs it.
        starts = offsets[:-1]
        sums["weight"] = np.add.reduceat(weights, starts, dtype=np.float64)[chosen]
        sums["top"] = np.maximum.reduceat(weights, starts)[chosen]
        sums["first"], sums["last"] = docs[starts[chosen]], docs[offsets[1:][chosen] - 1]
        if len(codes):
            lengths = codes[docs]
            sums["least"] = np.minimum.reduceat(lengths, starts)[chosen]
            sums["most"] = np.maximum.reduceat(lengths, starts)[chosen]
    return sums


@dataclass(frozen=True, slots=True)
class List:
    """Postings decoded: ascending documents, weights, and masks where the field has them."""

    docs: NDArray[np.int32]
    weights: NDArray[np.float32]
    masks: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of each block of a list: its last document and words, largest weight (255: unknown) and the code of
    the length that bounds its scores."""

    lasts: NDArray[np.uint32]
    sizes: NDArray[np.uint16]
    tops: NDArray[np.uint8]
    leasts: NDArray[np.uint8]


class Sums(NamedTuple):
    """LONG, without what fills it up."""

    weight: float
    top: float
    first: int
    last: int
    least: int
    most: int


class PostingsFile:
    """The postings file, open. `count` is the number of documents, above every document's number."""

    def __init__(self, folder: Folder, segment_id: str, count: int):
        self._file = SectionFile(folder, segment_id + POSTINGS_EXTENSION, POSTINGS_KIND)
        # Whoosh may open postings of which it was not told the documents.
        self.count = count or _ANY_COUNT
        self._words = self._file.paged("words", np.uint32)
        self._tails = self._file.paged("tails", np.uint8)
        self._lasts = self._file.paged("lasts", np.uint32)
        self._sizes = self._file.paged("sizes", np.uint16)
        self._tops = self._file.paged("top weights", np.uint8)
        self._leasts = self._file.paged("least lengths", np.uint8)

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        self._file.let_go()

    def damaged(self, reason: str) -> IndexDamaged:
        return self._file.damaged(reason)

    def bytes_of(self, entry: Entry) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """A term's blocks and its tail, as they lie in the file."""
        if entry.frequency // BLOCK > entry.word_count or entry.frequency % BLOCK > entry.byte_count:
            raise self.damaged("more postings than there are bytes")
        words = self._words.checked(entry.words, entry.words + entry.word_count)
        return words, self._tails.checked(entry.bytes, entry.bytes + entry.byte_count)

    def list(self, entry: Entry, layout: FieldLayout) -> List:
        """The whole list of a term."""
        table = np.array([[entry.frequency, entry.word_count, entry.byte_count]])
        return self._decoded(table, entry.words, entry.bytes, layout)

    def lists(self, table: NDArray[np.int64], layout: FieldLayout) -> List:
        """The lists of terms in a row, end to end; of each its row of FieldTerms.table."""
        if not len(table):
            return List(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.uint8))
        chosen = table[:, (FREQUENCY, WORD_COUNT, BYTE_COUNT)]
        return self._decoded(np.ascontiguousarray(chosen), int(table[0, WORDS]), int(table[0, BYTES]), layout)

    def _decoded(self, table: NDArray[np.int64], word: int, byte: int, layout: FieldLayout) -> List:
        blocks, over = table[:, 0] // BLOCK, table[:, 0] % BLOCK
        if (blocks > table[:, 1]).any() or (over > table[:, 2]).any():
            raise self._file.damaged("more postings than there are bytes")
        count, word_count, byte_count = (int(each) for each in table.sum(axis=0))
        words = self._words.checked(word, word + word_count)
        tail = self._tails.checked(byte, byte + byte_count)
        docs = np.empty(count, np.int32)
        weights = np.empty(count, np.float32)
        masks = np.empty(count if layout.common >= 0 else 0, np.uint8)
        status = postings_kernels.get_lists(
            words, tail, table, self.count, layout.gap, layout.common, docs, weights,
            weights.view(np.uint32), masks,
        )  # fmt: skip
        if status < 0:
            raise self._file.damaged("postings cannot be read")
        return List(docs, weights, masks)

    def bounds(self, entry: Entry) -> Bounds:
        """What is known of each block of a list without decoding it."""
        first, stop = entry.first_block, entry.first_block + entry.frequency // BLOCK
        return Bounds(
            self._lasts.checked(first, stop),
            self._sizes.checked(first, stop),
            self._tops.checked(first, stop),
            self._leasts.checked(first, stop),
        )

    def sums(self, entry: Entry) -> Sums:
        """What is known of the whole list of a term with blocks."""
        long = self._file.whole("long", LONG)
        if not 0 <= entry.long < len(long):
            raise self._file.damaged(f"there is no long list {entry.long}")
        return Sums(*long[entry.long].tolist()[:-1])
