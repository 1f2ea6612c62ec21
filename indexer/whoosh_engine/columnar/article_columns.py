"""The columns of a batch's articles as they come: numbers end to end, names by the number of their value."""

from __future__ import annotations

import struct
from array import array
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from indexer.fields import names_of
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
        # By field: the numbers of what articles hold there, as they hold it; what that is in the column; and
        # the number of each article's.
        self._fields: list[tuple[str, dict[Any, int], list[bytes], array[int]]] = [
            (field, {}, [], array("i")) for field in FACET_FIELDS
        ]

    @property
    def nbytes(self) -> int:
        return len(self._rows) + 4 * len(self._fields) * (len(self._rows) // _ROW.size)

    def add(self, article: Article, indexed: datetime) -> None:
        self._rows += _ROW.pack(*numbers_of(article, indexed))
        for field, places, values, held in self._fields:
            holds = (article.source_id, article.source) if field == "source" else getattr(article, field)
            place = places.get(holds)
            if place is None:
                place = places[holds] = len(places)
                values.append(facet_bytes(field, facet_names(article, field, names_of(article, field))))
            held.append(place)

    def numbers(self, words: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """The columns of schema.NUMBERS; `words` are the articles' words."""
        rows = np.frombuffer(self._rows, _TYPE)
        columns = {name: rows[name].astype(np.dtype(code)) for name, code in _CODES}
        return {**columns, "col_words": words.astype(np.int32)}

    def names(self) -> dict[str, StringColumn]:
        """The columns of schema.NAMES."""
        return {
            name: StringColumn.placed(values, np.frombuffer(held, np.int32))
            for name, (_, _, values, held) in zip(NAMES, self._fields, strict=True)
        }
