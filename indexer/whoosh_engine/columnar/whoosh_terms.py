"""What Whoosh reads term by term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import EmptyCursor, FieldCursor, TermsReader
from whoosh.reading import TermInfo, TermNotFound

from indexer.whoosh_engine import fallbacks
from indexer.whoosh_engine.columnar.codec import ColumnarSegment
from indexer.whoosh_engine.columnar.columns_file import ColumnsFile
from indexer.whoosh_engine.columnar.dictionary_file import Dictionary, Entry, FieldTerms
from indexer.whoosh_engine.columnar.groups import BLOCK
from indexer.whoosh_engine.columnar.places_file import PlacesFile
from indexer.whoosh_engine.columnar.postings_file import PostingsFile
from indexer.whoosh_engine.columnar.segment_files import LENGTHS
from indexer.whoosh_engine.columnar.whoosh_matcher import ColumnarMatcher, TermPostings
from indexer.whoosh_engine.columnar.whoosh_storage import folder_of

Term = tuple[str, bytes]


class ColumnarTermsReader(TermsReader):
    """One segment's terms. IndexDamaged names a file that is not what was written."""

    def __init__(self, storage: Any, segment: ColumnarSegment):
        folder, segment_id, count = folder_of(storage), segment.segment_id(), segment.doc_count_all()
        self._dictionary = Dictionary(folder, segment_id)
        self._postings = PostingsFile(folder, segment_id, count)
        self._places = PlacesFile(folder, segment_id)
        self._columns: ColumnsFile | None = None
        # Postings can be written and read without documents, and then have no lengths.
        with suppress(FileNotFoundError):
            self._columns = ColumnsFile(folder, segment_id, count)

    def __contains__(self, term: Term) -> bool:
        return self._find(*term) is not None

    def _find(self, fieldname: str, text: bytes) -> tuple[FieldTerms, Entry] | None:
        terms = self._dictionary.fields.get(fieldname)
        entry = terms.find(text) if terms else None
        return (terms, entry) if terms and entry else None

    def _codes(self, fieldname: str) -> NDArray[np.uint8] | None:
        return self._columns.length_codes(fieldname) if self._columns else None

    def indexed_field_names(self) -> Iterable[str]:
        return self._dictionary.fields.keys()

    def cursor(self, fieldname: str, fieldobj: Any) -> FieldCursor:
        terms = self._dictionary.fields.get(fieldname)
        return ColumnarCursor(self, terms, fieldobj) if terms else EmptyCursor()

    def _from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[FieldTerms, int]]:
        """The fields from `fieldname` on and where in each to start."""
        for name, terms in self._dictionary.fields.items():
            if name >= fieldname:
                yield terms, terms.rank(prefix)[0] if name == fieldname else 0

    def terms(self) -> Iterator[Term]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        for terms, start in self._from(fieldname, prefix):
            for term in terms.terms(start):
                yield terms.name, term

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        for terms, start in self._from(fieldname, prefix):
            for at, term in enumerate(terms.terms(start), start):
                yield (terms.name, term), self.info(terms, terms.entry(at))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        found = self._find(fieldname, text)
        if found is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return self.info(*found)

    def info(self, terms: FieldTerms, entry: Entry) -> TermInfo:
        """What Whoosh wants to know of a term. A new one each time: its multi-segment reader changes them."""
        if entry.frequency >= BLOCK:
            sums = self._postings.sums(entry)
            least, most = int(LENGTHS[sums.least]), int(LENGTHS[sums.most])
            return TermInfo(sums.weight, entry.frequency, least, most, sums.top, sums.first, sums.last)
        held = self._postings.list(entry, terms.layout)
        codes = self._codes(terms.name)
        least, most = 0, 0
        if codes is not None:
            here = codes[held.docs]
            least, most = int(LENGTHS[here.min()]), int(LENGTHS[here.max()])
        return TermInfo(
            float(held.weights.sum(dtype=np.float64)), entry.frequency, least, most,
            float(held.weights.max()), int(held.docs[0]), int(held.docs[-1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        found = self._find(fieldname, text)
        if found is None:
            raise KeyError((fieldname, text))
        return float(self.info(*found).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        found = self._find(fieldname, text)
        if found is None:
            raise KeyError((fieldname, text))
        return found[1].frequency

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ColumnarMatcher:
        found = self._find(fieldname, text)
        if found is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        fallbacks.note()
        codes = self._codes(fieldname)
        held = TermPostings(*found, self._postings, self._places, codes)
        return ColumnarMatcher(held, format_, (fieldname, text), scorer)


class ColumnarCursor(FieldCursor):
    """Stands on a term of one field; on none behind the last."""

    def __init__(self, reader: ColumnarTermsReader, terms: FieldTerms, fieldobj: Any):
        self._reader, self._terms, self._field = reader, terms, fieldobj
        self._at = 0

    def first(self) -> Any:
        self._at = 0
        return self.text()

    def find(self, string: Any) -> Any:
        """To the first term that is not before the given one."""
        text = string if isinstance(string, bytes) else self._field.to_bytes(string)
        self._at = self._terms.rank(text)[0]
        return self.text()

    def next(self) -> Any:
        self._at += 1
        return self.text()

    def text(self) -> Any:
        """The term as the field shows it, None behind the last."""
        return self._field.from_bytes(self._terms.term(self._at)) if self.is_valid() else None

    def term_info(self) -> TermInfo | None:
        return self._reader.info(self._terms, self._terms.entry(self._at)) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._at < len(self._terms)
