"""The engine that looks at each article of a list in memory."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from corpus.article import Article, Dated
from indexer.errors import CursorInvalid
from indexer.fields import NONE_VALUE
from indexer.query import AllOf, AnyOf, Clause, Not, Query
from indexer.results import (
    Bucket,
    ClauseCount,
    Facet,
    Hit,
    IndexInfo,
    Marked,
    ResultPage,
    Timeline,
    TimelineBucket,
)
from tests.fakes.filtering import day_of, facet_values, instant_of, within
from tests.fakes.matching import folded, matches, tokens_of, top_of
from tests.fakes.showing import edge_of, in_words, marked_by, score_of, snippets_of, sort_of, why_of

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class ListEngine:
    """An engine that looks at each article: words, spans and counts as indexer/query.py means them.

    Stems are plurals without their s; ranking counts the matches times the field's weight.
    """

    def __init__(
        self,
        articles: Iterable[Article],
        *,
        indexed: Mapping[str, datetime] | None = None,
        generation: int = 1,
        built_at: datetime = BUILT,
    ):
        self.held = {article.id: article for article in articles}
        self.indexed = dict(indexed or {})
        self.generation, self.built_at = generation, built_at
        self.closed = False

    def search(self, query: Query) -> ResultPage:
        found = self._found(query)
        sort = sort_of(query)
        start = (query.page - 1) * query.page_size
        if query.cursor:
            places = [place for place, article in enumerate(found) if article.id == query.cursor]
            if not places:
                raise CursorInvalid()
            start = places[0] + 1
        shown = found[start : start + query.page_size]
        hits = tuple(self._hit(article, rank, query) for rank, article in enumerate(shown, start + 1))
        dated = sorted((a for a in found if day_of(a)), key=lambda a: (a.published.value, a.id))  # type: ignore[union-attr]
        undated = sum(1 for article in found if not day_of(article))
        if query.first or query.last:
            open_dates = dataclasses.replace(query, first=None, last=None, undated="only")
            undated = undated or len(self._found(open_dates))
        return ResultPage(
            query=query,
            hits=hits,
            total=len(found),
            sort=sort,
            interpreted=self.interpret(query.clause),
            notes=query.notes,
            clauses=self._clause_counts(query),
            facets=tuple(self._facet(name, query) for name in query.facets),
            timeline=self._timeline(found) if query.timeline else None,
            first=edge_of(dated[0]) if dated else None,
            last=edge_of(dated[-1]) if dated else None,
            undated=undated,
            any_total=self._any_total(query) if not found and query.match == "all" else None,
            next_cursor=shown[-1].id if shown and start + len(shown) < len(found) else "",
            took_ms=1.0,
            index=self.info(),
        )

    def count(self, query: Query) -> int:
        return len(self._found(query))

    def article(self, article_id: str, query: Query | None = None) -> Marked | None:
        article = self.held.get(article_id)
        return None if article is None else marked_by(article, query or Query())

    def articles(self, query: Query | None = None) -> Iterator[Article]:
        yield from self._found(query or Query())

    def suggest(self, prefix: str, limit: int = 10) -> list[tuple[str, str, int]]:
        counts: Counter[tuple[str, str]] = Counter()
        for article in self.held.values():
            words = {(word, "word") for word, _, _ in tokens_of(f"{article.headline} {article.body}")}
            names = {(article.headline, "headline"), (article.located, "place"), (article.section, "section")}
            counts.update(words | names | {(name, "author") for name in article.authors})
        wanted = folded(prefix)
        found = [(*key, count) for key, count in counts.items() if key[0]]
        found = [row for row in found if folded(row[0]).startswith(wanted)]
        return sorted(found, key=lambda row: (-row[2], row[1] == "word", row[0]))[:limit] if wanted else []

    def interpret(self, clause: Clause) -> str:
        return in_words(clause)

    def info(self) -> IndexInfo:
        days = sorted(day for article in self.held.values() if (day := day_of(article)))
        return IndexInfo(
            generation=self.generation,
            built_at=self.built_at,
            articles=len(self.held),
            sources=len({a.source_id for a in self.held.values() if a.source_id}),
            languages=tuple(sorted({a.language for a in self.held.values() if a.language})),
            first_day=days[0] if days else None,
            last_day=days[-1] if days else None,
            undated=len(self.held) - len(days),
            engine="list",
        )

    def close(self) -> None:
        self.closed = True

    def _found(self, query: Query, without: str = "") -> list[Article]:
        kept = [article for article in self.held.values() if self._fits(article, query, without)]
        kept.sort(key=lambda article: article.id)
        keys = {
            "relevance": lambda a: -score_of(a, query),
            "newest": lambda a: instant_of(a.published, -1),
            "oldest": lambda a: instant_of(a.published, 1),
            "updated": lambda a: instant_of(a.updated or a.published, -1),
            "longest": lambda a: -a.word_count,
            "indexed": lambda a: -self.indexed.get(a.id, self.built_at).timestamp(),
        }
        return sorted(kept, key=keys[sort_of(query)])

    def _fits(self, article: Article, query: Query, without: str) -> bool:
        if not matches(query.clause, article, query.search_in):
            return False
        for facet, values in query.include.items():
            if facet != without and values and not set(values) & set(facet_values(article, facet)):
                return False
        for facet, values in query.exclude.items():
            if facet != without and set(values) & set(facet_values(article, facet)):
                return False
        return self._fits_dates(article, query)

    def _fits_dates(self, article: Article, query: Query) -> bool:
        ranged = query.first is not None or query.last is not None
        undated = query.undated or ("exclude" if ranged else "include")
        dated = self._dated(article, query.date_field)
        if dated is None or dated.value is None:
            return undated != "exclude"
        return undated != "only" and (not ranged or within(dated, query.first, query.last, query.tz))

    def _dated(self, article: Article, date_field: str) -> Dated | None:
        if date_field == "indexed":
            return Dated(value=self.indexed.get(article.id, self.built_at), basis="none", precision="second")
        return article.updated if date_field == "updated" else article.published

    def _hit(self, article: Article, rank: int, query: Query) -> Hit:
        marked = marked_by(article, query)
        relevance = sort_of(query) == "relevance"
        return Hit(
            marked=marked,
            rank=rank,
            score=score_of(article, query) if relevance else None,
            snippets=tuple(snippets_of(marked, query))[: query.snippets],
            indexed=self.indexed.get(article.id, self.built_at),
            why=why_of(article, query) if query.explain else (),
        )

    def _facet(self, name: str, query: Query) -> Facet:
        counts: Counter[str] = Counter()
        labels: dict[str, str] = {}
        missing = 0
        for article in self._found(query, without=name):
            values = facet_values(article, name)
            missing += values == (NONE_VALUE,)
            counts.update(value for value in values if value != NONE_VALUE)
            if name == "source":
                labels[article.source_id] = article.source
        selected = {*query.include.get(name, ()), *query.exclude.get(name, ())} - {NONE_VALUE}
        ranked = sorted(counts, key=lambda value: (-counts[value], value))
        listed = ranked[: query.facet_size] + [v for v in ranked[query.facet_size :] if v in selected]
        listed += sorted(selected - set(listed))
        buckets = tuple(
            Bucket(value=each, label=labels.get(each, each), count=counts[each], selected=each in selected)
            for each in listed
        )
        return Facet(name=name, buckets=buckets, other=len(set(ranked) - set(listed)), missing=missing)

    def _timeline(self, found: list[Article]) -> Timeline:
        held = Counter(day.replace(day=1) for a in self.held.values() if (day := day_of(a)))
        count = Counter(day.replace(day=1) for a in found if (day := day_of(a)))
        months, month, last = [], min(count, default=date.max), max(count, default=date.min)
        while month <= last:
            months.append(TimelineBucket(start=month, count=count[month], held=held[month]))
            month = (month + timedelta(days=31)).replace(day=1)
        return Timeline(interval="month", buckets=tuple(months), undated=sum(not day_of(a) for a in found))

    def _clause_counts(self, query: Query) -> tuple[ClauseCount, ...]:
        rows = []
        for clause in top_of(query):
            inner = clause.clause if isinstance(clause, Not) else clause
            total = self.count(Query(clause=inner, search_in=query.search_in))
            if isinstance(clause, Not):
                rest = tuple(c for c in top_of(query) if c is not clause)
                removed = self.count(dataclasses.replace(query, clause=AllOf((*rest, inner))))
                rows.append(ClauseCount(text=in_words(clause), removed=removed))
            else:
                rows.append(ClauseCount(text=in_words(clause), total=total))
        return tuple(rows)

    def _any_total(self, query: Query) -> int | None:
        if len(top_of(query)) < 2:
            return None
        wanted = tuple(clause for clause in top_of(query) if not isinstance(clause, Not))
        rest = tuple(clause for clause in top_of(query) if isinstance(clause, Not))
        clause = AllOf((AnyOf(wanted), *rest))
        return self.count(dataclasses.replace(query, clause=clause, match="any")) or None
