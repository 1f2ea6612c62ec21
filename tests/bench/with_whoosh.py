"""Whoosh as it comes (whoosh3): its own codec, its own searcher, an ordinary schema of the same powers.

Four fields, each stemmed and exact with positions, facets and date sortable, everything stored. A bare word
is its stem in any of the fields plus a bonus for the exact form, as in newsdex. Its ten best are taken as its
searcher gives them, although its pruning loses some.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from whoosh import analysis, fields, highlight, index, query, sorting
from whoosh.query import spans

from indexer.query import AllOf, AnyOf, Clause, Fuzzy, Near, Phrase, Prefix, Term, Wildcard
from tests.bench.peers import FACETS, HITS, SNIPPETS, Answer, Depth, Opened, Question, Unsupported
from tests.bench.records import Record, records

name = "whoosh"

MEMORY_MB = 512
WEIGHTS = {"headline": 3.0, "by": 1.0, "summary": 2.0, "body": 1.0}
EXACT_BONUS = 0.25
_STEMMED = analysis.StemmingAnalyzer(stoplist=None, minsize=1, cachesize=-1)
_EXACT = analysis.StandardAnalyzer(stoplist=None, minsize=1)


def version() -> str:
    return f"whoosh3 {installed('whoosh3')}"


def _schema() -> Any:
    schema = fields.Schema(
        id=fields.ID(stored=True, unique=True),
        url=fields.STORED,
        language=fields.ID(stored=True),
        published=fields.DATETIME(stored=True, sortable=True),
        month=fields.ID(sortable=True),
    )
    for field in WEIGHTS:
        schema.add(field, fields.TEXT(analyzer=_STEMMED, stored=True))
        schema.add(f"{field}_exact", fields.TEXT(analyzer=_EXACT))
    for facet in FACETS:
        schema.add(facet, fields.ID(stored=True, sortable=True))
    return schema


def build(jsonl: Path, directory: Path) -> int:
    directory.mkdir(exist_ok=True)
    writer = index.create_in(str(directory), _schema()).writer(limitmb=MEMORY_MB)
    count = 0
    for record in records(jsonl):
        writer.add_document(**_document(record))
        count += 1
    writer.commit()
    return count


def _document(record: Record) -> dict[str, Any]:
    values: dict[str, Any] = {"id": record.id, "url": record.url, "language": record.language}
    for field in WEIGHTS:
        text = getattr(record, field)
        if text:
            values |= {field: text, f"{field}_exact": text}
    facets = {"source": record.source, "section": record.section, "author": record.by, "place": record.place}
    values |= {facet: value for facet, value in facets.items() if value}
    if record.published:
        # It keeps no zone.
        values["published"] = record.published.astimezone(UTC).replace(tzinfo=None)
        values["month"] = f"{record.published:%Y-%m}"
    return values


class _Whoosh:
    def __init__(self, directory: Path):
        self.searcher = index.open_dir(str(directory)).searcher()

    def ask(self, question: Question, depth: Depth) -> Answer:
        options: dict[str, Any] = {"limit": HITS}
        if question.first and question.last:
            first, last = _midnight(question.first), datetime.combine(question.last, time.max)
            options["filter"] = query.DateRange("published", first, last)
        if question.sort == "newest":
            options |= {"sortedby": "published", "reverse": True}
        if depth == "whole":
            facets = sorting.Facets()
            for facet in (*FACETS, "month"):
                facets.add_field(facet, maptype=sorting.Count)
            options["groupedby"] = facets
        found = self.searcher.search(self._query(question.clause), **options)
        hits: list[Any] = [(hit, hit.fields()) for hit in found]
        if depth == "top":
            return Answer(len(found), hits)
        found.fragmenter = highlight.ContextFragmenter(maxchars=200)
        shown = [(stored, hit.highlights("body", top=SNIPPETS)) for hit, stored in hits]
        if depth == "whole":
            for facet in (*FACETS, "month"):
                found.groups(facet)
        return Answer(len(found), shown)

    def _query(self, clause: Clause) -> Any:
        match clause:
            case Term(word):
                return self._word(word.lower())
            case AllOf(clauses):
                return query.And([self._query(each) for each in clauses])
            case AnyOf(clauses):
                return query.Or([self._query(each) for each in clauses])
        return query.Or([self._exact(clause, f"{field}_exact", boost) for field, boost in WEIGHTS.items()])

    def _word(self, word: str) -> Any:
        (stem,) = (token.text for token in _STEMMED(word))
        return query.Or(
            [
                query.Term(field + suffix, term, boost=boost)
                for field, weight in WEIGHTS.items()
                for suffix, term, boost in (("", stem, weight), ("_exact", word, weight * EXACT_BONUS))
            ]
        )

    def _exact(self, clause: Clause, field: str, boost: float) -> Any:
        match clause:
            case Phrase(text):
                return query.Phrase(field, text.lower().split(), boost=boost)
            case Near(text, slop):
                words = [query.Term(field, word) for word in text.lower().split()]
                return spans.SpanNear2(words, slop=slop + 1, ordered=False)
            case Prefix(prefix):
                return query.Prefix(field, prefix, boost=boost)
            case Wildcard(pattern):
                return query.Wildcard(field, pattern, boost=boost)
            case Fuzzy(word, distance):
                return query.FuzzyTerm(field, word, boost=boost, maxdist=distance, prefixlength=0)
        raise Unsupported(repr(clause))

    def close(self) -> None:
        self.searcher.close()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def open(directory: Path) -> Opened:
    return _Whoosh(directory)
