"""One search, from the Query to its ResultPage."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from indexer.describe import describe, top_clauses
from indexer.errors import SearchTimeout
from indexer.parse import parse
from indexer.query import EVERYTHING, AnyOf, Clause, Not, Note, Query, Sort
from indexer.results import ClauseCount, Edge, Facet, Hit, Marked, ResultPage, Snippet, Timeline
from indexer.whoosh_engine.counting_kernels import ends_of
from indexer.whoosh_engine.counts import facet, facet_filters, timeline
from indexer.whoosh_engine.execute import OutOfTime
from indexer.whoosh_engine.facet_values import Mask
from indexer.whoosh_engine.marks import NO_SPANS, Looking, marked
from indexer.whoosh_engine.matches import Masked, Matches, OfSegment
from indexer.whoosh_engine.order import (
    after,
    cursor_after,
    first_by_column,
    first_in_order,
    sort_keys,
    sort_of,
)
from indexer.whoosh_engine.plan import Constant, Every, InOrder, Leaf, OneOf, Plan, Within, has_text
from indexer.whoosh_engine.ranking import best
from indexer.whoosh_engine.ranking import scores as scores_of
from indexer.whoosh_engine.schema import NO_INSTANT
from indexer.whoosh_engine.snippets import beginning, passages
from indexer.whoosh_engine.suggesting import better_spelling

if TYPE_CHECKING:
    from indexer.whoosh_engine.engine import WhooshEngine

Docs = NDArray[np.int64]
Snippets = tuple[Snippet, ...]


class Search:
    """One query on one open generation."""

    def __init__(self, engine: WhooshEngine, query: Query):
        self._engine = engine
        self._columns = engine.columns
        self._query = query
        self._began = time.monotonic()
        self._deadline = self._began + engine.time_limit_ms / 1000
        self._plan = engine.compiler.compile(query.clause, query.search_in)
        self._sort: Sort = sort_of(query, has_text(self._plan))
        self._notes: list[Note] = list(query.notes)
        # What the plans of this search have in common is looked up once, segment by segment.
        self._parts = [engine.executor.over(at, self._deadline) for at in range(len(engine.store.segments))]
        self._allowed, self._date_mask = self._filter_masks()
        segments = engine.store.segments
        self._of_facets = [Masked(mask, segments) for mask in self._allowed.values()]
        dated = self._date_mask
        self._filters = [*self._of_facets, *([] if dated is None else [Masked(dated, segments)])]

    def _filter_masks(self) -> tuple[Mapping[str, Mask], Mask | None]:
        return facet_filters(self._query, self._columns), self._columns.date_mask(self._query)

    def count(self) -> int:
        return self._total(self._plan)

    def ordered(self) -> Iterator[int]:
        """Every matching document in the query's sort."""
        for part in self._parts:
            part.deadline = math.inf
        found = self._passing(self._matches(self._plan))
        docs, scores = self._ranked(found, len(found))
        keys = sort_keys(self._sort, docs, scores, self._columns)
        yield from docs[first_in_order(keys, docs, self._columns, 0, len(docs))].tolist()

    def page(self) -> ResultPage:
        """The answer; raises CursorInvalid, and SearchTimeout when time ran out with nothing to show."""
        matches = self._matches(self._plan)
        found = self._passing(matches)
        if not matches.complete and not len(found):
            raise SearchTimeout(self._engine.time_limit_ms)
        relation: Literal["eq", "gte"] = "eq"
        if not matches.complete:
            relation = "gte"
            limit = f"{self._engine.time_limit_ms:,} ms"
            self._note("time_limit", f"The search stopped after {limit}; there may be more results.")
        hits, next_cursor = self._hits(found)
        total = len(found)
        first, last = self._edges(found.docs) if self._query.edges else (None, None)
        return ResultPage(
            query=self._query,
            hits=hits,
            total=total,
            total_relation=relation,
            sort=self._sort,
            interpreted=describe(self._query.clause),
            notes=tuple(self._notes),
            clauses=self._clause_counts(total),
            facets=self._facets(matches) if self._query.facets else (),
            timeline=self._timeline(found.docs) if self._query.timeline else None,
            first=first,
            last=last,
            undated=self._undated(matches),
            suggestion=better_spelling(self._engine, self._query, total),
            any_total=self._any_total() if not total else None,
            next_cursor=next_cursor,
            took_ms=(time.monotonic() - self._began) * 1000,
            index=self._engine.info(),
        )

    def _note(self, code: str, message: str) -> None:
        self._notes.append(Note(code, message))

    def _matches(self, plan: Plan) -> Matches:
        """All segments' documents that were looked at in time."""
        found: list[OfSegment] = []
        for part in self._parts:
            try:
                matched = part.matched(plan)
            except OutOfTime:
                return Matches(found, complete=False)
            found.append(OfSegment(part.segment.base, matched))
        return Matches(found)

    def _passing(self, matches: Matches) -> Matches:
        """What the filters let through."""
        return matches.within(self._filters)

    def _ranked(self, found: Matches, most: int) -> tuple[Docs, NDArray[np.float64] | None]:
        """Those of the matches that can be among the first `most`, with their scores.

        Without scores where another order than relevance is asked for.
        """
        if self._sort != "relevance":
            return first_by_column(self._sort, found, self._columns, most), None
        docs: list[Docs] = []
        scores = []
        for over, (base, here) in zip(self._parts, found.parts, strict=False):
            chosen, theirs = best(over, self._plan, here, most)
            docs.append(chosen + np.int64(base))
            scores.append(theirs)
        if len(docs) == 1:
            return docs[0], scores[0]
        return np.concatenate([np.empty(0, np.int64), *docs]), np.concatenate([np.empty(0), *scores])

    def _hits(self, found: Matches) -> tuple[tuple[Hit, ...], str]:
        query, columns, sort, total = self._query, self._columns, self._sort, len(found)
        before = (query.page - 1) * query.page_size
        start = before
        # What comes after a cursor is sought among all.
        docs, scores = self._ranked(found, total if query.cursor else start + query.page_size)
        keys = sort_keys(sort, docs, scores, columns)
        if query.cursor:
            following, before, generation = after(query.cursor, sort, keys, columns.ids[docs])
            docs, keys = docs[following], keys[following]
            scores = None if scores is None else scores[following]
            start, total = 0, len(docs)
            if generation != self._engine.info().generation:
                self._note("generation_changed", "The index was renewed since the page before this one.")
        shown = first_in_order(keys, docs, columns, start, start + query.page_size)
        ranked: list[float | None] = scores[shown].tolist() if scores is not None else [None] * len(shown)
        hits = self._shown(docs[shown].tolist(), ranked, before + 1)
        if not hits or start + len(hits) >= total:
            return hits, ""
        last = shown[-1]
        generation = self._engine.info().generation
        key = keys[last].item()
        return hits, cursor_after(sort, key, int(columns.ids[docs[last]]), before + len(hits), generation)

    def _shown(self, docs: list[int], scores: Sequence[float | None], rank: int) -> tuple[Hit, ...]:
        """The documents as hits, the first of them of that rank."""
        query = self._query
        articles = self._engine.articles_at(docs)
        whole, snippets = self._marked(articles) if query.marks else self._unmarked(articles)
        came = self._columns.indexed[docs].tolist()
        return tuple(
            Hit(
                marked=whole[place],
                rank=rank + place,
                score=scores[place],
                snippets=snippets[place],
                indexed=datetime.fromtimestamp(came[place], UTC),
                why=self._why(doc) if query.explain else (),
            )
            for place, doc in enumerate(docs)
        )

    def _marked(self, articles: Sequence[Article]) -> tuple[Sequence[Marked], Sequence[Snippets]]:
        """The articles with their marks, and the passages of each."""
        most, chars = self._query.snippets, self._query.snippet_chars
        looking = Looking(self._plan)
        frequency = cache(lambda leaf: self._frequency_of(looking.leaves[leaf]))
        whole, snippets = [], []
        for words in self._engine.words_in(articles, looking):
            found = looking.match(words) or NO_SPANS
            whole.append(marked(words.article, found, counted=looking.has_text))
            snippets.append(passages(whole[-1], found, frequency, most, chars) if most else ())
        return whole, snippets

    def _unmarked(self, articles: Sequence[Article]) -> tuple[Sequence[Marked], Sequence[Snippets]]:
        """As _marked, where no marks are asked for: passages are how the articles begin."""
        query = self._query
        whole = [Marked(article=article) for article in articles]
        if not query.snippets:
            return whole, [()] * len(whole)
        return whole, [beginning(article, query.snippet_chars) for article in articles]

    def _frequency_of(self, leaf: Leaf) -> int:
        """In how many articles a leaf's rarest slot stands: what tells rare words from common ones."""
        frequency = self._engine.executor.frequency
        match leaf:
            case OneOf(field, terms):
                return sum(frequency(field, term) for term in terms)
            case Constant(terms):
                return sum(frequency("text", term) for term in terms)
            case InOrder(_, slots) | Within(slots):
                return min(sum(frequency("text", term) for term in terms) for terms in slots if terms)
        return 0

    def _why(self, doc: int) -> tuple[tuple[str, float], ...]:
        """What each top-level clause gave to the score."""
        part = next(each for each in reversed(self._parts) if each.segment.base <= doc)
        local = np.array([doc - part.segment.base], np.int32)
        given = []
        for clause in top_clauses(self._query.clause):
            plan = self._compiled(clause)
            try:
                held = part.holds(plan, local)[0]
            except OutOfTime:
                break
            if held:
                given.append((describe(clause), float(scores_of(part, plan, local)[0])))
        return tuple(given)

    def _compiled(self, clause: Clause) -> Plan:
        return self._engine.compiler.compile(clause, self._query.search_in)

    def _clause_counts(self, total: int) -> tuple[ClauseCount, ...]:
        """Under the same filters: how many articles each clause finds alone, or a negated one takes away."""
        clauses = top_clauses(self._query.clause)
        if len(clauses) == 1 and not isinstance(clauses[0], Not):
            return (ClauseCount(text=describe(clauses[0]), total=total),)
        counts = []
        plans = [self._compiled(clause) for clause in clauses]
        for at, clause in enumerate(clauses):
            if time.monotonic() > self._deadline:
                return ()
            if isinstance(clause, Not) and not isinstance(self._query.clause, AnyOf):
                rest = Every(tuple(plan for other, plan in enumerate(plans) if other != at))
                counts.append(ClauseCount(text=describe(clause), removed=self._total(rest) - total))
            else:
                counts.append(ClauseCount(text=describe(clause), total=self._total(plans[at])))
        return tuple(counts)

    def _total(self, plan: Plan) -> int:
        return len(self._passing(self._matches(plan)))

    def _facets(self, matches: Matches) -> tuple[Facet, ...]:
        """Counted before the facets' own filters; incomplete ones are left empty when time has run out."""
        docs = matches.docs
        if self._date_mask is not None:
            docs = docs[self._date_mask[docs]]
        made = []
        for name in self._query.facets:
            if time.monotonic() > self._deadline:
                made.append(Facet(name=name, buckets=(), complete=False))
            else:
                made.append(facet(name, self._query, self._columns, docs, self._allowed))
        return tuple(made)

    def _timeline(self, docs: Docs) -> Timeline:
        return timeline(self._columns, docs, self._allowed.get("source"), self._query)

    def _undated(self, matches: Matches) -> int:
        """Matches without the date filtered by, whether the filter left them out or not."""
        undated = self._columns.undated(self._query.date_field)
        return len(matches.within([*self._of_facets, undated]))

    def _edges(self, docs: Docs) -> tuple[Edge | None, Edge | None]:
        """The earliest and the latest dated match; the lower id where two are level."""
        ends = ends_of(docs, self._columns.published, NO_INSTANT, self._columns.ids)
        if ends[0] < 0:
            return None, None
        first, last = map(_edge, self._engine.articles_at(ends))
        return first, last

    def _any_total(self) -> int | None:
        """What `match=any` would find, where that is another question."""
        if self._query.match == "any" or self._query.clause == EVERYTHING:
            return None
        other = parse(self._query.text, match="any").clause
        if other == self._query.clause:
            return None
        return self._total(self._compiled(other))


def _edge(article: Article) -> Edge:
    assert article.published is not None
    return Edge(id=article.id, published=article.published, headline=article.headline, source=article.source)


def order_all(engine: WhooshEngine, query: Query) -> Iterator[int]:
    """Every document that a query matches, in its sort, without a time limit."""
    return Search(engine, query).ordered()
