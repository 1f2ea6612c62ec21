"""Lists of the same terms in several segments into those of one, packed to packed (joining_kernels)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import joining_kernels as kernels
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.columnar.dictionary_file import FieldLayout
from indexer.whoosh_engine.columnar.encoded import NO_PLACES, Encoded, EncodedPlaces, Room
from indexer.whoosh_engine.columnar.file_part import FilePart
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.terms_kernels import (
    BYTE_COUNT,
    FREQUENCY,
    PLACE_BYTE_COUNT,
    PLACE_WORD_COUNT,
    POSITIONS,
    WORD_COUNT,
)
from indexer.whoosh_engine.weighting import LENGTHS

# What of a dictionary's table becomes POSTINGS, WORDS and BYTES of a list.
_POSTINGS = [FREQUENCY, WORD_COUNT, BYTE_COUNT]
_PLACES = [FREQUENCY, PLACE_WORD_COUNT, PLACE_BYTE_COUNT]


@dataclass(frozen=True, slots=True)
class Numbering:
    """Document d of part p becomes renumbered[begins[p] + d], int32; -1 where it is dropped."""

    begins: NDArray[np.int64]
    renumbered: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Share:
    """What one part has of some terms of a field: rows of FieldTerms.table, which follow each other there,
    and of each its place among the terms."""

    part: FilePart
    table: NDArray[np.int64]
    targets: NDArray[np.int64]


def joined(
    name: str,
    terms: Strings,
    shares: Sequence[Share],
    numbering: Numbering,
    layout: FieldLayout,
    codes: NDArray[np.uint8],
) -> Encoded:
    """The lists of some terms of a field, one share a part; without the terms that nothing is left of.

    `codes` are the lengths of the merged documents as Whoosh's codes, empty where the field has none.
    """
    targets = np.concatenate([share.targets for share in shares])
    order = np.argsort(targets, kind="stable")
    bounds = np.searchsorted(targets[order], np.arange(len(terms) + 1))
    lists = np.zeros((len(terms), 5), np.int64)

    rows = _rows(shares, _POSTINGS, order)
    totals = np.append(0, np.cumsum(rows[:, kernels.POSTINGS]))
    words, data, cursors = _end_to_end([share.part.packed_postings(share.table) for share in shares])
    kept = np.empty(totals[-1], np.uint8)
    room = Room.of(np.diff(totals[bounds]))
    status, *sizes = kernels.join_postings(
        rows, bounds, words, data, cursors, numbering.begins, numbering.renumbered, read_only(codes), LENGTHS,
        layout.average, layout.gap, layout.common, kept, room.words, room.tails, lists, *room.blocks,
        room.sums,
    )  # fmt: skip
    if status < 0:
        raise shares[-1 - status].part.damaged(f"postings of {name} cannot be read")

    places = NO_PLACES
    if layout.places == POSITIONS:
        rows = _rows(shares, _PLACES, order)
        words, data, cursors = _end_to_end([share.part.packed_places(share.table) for share in shares])
        block_words = np.empty(int((lists[:, 0] // BLOCK).sum()), np.uint32)
        status, place_words, place_data = kernels.join_places(
            rows, bounds, words, data, cursors, read_only(kept), lists, block_words
        )
        if status < 0:
            raise shares[-1 - status].part.damaged(f"positions of {name} cannot be read")
        places = EncodedPlaces(words=place_words, tails=place_data, sizes=block_words)
    held = np.flatnonzero(lists[:, 0])
    return Encoded(terms.take(held), lists[held], room.filled(*sizes), places)


def _rows(shares: Sequence[Share], columns: list[int], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lists of all shares as the kernels take them."""
    rows = np.empty((len(order), 4), np.int64)
    first = 0
    for number, share in enumerate(shares):
        last = first + len(share.table)
        rows[first:last, kernels.PART] = number
        rows[first:last, 1:] = share.table[:, columns]
        first = last
    return rows[order]


def _end_to_end(
    packed: list[tuple[NDArray[np.uint32], NDArray[np.uint8]]],
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int64]]:
    """The words and the bytes of all parts, and where those of each begin."""
    cursors = np.zeros((len(packed), 2), np.int64)
    cursors[1:] = np.cumsum([(len(words), len(data)) for words, data in packed[:-1]], axis=0).reshape(-1, 2)
    words, data = (np.concatenate(each) for each in zip(*packed, strict=True))
    return read_only(words), read_only(data), cursors
