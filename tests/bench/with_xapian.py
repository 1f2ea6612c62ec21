"""Xapian in its own manner: one list of all the text, weighted by counting headline words three times.

Headline, byline and summary are beside it under prefixes, as its guide does for fields; the body alone
cannot be asked, which spares it a second list of every body. Exact terms have positions, stems have none.
A bare word is its stem plus a bonus for the exact form, as in newsdex. Version 1.4 has no fuzzy search, and a
wildcard inside a word is looked up in its list of terms.
"""

from __future__ import annotations

import fnmatch
import importlib.machinery
import importlib.util
import itertools
import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from indexer.query import AllOf, AnyOf, Clause, Near, Phrase, Prefix, Term, Wildcard
from tests.bench.peers import FACETS, HITS, SNIPPETS, Answer, Depth, Opened, Question, Unsupported
from tests.bench.records import Record, records

name = "xapian"

# Xapian comes from the distribution (Debian: python3-xapian), whose folder a virtual environment leaves out.
# Only this one package is taken from there, and only by an interpreter that its extension was made for.
_DEBIAN = "/usr/lib/python3/dist-packages"


def _xapian() -> Any:
    if importlib.util.find_spec("xapian") is None:
        spec = importlib.machinery.PathFinder.find_spec("xapian", [_DEBIAN])
        if spec is None or spec.loader is None:
            raise ImportError("No module named 'xapian'; Debian has it as python3-xapian", name="xapian")
        module = importlib.util.module_from_spec(spec)
        sys.modules["xapian"] = module
        try:
            spec.loader.exec_module(module)
        except ImportError:
            del sys.modules["xapian"]
            raise
    return importlib.import_module("xapian")


xapian = _xapian()
Q = xapian.Query

# (attribute, prefix of its own or "", how often each of its words counts)
TEXTS = (("headline", "S", 3), ("by", "A", 1), ("summary", "XS", 2), ("body", "", 1))
EXACT_BONUS = 0.25
# More places than NEAR may span, so that no phrase runs from one text into the next.
GAP = 100
PUBLISHED, MONTH = 0, 1
SLOTS = {facet: slot for slot, facet in enumerate(FACETS, start=2)}
SNIPPET_LENGTH = 200
# The other engines part words at an apostrophe.
_PARTED = str.maketrans({"'": " ", "’": " "})


def version() -> str:
    return f"Xapian {xapian.version_string()}"


def build(jsonl: Path, directory: Path) -> int:
    database = xapian.WritableDatabase(str(directory), xapian.DB_CREATE | xapian.DB_BACKEND_GLASS)
    terms = xapian.TermGenerator()
    terms.set_stemmer(xapian.Stem("english"))
    count = 0
    for record in records(jsonl):
        database.add_document(_document(terms, record))
        count += 1
    database.commit()
    database.close()
    return count


def _document(terms: Any, record: Record) -> Any:
    document = xapian.Document()
    terms.set_document(document)
    terms.set_termpos(0)
    for field, prefix, weight in TEXTS:
        text = getattr(record, field).translate(_PARTED)
        if text:
            terms.index_text(text, weight)
            terms.increase_termpos(GAP)
            if prefix:
                terms.index_text(text, 1, prefix)
                terms.increase_termpos(GAP)
    facets = {"source": record.source, "section": record.section, "author": record.by, "place": record.place}
    for facet, value in facets.items():
        if value:
            document.add_value(SLOTS[facet], value)
    stored = {each: getattr(record, each) for each in Record.__slots__ if each != "published"}
    if record.published:
        document.add_value(PUBLISHED, xapian.sortable_serialise(record.published.timestamp()))
        document.add_value(MONTH, f"{record.published:%Y-%m}")
        stored["published"] = record.published.isoformat()
    document.set_data(json.dumps(stored, ensure_ascii=False))
    return document


class _Xapian:
    def __init__(self, directory: Path):
        self.database = xapian.Database(str(directory))
        self.count = self.database.get_doccount()
        self.stem = xapian.Stem("english")

    def ask(self, question: Question, depth: Depth) -> Answer:
        query = self._query(question.clause)
        if question.first and question.last:
            within = Q(Q.OP_VALUE_RANGE, PUBLISHED, _start(question.first),
                       _start(question.last + timedelta(days=1)))  # fmt: skip
            query = Q(Q.OP_FILTER, query, within)
        enquire = xapian.Enquire(self.database)
        enquire.set_query(query)
        if question.sort == "newest":
            enquire.set_sort_by_value(PUBLISHED, True)
        spies = []
        if depth == "whole":
            for slot in (*SLOTS.values(), MONTH):
                spies.append(xapian.ValueCountMatchSpy(slot))
                enquire.add_matchspy(spies[-1])
        # Only when every match is looked at is the estimate exact.
        found = enquire.get_mset(0, HITS, self.count)
        hits: list[Any] = [json.loads(match.document.get_data()) for match in found]
        if depth != "top":
            hits = [(hit, self._snippets(found, hit)) for hit in hits]
        for spy in spies:
            list(spy.top_values(HITS))
        return Answer(found.get_matches_estimated(), hits)

    def _snippets(self, found: Any, hit: dict[str, str]) -> list[bytes]:
        # It knows one snippet a text: as many texts as snippets are wanted.
        return [
            found.snippet(hit[field], SNIPPET_LENGTH, self.stem)
            for field in ("body", "summary", "headline")[:SNIPPETS]
        ]

    def _query(self, clause: Clause) -> Any:
        match clause:
            case Term(word):
                exact = Q(Q.OP_SCALE_WEIGHT, Q(word.lower()), EXACT_BONUS)
                return Q(Q.OP_OR, Q(f"Z{self.stem(word.lower()).decode()}"), exact)
            case Phrase(text):
                words = text.lower().split()
                return Q(Q.OP_PHRASE, words, len(words))
            case Near(text, slop):
                words = text.lower().split()
                return Q(Q.OP_NEAR, words, len(words) + slop)
            case Prefix(prefix):
                return Q(Q.OP_WILDCARD, prefix, 0, Q.WILDCARD_LIMIT_ERROR, Q.OP_OR)
            case Wildcard(pattern):
                return Q(Q.OP_OR, self._terms(pattern))
            case AllOf(clauses):
                return Q(Q.OP_AND, [self._query(each) for each in clauses])
            case AnyOf(clauses):
                return Q(Q.OP_OR, [self._query(each) for each in clauses])
        raise Unsupported(repr(clause))

    def _terms(self, pattern: str) -> list[str]:
        start = "".join(itertools.takewhile(lambda char: char not in "*?", pattern))
        listed = (term.term.decode() for term in self.database.allterms(start))
        return [term for term in listed if fnmatch.fnmatchcase(term, pattern)]

    def close(self) -> None:
        self.database.close()


def _start(day: date) -> bytes:
    serialised: bytes = xapian.sortable_serialise(datetime.combine(day, time(), UTC).timestamp())
    return serialised


def open(directory: Path) -> Opened:
    return _Xapian(directory)
