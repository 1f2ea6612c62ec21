"""The positions of a segment's postings, read only when something asks for them.

`words` (blocks of 128 postings, uint32) and `tails` (what is over, bytes) as in postings_file.py, and
`sizes` (uint32), the words of each block of postings of fields with positions. Of a foreign format it keeps
the values as they are, each after its length.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import following_kernels, positions_kernels
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.dictionary_file import Entry, FieldLayout
from indexer.whoosh_engine.columnar.files import Folder, SectionFile
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.terms_kernels import (
    PLACE_BYTE_COUNT,
    PLACE_BYTES,
    PLACE_WORD_COUNT,
    PLACE_WORDS,
)

PLACES_KIND, PLACES_EXTENSION = "places", ".places"

_Asked = tuple[NDArray[Any], NDArray[Any], NDArray[Any], int, NDArray[np.int64]]

_COUNT = struct.Struct("!I")


class PlacesFile:
    """The positions file, open."""

    def __init__(self, folder: Folder, segment_id: str):
        self._file = SectionFile(folder, segment_id + PLACES_EXTENSION, PLACES_KIND)
        self._words = self._file.paged("words", np.uint32)
        self._tails = self._file.paged("tails", np.uint8)
        self._sizes = self._file.paged("sizes", np.uint32)

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        self._file.let_go()

    def positions(
        self, entry: Entry, layout: FieldLayout, places: NDArray[np.int64 | np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The positions of the postings at `places` (ascending, each once) of a list.

        Posting i of them has positions[offsets[i]:offsets[i + 1]].
        """
        status, offsets, positions = positions_kernels.get_positions(
            *self._asked(entry, layout, places), layout.low, layout.pivot
        )
        if status < 0:
            raise self._file.damaged("positions cannot be read")
        return offsets, positions

    def followed(
        self,
        entry: Entry,
        layout: FieldLayout,
        places: NDArray[np.int64 | np.int32],
        before: tuple[NDArray[np.int64], NDArray[np.int32]],
        distance: int,
        last: bool,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """set_kernels.followed of positions in the documents of the postings at `places` of a list, and those
        of the list there."""
        offsets, positions = before
        status, docs, offsets, positions = following_kernels.follow_positions(
            *self._asked(entry, layout, places), layout.low, layout.pivot,
            read_only(offsets), read_only(positions), distance, last,
        )  # fmt: skip
        if status < 0:
            raise self._file.damaged("positions cannot be read")
        return docs, offsets, positions

    def _asked(self, entry: Entry, layout: FieldLayout, places: NDArray[np.int64 | np.int32]) -> _Asked:
        """A list from the first block on that is asked for, as the kernels take it: words, words of each
        block, tail, postings, and the places among them."""
        blocks = entry.frequency // BLOCK
        first = int(places[0]) // BLOCK if len(places) else 0
        # Only the pages of the blocks asked for are read.
        before = entry.first_block - layout.unplaced
        sizes = self._sizes.checked(before, before + blocks)
        starts = np.zeros(blocks + 1, np.int64)
        np.cumsum(sizes, out=starts[1:])
        last = min(blocks, int(places[-1]) // BLOCK + 1) if len(places) else 0
        first = min(first, last)
        if starts[-1] != entry.place_word_count:
            raise self._file.damaged(f"{starts[-1]} words of positions, not {entry.place_word_count}")
        words = self._words.checked(
            entry.place_words + int(starts[first]), entry.place_words + int(starts[last])
        )
        tail = self._tails.checked(entry.place_bytes, entry.place_bytes + entry.place_byte_count)
        asked = np.subtract(places, first * BLOCK, dtype=np.int64)
        return words, sizes[first:], tail, entry.frequency - first * BLOCK, read_only(asked)

    def packed(self, table: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """The blocks and the tails of terms in a row, as they lie in the file; of each its row of
        FieldTerms.table."""
        if not len(table):
            return self._words.checked(0, 0), self._tails.checked(0, 0)
        word, byte = int(table[0, PLACE_WORDS]), int(table[0, PLACE_BYTES])
        return (
            self._words.checked(word, word + int(table[:, PLACE_WORD_COUNT].sum())),
            self._tails.checked(byte, byte + int(table[:, PLACE_BYTE_COUNT].sum())),
        )

    def values(self, entry: Entry) -> list[bytes]:
        """What a foreign format keeps with each posting of a list."""
        data = self._tails.checked(entry.place_bytes, entry.place_bytes + entry.place_byte_count).tobytes()
        values, at = [], 0
        for _ in range(entry.frequency):
            if at + _COUNT.size > len(data):
                break
            (size,) = _COUNT.unpack_from(data, at)
            at += _COUNT.size
            values.append(data[at : at + size])
            at += size
        if at != len(data) or len(values) != entry.frequency:
            raise self._file.damaged("values cannot be read")
        return values
