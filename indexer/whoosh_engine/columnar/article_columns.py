"""The columns of a batch's articles as they come: numbers end to end, names by the number of their value."""

from __future__ import annotations

import struct
from array import array
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from indexer.whoosh_engine.columnar.data import StringColumn
from indexer.whoosh_engine.documents import (
    COUNTED_BEFORE,
    FACET_FIELDS,
    facet_bytes,
    facet_names,
    numbers_of,
)
from indexer.whoosh_engine.schema import NAMES, NUMBERS

_CODES = [(name, NUMBERS[name][0]) for name in COUNTED_BEFORE]
_ROW = struct.Struct("<" + "".join(code for _, code in _CODES))
_TYPE = np.dtype([(name, "<" + code) for name, code in _CODES])


class ArticleColumns:
    """Grows by an article at a time; 44 bytes each, a number for each name column, and the distinct names."""

    def __init__(self) -> None:
        self._rows = bytearray()
        self._places: list[dict[tuple[str, ...], int]] = [{} for _ in FACET_FIELDS]
        self._held = [array("i") for _ in FACET_FIELDS]

    @property
    def nbytes(self) -> int:
        return len(self._rows) + 4 * len(self._held) * (len(self._rows) // _ROW.size)

    def add(self, article: Article, indexed: datetime, names: dict[str, tuple[str, ...]]) -> None:
        """Take an article that has these names in its "name" fields."""
        self._rows += _ROW.pack(*numbers_of(article, indexed))
        for field, places, held in zip(FACET_FIELDS, self._places, self._held, strict=True):
            value = facet_names(article, field, names[field])
            held.append(places.setdefault(value, len(places)))

    def numbers(self, words: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """The columns of schema.NUMBERS; `words` are the articles' words."""
        rows = np.frombuffer(self._rows, _TYPE)
        columns = {name: rows[name].astype(np.dtype(code)) for name, code in _CODES}
        return {**columns, "col_words": words.astype(np.int32)}

    def names(self) -> dict[str, StringColumn]:
        """The columns of schema.NAMES."""
        return {
            name: StringColumn.placed(
                [facet_bytes(field, value) for value in places], np.frombuffer(held, np.int32)
            )
            for name, field, places, held in zip(NAMES, FACET_FIELDS, self._places, self._held, strict=True)
        }
