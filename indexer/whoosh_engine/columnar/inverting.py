"""Articles into one segment's arrays: texts are gathered, cut by kernels, and sorted at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from indexer.fields import NAME_FIELDS, WORD_FIELDS, names_of, words_of
from indexer.stems import mark_of
from indexer.whoosh_engine.columnar.article_columns import ArticleColumns
from indexer.whoosh_engine.columnar.data import FieldPostings, StringColumn
from indexer.whoosh_engine.columnar.entries import Entries, Texts, entries_of, joined
from indexer.whoosh_engine.columnar.files import SectionWriter
from indexer.whoosh_engine.columnar.names import Names
from indexer.whoosh_engine.columnar.packing import Packing
from indexer.whoosh_engine.columnar.sorting import id_postings, name_postings, stem_postings, text_postings
from indexer.whoosh_engine.columnar.stored_file import StoredWriter
from indexer.whoosh_engine.columnar.vocabulary import MARK_NUMBERS, Vocabulary
from indexer.whoosh_engine.documents import stored_length
from indexer.whoosh_engine.stored_article import encode

# Characters of text that are cut at once: enough that a call's cost vanishes, few enough (4 bytes each, and
# what comes out as much again) to stay small beside the bound on memory.
TEXT_MOST = 4_000_000

_WORDS = [(number, field.name) for number, field in enumerate(WORD_FIELDS)]
_NAMES = {field.name: number for number, field in enumerate(NAME_FIELDS, start=len(WORD_FIELDS))}


class Batch:
    """One segment in the making. For one thread at a time; batches of several threads need a vocabulary each.

    The vocabulary and the packing may have served an earlier batch: what they have learnt stays true. What
    waits to be written waits in `folder`.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        text_most: int = TEXT_MOST,
        packing: Packing | None = None,
        folder: Path | None = None,
    ):
        self.count = 0
        self._vocabulary = vocabulary
        self._text_most = text_most
        self._word_texts, self._name_texts = Texts(), Texts()
        self._words: list[Entries] = []
        self._names: list[Entries] = []
        self._columns = ArticleColumns()
        self._stored = StoredWriter(packing, folder)
        self._ids: list[str] = []
        self._bytes = 0
        # It grows where texts are cut alone, and is long to sum up for every article.
        self._known_bytes = vocabulary.nbytes

    @property
    def nbytes(self) -> int:
        """About what the segment and its vocabulary will take at most, which is while it is written."""
        # Entries, and as much again where they are going: batches of 5,000, 25,000 and 60,000 articles took
        # this and another 55, 55 and 35 MB, for buffers that do not grow.
        return 2 * self._bytes + 100 * self.count + self._columns.nbytes + self._known_bytes

    def add(self, article: Article, indexed: datetime) -> int:
        """Take an article first indexed at that time; its document number."""
        doc = self.count
        mark = _mark_number(article.language)
        for number, field in _WORDS:
            text = words_of(article, field)
            if text:
                self._word_texts.add(text, doc, number, mark)
        for field, number in _NAMES.items():
            for name in names_of(article, field):
                self._name_texts.add(name, doc, number, mark)
        self._columns.add(article, indexed)
        self._stored.add(encode(article))
        self._ids.append(article.id)
        self.count = doc + 1
        if self._word_texts.characters + self._name_texts.characters >= self._text_most:
            self._cut()
        return doc

    def finish(self) -> Finished:
        """The segment to be written; the batch is used up."""
        self._cut()
        return Finished(
            self._vocabulary, self._words, joined(self._names), self._ids, self._columns, self._stored
        )

    def _cut(self) -> None:
        for texts, held in ((self._word_texts, self._words), (self._name_texts, self._names)):
            entries = entries_of(texts, self._vocabulary)
            held.append(entries)
            self._bytes += entries.nbytes
        self._known_bytes = self._vocabulary.nbytes
        self._word_texts, self._name_texts = Texts(), Texts()


class Finished:
    """A segment's source (segment_files.Source) that is sorted field by field as it is written.

    Each field is given once; its memory goes as it is given.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        words: list[Entries],
        names: Entries,
        ids: list[str],
        columns: ArticleColumns,
        stored: StoredWriter,
    ):
        self.count = len(ids)
        self._vocabulary, self._words, self._names, self._ids = vocabulary, words, names, ids
        self._columns, self._stored = columns, stored
        self._word_counts = np.zeros(self.count, np.int64)
        for entries in words:
            counts = np.bincount(entries.docs, entries.words, minlength=self.count)
            self._word_counts += counts.astype(np.int64)
        self._order = vocabulary.terms.order()
        self._ranks = np.empty(len(self._order), np.int32)
        self._ranks[self._order] = np.arange(len(self._order))

    def lengths(self) -> NDArray[np.int32]:
        distinct, places = np.unique(self._word_counts, return_inverse=True)
        return np.array([stored_length(count) for count in distinct.tolist()], np.int32)[places]

    def numbers(self) -> dict[str, NDArray[Any]]:
        return self._columns.numbers(self._word_counts)

    def names(self) -> dict[str, StringColumn]:
        return self._columns.names()

    def store(self, file: SectionWriter, field: str) -> None:
        """Write the articles as a stored_file whose rows are that field."""
        self._stored.finish(file, field)

    def field(self, name: str) -> Iterator[FieldPostings]:
        """The field in slices of its terms."""
        if name == "id":
            ids = Names()
            yield id_postings(ids.numbers(self._ids), ids.strings, ids.order())
        elif name == "stems":
            stems = self._vocabulary.stems
            made = stem_postings(self._words, stems.strings, stems.order())
            self._words[:] = [each.without_stems() for each in self._words]
            yield from made
        elif name == "text":
            made = text_postings(self._words, self._vocabulary.terms.strings, self._order)
            self._words.clear()
            yield from made
        else:
            yield from self._named(_NAMES[name])

    def _named(self, number: int) -> Iterator[FieldPostings]:
        entries = self._names.of_field(number)
        # A name field has few of all terms: numbered among themselves they need no table of all.
        used, dense = np.unique(self._ranks[entries.terms], return_inverse=True)
        held = self._vocabulary.terms.strings.take(self._order[used])
        return name_postings(replace(entries, terms=dense.astype(np.int32)), held)


@lru_cache(maxsize=1024)
def _mark_number(language: str) -> int:
    return MARK_NUMBERS[mark_of(language)]
