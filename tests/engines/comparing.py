"""An engine's answers held against those of looking at every article."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from corpus.article import Article
from indexer.query import Clause, Query
from indexer.results import Hit, Marked, ResultPage
from tests.engines.brute import Answer, Archive
from tests.engines.brute_filters import periods
from tests.engines.building import INDEXED


def archive_of(engine: Any, held: Sequence[Article]) -> Archive:
    """The brute-force archive over what is held, scores counting what is still on disk beside it."""
    store = engine.store
    physical = [engine.article_at(doc) for doc in range(store.count_all)]
    alive = [article.id for article, gone in zip(physical, store.deleted, strict=True) if not gone]
    assert sorted(alive) == [article.id for article in held]
    return Archive(held, physical, INDEXED)


def marks_of(marked: Marked) -> dict[str, list[tuple[int, int]]]:
    """The marks of an article by field, fields without any left out."""
    parts = (marked.headline, marked.by, marked.summary, marked.body)
    return {part.field: list(part.marks) for part in parts if part.marks}


def every_hit(engine: Any, clause: Clause, search_in: tuple[str, ...] = (), **more: Any) -> tuple[Hit, ...]:
    """All hits of a clause, best first."""
    query = Query(clause=clause, search_in=search_in, sort="relevance", page_size=50, snippets=0, **more)
    page: ResultPage = engine.search(query)
    assert page.total == len(page.hits)
    assert page.total_relation == "eq"
    return page.hits


def check_clauses(
    engine: Any, held: Sequence[Article], clauses: Iterable[Clause], search_in: tuple[str, ...] = ()
) -> None:
    """The same articles, scores, order and marks for each clause."""
    archive = archive_of(engine, held)
    by_id = {article.id: article for article in held}
    for clause in clauses:
        expected = archive.found(clause, search_in)
        hits = every_hit(engine, clause, search_in)
        assert {hit.article.id for hit in hits} == set(expected), clause
        assert engine.count(Query(clause=clause, search_in=search_in)) == len(expected)
        # Scores level in float32 are level, and the lower id comes first.
        order = [(-float(np.float32(hit.score or 0.0)), hit.article.id) for hit in hits]
        assert order == sorted(order), clause
        for hit in hits:
            match = expected[hit.article.id]
            assert hit.score is not None
            assert math.isclose(hit.score, match.score, rel_tol=1e-6, abs_tol=1e-9), (clause, hit.article.id)
            assert hit.article == by_id[hit.article.id]
            marks = marks_of(hit.marked)
            assert marks == match.marks(hit.article), (clause, hit.article.id)
            assert hit.marked.hits in (None, sum(map(len, marks.values())))


def check_answer(page: ResultPage, answer: Answer, query: Query) -> None:
    """Total, first page, facets, timeline and edges of a whole query."""
    assert page.total == answer.total
    ids = [hit.article.id for hit in page.hits]
    if answer.scores:
        levels = [float(np.float32(answer.scores[each])) for each in ids]
        best = sorted(answer.scores.values(), reverse=True)[: len(ids)]
        assert all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(levels, best, strict=True))
    else:
        assert ids == answer.ids[: query.page_size]
    for facet in page.facets:
        counts = {bucket.value: bucket.count for bucket in facet.buckets if bucket.count}
        assert counts == answer.facets[facet.name], facet.name
        assert facet.missing == answer.missing[facet.name], facet.name
        chosen = set(query.include.get(facet.name, ())) - {"~none"}
        assert {bucket.value for bucket in facet.buckets if bucket.selected} == chosen, facet.name
    check_timeline(page, answer)
    assert page.undated == answer.undated


def check_timeline(page: ResultPage, answer: Answer) -> None:
    """Every dated match in its period, no period left out, nothing but whole numbers of what is held."""
    timeline = page.timeline
    assert timeline is not None
    assert timeline.undated == answer.undated_matches
    assert sum(bucket.count for bucket in timeline.buckets) == answer.by_day.total()
    if not timeline.buckets:
        return
    starts = [bucket.start for bucket in timeline.buckets]
    assert starts == periods(starts[0], starts[-1], timeline.interval)

    def by_period(days: Counter[Any]) -> dict[Any, int]:
        counts: Counter[Any] = Counter()
        for day, count in days.items():
            counts[periods(day, day, timeline.interval)[0]] += count
        return {start: counts[start] for start in starts}

    assert {bucket.start: bucket.count for bucket in timeline.buckets} == by_period(answer.by_day)
    assert {bucket.start: bucket.held for bucket in timeline.buckets} == by_period(answer.held_by_day)
