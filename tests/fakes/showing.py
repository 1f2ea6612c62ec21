"""What of an article is marked and shown, and a clause in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from corpus.article import Article
from indexer.fields import FIELDS, words_of
from indexer.query import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Clause,
    DateRange,
    Exact,
    Fuzzy,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Sort,
    Term,
    Wildcard,
)
from indexer.results import Edge, Marked, Snippet
from tests.fakes.matching import MARKED_FIELDS, fields_of, leaves_of, spans_in, top_of


def _marks(article: Article, field: str, query: Query) -> tuple[tuple[int, int], ...]:
    spans = sorted(
        span
        for leaf in leaves_of(query.clause)
        if field in fields_of(leaf, query.search_in)
        for span in spans_in(leaf, words_of(article, field))
    )
    merged: list[tuple[int, int]] = []
    for start, stop in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


def marked_by(article: Article, query: Query) -> Marked:
    marks = {name: _marks(article, name, query) for name in MARKED_FIELDS}
    hits = sum(map(len, marks.values())) if any(leaves_of(query.clause)) else None
    return Marked(article=article, hits=hits, marks=marks)


def snippets_of(marked: Marked, query: Query) -> Iterator[Snippet]:
    offset = 0
    for number, text in enumerate(marked.article.paragraphs, 1):
        inside = [(a - offset, b - offset) for a, b in marked.body.marks if offset <= a < offset + len(text)]
        offset += len(text) + 1
        if inside or (number == 1 and not marked.body.marks):
            begin = max(0, inside[0][0] - query.snippet_chars // 2) if inside else 0
            begin = 0 if begin == 0 else (text.rfind(" ", 0, begin) + 1)
            stop = min(len(text), begin + query.snippet_chars)
            stop = len(text) if stop == len(text) else max(text.rfind(" ", begin, stop), begin) or stop
            stop = max(stop, inside[0][1]) if inside else stop
            marks = tuple((a - begin, b - begin) for a, b in inside if b <= stop)
            yield Snippet(
                text=text[begin:stop],
                marks=marks,
                paragraph=number,
                cut_left=begin > 0,
                cut_right=stop < len(text),
            )


def score_of(article: Article, query: Query) -> float:
    weights = {field.name: field.weight for field in FIELDS}
    return float(sum(weights[name] * len(_marks(article, name, query)) for name in MARKED_FIELDS))


def why_of(article: Article, query: Query) -> tuple[tuple[str, float], ...]:
    alone = ((clause, dataclasses.replace(query, clause=clause)) for clause in top_of(query))
    return tuple((in_words(clause), score_of(article, each)) for clause, each in alone)


def sort_of(query: Query) -> Sort:
    return query.sort or ("relevance" if any(leaves_of(query.clause)) else "newest")


def edge_of(article: Article) -> Edge:
    assert article.published
    return Edge(id=article.id, published=article.published, headline=article.headline, source=article.source)


def in_words(clause: Clause) -> str:
    if clause == EVERYTHING:
        return "every article"
    if isinstance(clause, AllOf):
        return " ".join(in_words(each) for each in clause.clauses)
    if isinstance(clause, AnyOf):
        return f"({' OR '.join(in_words(each) for each in clause.clauses)})"
    if isinstance(clause, Not):
        return f"NOT {in_words(clause.clause)}"
    if isinstance(clause, DateRange):
        return f"{clause.field}:{clause.first or ''}/{clause.last or ''}"
    shown: dict[type, Callable[[Any], str]] = {
        Term: lambda c: c.word,
        Exact: lambda c: f"={c.word}",
        Phrase: lambda c: f'"{c.text}"',
        Near: lambda c: f'"{c.text}"~{c.slop}',
        Prefix: lambda c: f"{c.prefix}*",
        Wildcard: lambda c: c.pattern,
        Fuzzy: lambda c: f"{c.word}~{c.distance}",
    }
    words = shown[type(clause)](clause)
    return f"{clause.field}:{words}" if clause.field else words
