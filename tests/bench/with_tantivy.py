"""tantivy with the same powers: four fields, each stemmed and exact with positions, facet and date columns.

A bare word is its stem in any of the fields, headline three times and summary twice, plus a bonus for the
exact form, as in newsdex.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur

from indexer.query import AllOf, AnyOf, Clause, Fuzzy, Near, Phrase, Prefix, Term, Wildcard
from tests.bench.peers import FACETS, HITS, SNIPPETS, Answer, Depth, Opened, Question, Unsupported
from tests.bench.records import Record, records

name = "tantivy"

HEAP = 512_000_000
WEIGHTS = {"headline": 3.0, "by": 1.0, "summary": 2.0, "body": 1.0}
EXACT_BONUS = 0.25
_STEMMER = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase()).filter(
    tantivy.Filter.stemmer("english")
).build()  # fmt: skip


def version() -> str:
    return f"tantivy-py {installed('tantivy')}"


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for field in WEIGHTS:
        builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
        builder.add_text_field(f"{field}_exact", tokenizer_name="default")
    for facet in (*FACETS, "language"):
        builder.add_text_field(facet, stored=True, fast=True, tokenizer_name="raw")
    builder.add_text_field("url", stored=True, tokenizer_name="raw")
    builder.add_date_field("published", stored=True, indexed=True, fast=True)
    return builder.build()


def build(jsonl: Path, directory: Path) -> int:
    directory.mkdir(exist_ok=True)
    index = tantivy.Index(_schema(), path=str(directory))
    writer = index.writer(heap_size=HEAP)
    count = 0
    for record in records(jsonl):
        writer.add_document(_document(record))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    return count


def _document(record: Record) -> Any:
    document = tantivy.Document()
    document.add_text("id", record.id)
    for field in WEIGHTS:
        text = getattr(record, field)
        if text:
            document.add_text(field, text)
            document.add_text(f"{field}_exact", text)
    values = {"author": record.by, **{name: getattr(record, name) for name in ("source", "section", "place")}}
    for facet, value in {**values, "language": record.language, "url": record.url}.items():
        if value:
            document.add_text(facet, value)
    if record.published:
        document.add_date("published", record.published)
    return document


class _Tantivy:
    def __init__(self, directory: Path):
        self.index = tantivy.Index.open(str(directory))
        self.schema = self.index.schema
        self.searcher = self.index.searcher()

    def ask(self, question: Question, depth: Depth) -> Answer:
        query = self._query(question.clause)
        if question.first or question.last:
            within = tantivy.Query.range_query(
                self.schema, "published", FieldType.Date, _midnight(question.first), _midnight(question.last)
            )
            query = tantivy.Query.boolean_query(
                [(Occur.Must, query), (Occur.Must, tantivy.Query.const_score_query(within, 0.0))]
            )
        order = "published" if question.sort == "newest" else None
        found: Any = self.searcher.search(query, HITS, count=True, order_by_field=order)
        hits: list[Any] = [self.searcher.doc(address) for _, address in found.hits]
        if depth != "top":
            hits = [(hit, self._snippets(query, hit)) for hit in hits]
        if depth == "whole":
            self.searcher.aggregate(query, _AGGREGATIONS)
        return Answer(found.count, hits)

    def _snippets(self, query: Any, hit: Any) -> list[str]:
        # It knows one snippet a field: as many fields as snippets are wanted.
        made = []
        for field in ("body", "summary", "headline")[:SNIPPETS]:
            generator = tantivy.SnippetGenerator.create(self.searcher, query, self.schema, field)
            made.append(generator.snippet_from_doc(hit).to_html())
        return made

    def _query(self, clause: Clause) -> Any:
        match clause:
            case Term(word):
                return self._word(word.lower())
            case AllOf(clauses):
                return tantivy.Query.boolean_query([(Occur.Must, self._query(each)) for each in clauses])
            case AnyOf(clauses):
                return tantivy.Query.boolean_query([(Occur.Should, self._query(each)) for each in clauses])
        return self._anywhere("_exact", lambda field: self._exact(clause, field))

    def _word(self, word: str) -> Any:
        (stem,) = _STEMMER.analyze(word)
        forms = [
            tantivy.Query.boost_query(
                tantivy.Query.term_query(self.schema, field + suffix, term, index_option="freq"), boost
            )
            for field, weight in WEIGHTS.items()
            for suffix, term, boost in (("", stem, weight), ("_exact", word, weight * EXACT_BONUS))
        ]
        return tantivy.Query.boolean_query([(Occur.Should, form) for form in forms])

    def _anywhere(self, suffix: str, of: Any) -> Any:
        return tantivy.Query.boolean_query(
            [(Occur.Should, tantivy.Query.boost_query(of(field + suffix), weight))
             for field, weight in WEIGHTS.items()]
        )  # fmt: skip

    def _exact(self, clause: Clause, field: str) -> Any:
        match clause:
            case Phrase(text):
                return tantivy.Query.phrase_query(self.schema, field, list(text.lower().split()))
            case Near(text, slop):
                return tantivy.Query.phrase_query(self.schema, field, list(text.lower().split()), slop=slop)
            case Prefix(prefix):
                return tantivy.Query.regex_query(self.schema, field, f"{re.escape(prefix)}.*")
            case Wildcard(pattern):
                regex = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
                return tantivy.Query.regex_query(self.schema, field, regex)
            case Fuzzy(word, distance):
                return tantivy.Query.fuzzy_term_query(self.schema, field, word, distance)
        raise Unsupported(repr(clause))

    def close(self) -> None:
        """Nothing is held open but maps of the files, which go with the object."""


_AGGREGATIONS = {
    **{facet: {"terms": {"field": facet, "size": 10}} for facet in FACETS},
    "timeline": {"date_histogram": {"field": "published", "fixed_interval": "30d"}},
}


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def open(directory: Path) -> Opened:
    return _Tantivy(directory)
