"""A field's lists as words and bytes, encoded from arrays piece by piece: what postings_writer.py writes."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import encoding_kernels, positions_kernels
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import FieldPostings, Strings
from indexer.whoosh_engine.columnar.dictionary_file import FieldLayout
from indexer.whoosh_engine.columnar.encoding_kernels import SUMS
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.postings_file import LONG
from indexer.whoosh_engine.columnar.terms_kernels import POSITIONS, VALUES
from indexer.whoosh_engine.weighting import LENGTHS

# Postings encoded at a time: bounds the memory that writing takes, at some 20 bytes each.
_AT_ONCE = 2_000_000

_COUNT = struct.Struct("!I")
NO_CODES = np.empty(0, np.uint8)
_NO_WORDS = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedPostings:
    """Documents, weights and masks, as the sections of a postings file continue."""

    words: NDArray[np.uint32]
    tails: NDArray[np.uint8]
    lasts: NDArray[np.uint32]
    sizes: NDArray[np.uint16]
    top_weights: NDArray[np.uint8]
    least_lengths: NDArray[np.uint8]
    long: NDArray[np.void]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedPlaces:
    """Positions, or what else stands beside postings, as the sections of a places file continue."""

    words: NDArray[np.uint32] = field(default_factory=lambda: _NO_WORDS)
    tails: NDArray[np.uint8] = field(default_factory=lambda: NO_CODES)
    sizes: NDArray[np.uint32] = field(default_factory=lambda: _NO_WORDS)


NO_PLACES = EncodedPlaces()


@dataclass(frozen=True, slots=True)
class Encoded:
    """Some terms of a field in order; `lists` int64[terms, 5] as terms_kernels.put_entries takes them."""

    terms: Strings
    lists: NDArray[np.int64]
    postings: EncodedPostings
    places: EncodedPlaces = NO_PLACES


class PackedField(ABC):
    """A field whose lists are packed already, in other segments."""

    @abstractmethod
    def pieces(self, layout: FieldLayout, codes: NDArray[np.uint8]) -> Iterator[Encoded]:
        """The field piece by piece; the arguments as of encoded."""


def encoded(
    field: FieldPostings, layout: FieldLayout, codes: NDArray[np.uint8], values: Strings | None = None
) -> Iterator[Encoded]:
    """A field piece by piece.

    `codes` are the lengths of all documents in it as Whoosh's codes, empty where it has none; `values` what
    Whoosh keeps with each posting, for a layout with VALUES.
    """
    if len(codes) and len(field.docs) and int(field.docs.max()) >= len(codes):
        raise ValueError(f"document {field.docs.max()} of {len(codes)}")
    for first, stop in _portions(field.offsets):
        lists = np.zeros((stop - first, 5), np.int64)
        lists[:, 0] = np.diff(field.offsets[first : stop + 1])
        postings = _postings(field, first, stop, layout, codes, lists)
        places = NO_PLACES
        if layout.places == POSITIONS:
            places = _positions(field, first, stop, layout, lists)
        elif layout.places == VALUES:
            assert values is not None
            places = _values(field, first, stop, values, lists)
        yield Encoded(field.terms.slice(first, stop), lists, postings, places)


def _portions(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of terms with about _AT_ONCE postings."""
    count, first = len(offsets) - 1, 0
    while first < count:
        stop = min(count, max(first + 1, int(np.searchsorted(offsets, offsets[first] + _AT_ONCE)) - 1))
        yield first, stop
        first = stop


def _postings(
    field: FieldPostings,
    first: int,
    stop: int,
    layout: FieldLayout,
    codes: NDArray[np.uint8],
    lists: NDArray[np.int64],
) -> EncodedPostings:
    low, high = int(field.offsets[first]), int(field.offsets[stop])
    docs, weights = field.docs[low:high], field.weights[low:high]
    masks = NO_CODES if field.masks is None or layout.common < 0 else field.masks[low:high]
    room = Room.of(lists[:, 0])
    term_words, term_bytes = np.empty(stop - first, np.int64), np.empty(stop - first, np.int64)
    sizes = encoding_kernels.put_terms(
        read_only(field.offsets[first : stop + 1] - low), read_only(docs), read_only(weights),
        read_only(weights.view(np.uint32)), read_only(masks), read_only(codes), LENGTHS, layout.average,
        layout.gap, layout.common, room.words, room.tails, term_words, term_bytes, *room.blocks, room.sums,
    )  # fmt: skip
    lists[:, 1], lists[:, 2] = term_words, term_bytes
    return room.filled(*sizes)


