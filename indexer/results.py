"""What is answered: values that page, endpoint, feed, export and terminal all render."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from corpus.article import Article, Dated
from indexer.fields import WORD_FIELDS, words_of
from indexer.query import Note, Query, Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A passage of plain text and the (start, stop) of each matching part, in order, not touching.

    `field` says where it stands, `paragraph` (from 1) which of the body's paragraphs; `cut_left` and
    `cut_right` whether the paragraph goes on beyond it.

    >>> list(Snippet(text="the ferry sank", marks=((4, 9),)).pieces())
    [('the ', False), ('ferry', True), (' sank', False)]
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    field: str = "body"
    paragraph: int | None = None
    cut_left: bool = False
    cut_right: bool = False

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in order as (part, whether it matched); no part is empty."""
        end = 0
        for start, stop in self.marks:
            if start > end:
                yield self.text[end:start], False
            yield self.text[start:stop], True
            end = stop
        if end < len(self.text):
            yield self.text[end:], False


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An article with every mark of one query: `headline`, `by`, `summary` and `body` each whole.

    `marks` has the (start, stop) of each matching part of those of them that hold any, by their names.
    `hits` is the number of marks in the four, None when the query has no text clause. `fields` names those
    of them that hold a mark.
    """

    article: Article
    marks: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    hits: int | None = None

    @property
    def headline(self) -> Snippet:
        return self.whole("headline")

    @property
    def by(self) -> Snippet:
        return self.whole("by")

    @property
    def summary(self) -> Snippet:
        return self.whole("summary")

    @property
    def body(self) -> Snippet:
        return self.whole("body")

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(each.name for each in WORD_FIELDS if self.marks.get(each.name))

    def whole(self, name: str) -> Snippet:
        """All of one of the four."""
        return Snippet(text=words_of(self.article, name), marks=self.marks.get(name, ()), field=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result: its place in the whole list (from 1), its score, the marked article and its passages.

    `score` is None when the sort is not by relevance. `why` lists (clause text, score part) with `explain`.
    `indexed` is when the article was first indexed.
    """

    marked: Marked
    rank: int
    score: float | None
    snippets: tuple[Snippet, ...]
    indexed: datetime | None = None
    why: tuple[tuple[str, float], ...] = ()

    @property
    def article(self) -> Article:
        return self.marked.article


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One value of a facet: `value` for filters and URLs, `label` for people."""

    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """Counts of one facet, most first, selected values always among them.

    Counts leave out the facet's own filter, so that its siblings keep theirs. `other` is the number of
    values not listed, `missing` the number of articles without any; `complete` False when time ran out.
    """

    name: str
    buckets: tuple[Bucket, ...]
    other: int = 0
    missing: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineBucket:
    """One period: `start` its first day, `count` the matches in it, `held` all articles the archive holds."""

    start: date
    count: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Matches over time without gaps, oldest first; `undated` matches stand outside it."""

    interval: Literal["day", "week", "month", "year"]
    buckets: tuple[TimelineBucket, ...]
    undated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseCount:
    """How many articles one top-level clause matches alone; for a Not, how many it took away."""

    text: str
    total: int | None = None
    removed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The earliest or the latest dated match of a search; its date is as precise as it is known."""

    id: str
    published: Dated
    headline: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A better spelling of the whole query text, and how many articles it finds (always more than now)."""

    text: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexInfo:
    """What is open: `changed_since` is None where nobody has looked.

    `fallbacks` counts the lists of postings that the engine left to a slower way since the process began.
    """

    generation: int
    built_at: datetime
    articles: int
    sources: int = 0
    languages: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    undated: int = 0
    bytes_on_disk: int = 0
    engine: str = "whoosh"
    fallbacks: int = 0
    changed_since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """The answer to one Query.

    `total` counts articles exactly when `total_relation` is "eq", else at least. `interpreted` is the query
    in words as it was run. `any_total` is what `match=any` would find, given only when `total` is 0.
    `undated` counts the matches without a date that a date filter left out, or that are among the results.
    `next_cursor` is "" at the end. `sort` is the one used.
    """

    query: Query
    hits: tuple[Hit, ...] = ()
    total: int = 0
    total_relation: Literal["eq", "gte"] = "eq"
    sort: Sort = "relevance"
    interpreted: str = ""
    notes: tuple[Note, ...] = ()
    clauses: tuple[ClauseCount, ...] = ()
    facets: tuple[Facet, ...] = ()
    timeline: Timeline | None = None
    first: Edge | None = None
    last: Edge | None = None
    undated: int = 0
    suggestion: Suggestion | None = None
    any_total: int | None = None
    next_cursor: str = ""
    took_ms: float = 0.0
    index: IndexInfo | None = None

    @property
    def pages(self) -> int:
        """How many pages of the query's size there are; 0 for no result."""
        return -(-self.total // self.query.page_size)
