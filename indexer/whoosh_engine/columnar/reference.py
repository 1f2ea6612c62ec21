"""Segments the plain way: one article at a time through documents.document_of, postings in dictionaries.

It is what the kernels are tested against, and some twenty times slower than they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from whoosh.formats import Positions

from corpus.article import Article
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar.data import (
    INVERTED,
    PLACED,
    FieldPostings,
    SegmentData,
    Strings,
    name_columns,
    number_columns,
)
from indexer.whoosh_engine.documents import document_of, stored_length
from indexer.whoosh_engine.schema import Posting

# A posting of one document: its number, its weight, and what Whoosh keeps as its value.
_Held = tuple[int, float, bytes]


def reference_segment(articles: Iterable[tuple[Article, datetime]], stemmer: Stemmer) -> SegmentData:
    """The segment of articles and the times they were first indexed, in their order."""
    documents = [document_of(article, stemmer, indexed) for article, indexed in articles]
    lists: dict[str, dict[bytes, list[_Held]]] = {field: {} for field in INVERTED}
    for doc, values in enumerate(documents):
        for field in INVERTED:
            for term, _length, weight, value in _postings(field, values):
                lists[field].setdefault(term, []).append((doc, weight, value))
    return SegmentData(
        count=len(documents),
        fields={field: _field(field, lists[field]) for field in INVERTED},
        lengths=np.array([stored_length(values["col_words"]) for values in documents], np.int32),
        numbers=number_columns(documents),
        names=name_columns(documents),
        stored=Strings.of(values["stored"].encode("utf-8", "surrogatepass") for values in documents),
    )


def _postings(field: str, values: dict[str, Any]) -> Sequence[Posting]:
    if field == "id":
        return [(values["id"].encode("utf-8", "surrogatepass"), 1, 1.0, b"")]
    return values.get(field, [])  # type: ignore[no-any-return]


def _field(field: str, lists: dict[bytes, list[_Held]]) -> FieldPostings:
    terms = sorted(lists)
    held = [posting for term in terms for posting in lists[term]]
    values = [value for _, _, value in held]
    places = [Positions().decode_positions(value) for value in values] if field in PLACED else None
    return FieldPostings(
        terms=Strings.of(terms),
        offsets=_offsets([len(lists[term]) for term in terms]),
        docs=np.array([doc for doc, _, _ in held], np.int32),
        weights=np.array([weight for _, weight, _ in held], np.float32),
        masks=np.frombuffer(b"".join(values), np.uint8) if field == "stems" else None,
        position_offsets=None if places is None else _offsets([len(each) for each in places]),
        positions=None if places is None else np.array([p for each in places for p in each], np.int32),
    )


def _offsets(lengths: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