def _positions(
    field: FieldPostings, first: int, stop: int, layout: FieldLayout, lists: NDArray[np.int64]
) -> EncodedPlaces:
    assert field.position_offsets is not None
    assert field.positions is not None
    low, high = int(field.offsets[first]), int(field.offsets[stop])
    start, end = int(field.position_offsets[low]), int(field.position_offsets[high])
    blocks = int((lists[:, 0] // BLOCK).sum())
    # A word for each position, and a head and up to 128 counts for each block and each 128 positions.
    count = end - start
    words = np.empty(count + count // BLOCK + 1 + blocks * (2 * BLOCK + 2) if blocks else 0, np.uint32)
    tails = np.empty(count * positions_kernels.PLACE_BYTES, np.uint8)
    sizes = np.empty(blocks, np.uint32)
    term_words, term_bytes = np.empty(stop - first, np.int64), np.empty(stop - first, np.int64)
    word_count, byte_count = positions_kernels.put_positions(
        read_only(field.offsets[first : stop + 1] - low),
        read_only(field.position_offsets[low : high + 1] - start),
        read_only(field.positions[start:end]), layout.low, layout.pivot, words, tails, sizes, term_words,
        term_bytes,
    )  # fmt: skip
    lists[:, 3], lists[:, 4] = term_words, term_bytes
    return EncodedPlaces(words=words[:word_count], tails=tails[:byte_count], sizes=sizes)


def _values(
    field: FieldPostings, first: int, stop: int, values: Strings, lists: NDArray[np.int64]
) -> EncodedPlaces:
    held = []
    for term in range(first, stop):
        low, high = int(field.offsets[term]), int(field.offsets[term + 1])
        data = b"".join(_COUNT.pack(len(values[at])) + values[at] for at in range(low, high))
        lists[term - first, 4] = len(data)
        held.append(data)
    return EncodedPlaces(tails=np.frombuffer(b"".join(held), np.uint8))


@dataclass(frozen=True, slots=True)
class Room:
    """Arrays that hold whatever lists of certain sizes come to; memory is taken as they are filled."""

    words: NDArray[np.uint32]
    tails: NDArray[np.uint8]
    # Of each block: last document, words, largest weight, length that bounds its scores.
    blocks: tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]
    sums: NDArray[np.float64]

    @classmethod
    def of(cls, frequencies: NDArray[np.int64]) -> Room:
        """For lists of at most so many postings each."""
        blocks = int((frequencies // BLOCK).sum())
        over = int(np.minimum(frequencies, BLOCK - 1).sum())
        return cls(
            np.empty(blocks * encoding_kernels.BLOCK_WORDS, np.uint32),
            np.empty(over * encoding_kernels.TAIL_BYTES, np.uint8),
            (
                np.empty(blocks, np.uint32),
                np.empty(blocks, np.uint16),
                np.empty(blocks, np.uint8),
                np.empty(blocks, np.uint8),
            ),
            np.empty((int(np.count_nonzero(frequencies >= BLOCK)), SUMS), np.float64),
        )

    def filled(self, word_count: int, byte_count: int, block_count: int, long_count: int) -> EncodedPostings:
        """What so many words, bytes, blocks and lists with blocks of them are."""
        sums = np.zeros(long_count, LONG)
        for column, name in enumerate(("weight", "top", "first", "last", "least", "most")):
            sums[name] = self.sums[:long_count, column]
        lasts, sizes, top_weights, least_lengths = (each[:block_count] for each in self.blocks)
        return EncodedPostings(
            words=self.words[:word_count],
            tails=self.tails[:byte_count],
            lasts=lasts,
            sizes=sizes,
            top_weights=top_weights,
            least_lengths=least_lengths,
            long=sums,
        )
