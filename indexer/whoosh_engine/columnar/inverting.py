"""Articles into one segment's arrays: texts are gathered, cut by kernels, and sorted at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np

from corpus.article import Article
from indexer.fields import NAME_FIELDS, WORD_FIELDS, names_of, words_of
from indexer.stems import mark_of
from indexer.whoosh_engine.columnar.data import (
    FieldPostings,
    SegmentData,
    Strings,
    name_columns,
    number_columns,
)
from indexer.whoosh_engine.columnar.entries import Entries, Texts, entries_of, joined
from indexer.whoosh_engine.columnar.sorting import id_postings, placed_postings, stem_postings
from indexer.whoosh_engine.columnar.vocabulary import MARK_NUMBERS, Vocabulary
from indexer.whoosh_engine.documents import columns_of, stored_length

# Characters of text that are cut at once: enough that a call's cost vanishes, few enough (4 bytes each, and
# what comes out as much again) to stay small beside the bound on memory.
TEXT_MOST = 4_000_000


class Batch:
    """One segment in the making. For one thread at a time; batches of several threads need a vocabulary each.

    The vocabulary may have served an earlier batch: what it has learnt stays true.
    """

    def __init__(self, vocabulary: Vocabulary, text_most: int = TEXT_MOST):
        self.count = 0
        self._vocabulary = vocabulary
        self._text_most = text_most
        self._word_texts, self._name_texts = Texts(), Texts()
        self._words: list[Entries] = []
        self._names: list[Entries] = []
        self._columns: list[dict[str, Any]] = []
        self._stored: list[bytes] = []
        self._ids: list[bytes] = []
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        """About what the segment and its vocabulary will take at most, which is while finish works."""
        # Entries and stored texts, both once more where they are going, and what numpy needs between:
        # 570 MB were taken where this says 640 (20,000 articles of 460 words).
        return 3 * self._bytes + 1_500 * self.count + self._vocabulary.nbytes

    def add(self, article: Article, indexed: datetime) -> int:
        """Take an article first indexed at that time; its document number."""
        doc = self.count
        mark = _mark_number(article.language)
        for number, field in enumerate(WORD_FIELDS):
            text = words_of(article, field.name)
            if text:
                self._word_texts.add(text, doc, number, mark)
        for number, field in enumerate(NAME_FIELDS, start=len(WORD_FIELDS)):
            for name in names_of(article, field.name):
                self._name_texts.add(name, doc, number, mark)
        columns = columns_of(article, indexed)
        stored = columns.pop("stored").encode("utf-8", "surrogatepass")
        self._columns.append(columns)
        self._stored.append(stored)
        self._ids.append(article.id.encode("utf-8", "surrogatepass"))
        self._bytes += len(stored)
        self.count = doc + 1
        if self._word_texts.characters + self._name_texts.characters >= self._text_most:
            self._cut()
        return doc

    def finish(self) -> SegmentData:
        """The segment; the batch is used up."""
        self._cut()
        words = np.zeros(self.count, np.int64)
        for entries in self._words:
            np.add.at(words, entries.docs, entries.words)
        for columns, count in zip(self._columns, words.tolist(), strict=True):
            columns["col_words"] = count
        stored = Strings.of(self._stored)
        self._stored.clear()
        return SegmentData(
            count=self.count,
            fields=self._fields(),
            lengths=np.array([stored_length(count) for count in words.tolist()], np.int32),
            numbers=number_columns(self._columns),
            names=name_columns(self._columns),
            stored=stored,
        )

    def _cut(self) -> None:
        for texts, held in ((self._word_texts, self._words), (self._name_texts, self._names)):
            entries = entries_of(texts, self._vocabulary)
            held.append(entries)
            self._bytes += entries.nbytes
        self._word_texts, self._name_texts = Texts(), Texts()

    def _fields(self) -> dict[str, FieldPostings]:
        terms, stems = self._vocabulary.terms, self._vocabulary.stems
        order = terms.order()
        fields = {
            "id": id_postings(self._ids),
            "text": placed_postings(self._words, terms.strings, order),
            "stems": stem_postings(self._words, stems.strings, stems.order()),
        }
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order))
        names = joined(self._names)
        for number, field in enumerate(NAME_FIELDS, start=len(WORD_FIELDS)):
            entries = names.of_field(number)
            # A name field has few of all terms: numbered among themselves they need no table of all.
            used, dense = np.unique(rank[entries.terms], return_inverse=True)
            held = terms.strings.take(order[used])
            dense_entries = replace(entries, terms=dense.astype(np.int32))
            fields[field.name] = placed_postings([dense_entries], held, np.arange(len(used)))
        return fields


@lru_cache(maxsize=1024)
def _mark_number(language: str) -> int:
    return MARK_NUMBERS[mark_of(language)]
