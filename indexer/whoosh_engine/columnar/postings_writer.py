"""Writing what postings_file.py and places_file.py read, and the dictionary beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.data import FieldPostings, Strings
from indexer.whoosh_engine.columnar.dictionary_file import DictionaryWriter, FieldLayout
from indexer.whoosh_engine.columnar.encoded import NO_CODES, Encoded, PackedField, encoded
from indexer.whoosh_engine.columnar.files import Abreast, SectionWriter
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.postings_file import LONG
from indexer.whoosh_engine.columnar.terms_kernels import POSITIONS
from indexer.whoosh_engine.weighting import LENGTHS

# Sections of the files, and what of EncodedPostings and EncodedPlaces goes there.
_POSTINGS = {
    "words": "words", "tails": "tails", "lasts": "lasts", "sizes": "sizes", "top weights": "top_weights",
    "least lengths": "least_lengths",
}  # fmt: skip
_PLACES = {"words": "words", "tails": "tails", "sizes": "sizes"}


class PostingsWriter:
    """Writes field after field: postings, places and the dictionary's entries."""

    def __init__(self, postings: SectionWriter, places: SectionWriter, dictionary: DictionaryWriter):
        self._file, self._dictionary = postings, dictionary
        self._postings, self._places = Abreast(postings, *_POSTINGS), Abreast(places, *_PLACES)
        self._long: list[NDArray[np.void]] = []
        self._unplaced = 0

    def add_field(
        self,
        name: str,
        slices: Iterable[FieldPostings] | PackedField,
        layout: FieldLayout,
        length_codes: NDArray[np.uint8] | None,
        values: Strings | None = None,
    ) -> None:
        """One field, fields in the order of their names, in slices of its terms; left out if it has none.

        `length_codes` are the lengths of all documents in this field as Whoosh's codes, None where it has
        none; `values` what Whoosh keeps with each posting, for a layout with VALUES and a single slice.
        """
        codes = NO_CODES if length_codes is None else length_codes
        average = float(LENGTHS[codes].mean()) if len(codes) else 0.0
        layout = replace(layout, unplaced=self._unplaced, average=average)
        if isinstance(slices, PackedField):
            pieces = slices.pieces(layout, codes)
        else:
            pieces = (piece for field in slices for piece in encoded(field, layout, codes, values))
        started = False
        for piece in pieces:
            if not started:
                self._dictionary.start_field(name, layout)
                started = True
            self._add(piece, layout)

    def _add(self, piece: Encoded, layout: FieldLayout) -> None:
        for section, attribute in _POSTINGS.items():
            self._postings.write(section, getattr(piece.postings, attribute))
        for section, attribute in _PLACES.items():
            self._places.write(section, getattr(piece.places, attribute))
        self._long.append(piece.postings.long)
        if layout.places != POSITIONS:
            self._unplaced += int((piece.lists[:, 0] // BLOCK).sum())
        self._dictionary.add(piece.terms, piece.lists)

    def finish(self) -> None:
        self._postings.finish()
        self._file.section("long", np.concatenate(self._long) if self._long else np.empty(0, LONG))
        self._places.finish()
        self._dictionary.finish()
