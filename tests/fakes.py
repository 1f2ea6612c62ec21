"""Small engines for tests: the whole contract of indexer/engine.py by looking at every article.

`ListEngine` answers from a list in memory. `ListFormat` writes and opens generations on disk for it, in
segments that later generations link, so that builds can be tested without any search engine.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from corpus.article import Article, Dated, article_from_dict, article_to_dict, slug
from indexer.errors import CursorInvalid, IndexDamaged
from indexer.fields import BY_NAME, FIELDS, NAME_FIELDS, NONE_VALUE, WORD_FIELDS, names_of, words_of
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
from indexer.results import (
    Bucket,
    ClauseCount,
    Edge,
    Facet,
    Hit,
    IndexInfo,
    Marked,
    ResultPage,
    Snippet,
    Timeline,
    TimelineBucket,
)

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MARKED_FIELDS = tuple(field.name for field in WORD_FIELDS)


def an_article(**changes: Any) -> Article:
    """The smallest valid article, with what a test says of it; `published` may be an ISO date or datetime.

    >>> an_article(published="2026-01-15").published.days[0].isoformat()
    '2026-01-15'
    """
    for name in ("published", "updated"):
        if isinstance(changes.get(name), str):
            text = changes[name]
            value = datetime.fromisoformat(text)
            changes[name] = Dated(
                value=value if value.tzinfo else value.replace(tzinfo=UTC),
                basis="field",
                precision="day" if len(text) == 10 else "second",
                raw=text,
            )
    if "source" in changes:
        changes.setdefault("source_id", slug(changes["source"]))
    article = Article(**{"id": "1", "headline": "Ferry sinks", "body": "All were saved.", **changes})
    return dataclasses.replace(article, word_count=len(_tokens(article.body)))


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
        sort = _sort_of(query)
        start = (query.page - 1) * query.page_size
        if query.cursor:
            places = [place for place, article in enumerate(found) if article.id == query.cursor]
            if not places:
                raise CursorInvalid()
            start = places[0] + 1
        shown = found[start : start + query.page_size]
        hits = tuple(self._hit(article, rank, query) for rank, article in enumerate(shown, start + 1))
        dated = sorted((a for a in found if _day(a)), key=lambda a: (a.published.value, a.id))  # type: ignore[union-attr]
        undated = sum(1 for article in found if not _day(article))
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
            first=_edge(dated[0]) if dated else None,
            last=_edge(dated[-1]) if dated else None,
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
        return None if article is None else _marked(article, query or Query())

    def articles(self, query: Query | None = None) -> Iterator[Article]:
        yield from self._found(query or Query())

    def suggest(self, prefix: str, limit: int = 10) -> list[tuple[str, str, int]]:
        counts: Counter[tuple[str, str]] = Counter()
        for article in self.held.values():
            words = {(word, "word") for word, _, _ in _tokens(f"{article.headline} {article.body}")}
            names = {(article.headline, "headline"), (article.located, "place"), (article.section, "section")}
            counts.update(words | names | {(name, "author") for name in article.authors})
        wanted = _folded(prefix)
        found = [(*key, count) for key, count in counts.items() if key[0]]
        found = [row for row in found if _folded(row[0]).startswith(wanted)]
        return sorted(found, key=lambda row: (-row[2], row[1] == "word", row[0]))[:limit] if wanted else []

    def interpret(self, clause: Clause) -> str:
        return _in_words(clause)

    def info(self) -> IndexInfo:
        days = sorted(day for article in self.held.values() if (day := _day(article)))
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
            "relevance": lambda a: -_score(a, query),
            "newest": lambda a: _instant(a.published, -1),
            "oldest": lambda a: _instant(a.published, 1),
            "updated": lambda a: _instant(a.updated or a.published, -1),
            "longest": lambda a: -a.word_count,
            "indexed": lambda a: -self.indexed.get(a.id, self.built_at).timestamp(),
        }
        return sorted(kept, key=keys[_sort_of(query)])

    def _fits(self, article: Article, query: Query, without: str) -> bool:
        if not matches(query.clause, article, query.search_in):
            return False
        for facet, values in query.include.items():
            if facet != without and values and not set(values) & set(_facet_values(article, facet)):
                return False
        for facet, values in query.exclude.items():
            if facet != without and set(values) & set(_facet_values(article, facet)):
                return False
        return self._fits_dates(article, query)

    def _fits_dates(self, article: Article, query: Query) -> bool:
        ranged = query.first is not None or query.last is not None
        undated = query.undated or ("exclude" if ranged else "include")
        dated = self._dated(article, query.date_field)
        if dated is None or dated.value is None:
            return undated != "exclude"
        return undated != "only" and (not ranged or _within(dated, query.first, query.last, query.tz))

    def _dated(self, article: Article, date_field: str) -> Dated | None:
        if date_field == "indexed":
            return Dated(value=self.indexed.get(article.id, self.built_at), basis="none", precision="second")
        return article.updated if date_field == "updated" else article.published

    def _hit(self, article: Article, rank: int, query: Query) -> Hit:
        marked = _marked(article, query)
        relevance = _sort_of(query) == "relevance"
        return Hit(
            marked=marked,
            rank=rank,
            score=_score(article, query) if relevance else None,
            snippets=tuple(_snippets(marked, query))[: query.snippets],
            indexed=self.indexed.get(article.id, self.built_at),
            why=_why(article, query) if query.explain else (),
        )

    def _facet(self, name: str, query: Query) -> Facet:
        counts: Counter[str] = Counter()
        labels: dict[str, str] = {}
        missing = 0
        for article in self._found(query, without=name):
            values = _facet_values(article, name)
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
        held = Counter(day.replace(day=1) for a in self.held.values() if (day := _day(a)))
        count = Counter(day.replace(day=1) for a in found if (day := _day(a)))
        months, month, last = [], min(count, default=date.max), max(count, default=date.min)
        while month <= last:
            months.append(TimelineBucket(start=month, count=count[month], held=held[month]))
            month = (month + timedelta(days=31)).replace(day=1)
        return Timeline(interval="month", buckets=tuple(months), undated=sum(not _day(a) for a in found))

    def _clause_counts(self, query: Query) -> tuple[ClauseCount, ...]:
        rows = []
        for clause in _top(query):
            inner = clause.clause if isinstance(clause, Not) else clause
            total = self.count(Query(clause=inner, search_in=query.search_in))
            if isinstance(clause, Not):
                rest = tuple(c for c in _top(query) if c is not clause)
                removed = self.count(dataclasses.replace(query, clause=AllOf((*rest, inner))))
                rows.append(ClauseCount(text=_in_words(clause), removed=removed))
            else:
                rows.append(ClauseCount(text=_in_words(clause), total=total))
        return tuple(rows)

    def _any_total(self, query: Query) -> int | None:
        if len(_top(query)) < 2:
            return None
        wanted = tuple(clause for clause in _top(query) if not isinstance(clause, Not))
        rest = tuple(clause for clause in _top(query) if isinstance(clause, Not))
        clause = AllOf((AnyOf(wanted), *rest))
        return self.count(dataclasses.replace(query, clause=clause, match="any")) or None


def matches(clause: Clause, article: Article, search_in: tuple[str, ...] = ()) -> bool:
    """Whether the article matches, by the meaning that indexer/query.py gives each clause."""
    if isinstance(clause, AllOf):
        return all(matches(each, article, search_in) for each in clause.clauses)
    if isinstance(clause, AnyOf):
        return any(matches(each, article, search_in) for each in clause.clauses)
    if isinstance(clause, Not):
        return not matches(clause.clause, article, search_in)
    if isinstance(clause, DateRange):
        dated = article.updated if clause.field == "updated" else article.published
        return bool(dated and dated.value and _within(dated, clause.first, clause.last, ""))
    if clause.field in BY_NAME and BY_NAME[clause.field].kind == "name":
        return any(_spans(clause, name) for name in names_of(article, clause.field))
    return any(_spans(clause, words_of(article, name)) for name in _fields_of(clause, search_in))


def _fields_of(clause: Any, search_in: tuple[str, ...]) -> tuple[str, ...]:
    return (clause.field,) if clause.field else search_in or MARKED_FIELDS


def _leaves(clause: Clause) -> Iterator[Any]:
    if isinstance(clause, AllOf | AnyOf):
        for each in clause.clauses:
            yield from _leaves(each)
    elif not isinstance(clause, Not | DateRange):
        yield clause


def _top(query: Query) -> tuple[Clause, ...]:
    clause = query.clause
    if isinstance(clause, AllOf | AnyOf):
        return clause.clauses
    return (clause,)


def _spans(clause: Any, text: str) -> list[tuple[int, int]]:
    tokens = _tokens(text)
    if isinstance(clause, Near):
        return _near_spans([word for word, _, _ in _tokens(clause.text)], clause.slop, tokens)
    tests: list[Callable[[str], bool]]
    if isinstance(clause, Phrase):
        tests = [functools.partial(str.__eq__, word) for word, _, _ in _tokens(clause.text)]
    elif isinstance(clause, Exact):
        tests = [functools.partial(str.__eq__, word) for word, _, _ in _tokens(clause.word)]
    elif isinstance(clause, Term):
        tests = [functools.partial(_same_stem, word) for word, _, _ in _tokens(clause.word)]
    elif isinstance(clause, Prefix):
        tests = [functools.partial(_begins, clause.prefix.casefold())]
    elif isinstance(clause, Wildcard):
        pattern = re.escape(clause.pattern.casefold()).replace(r"\*", ".*").replace(r"\?", ".")
        tests = [lambda word: re.fullmatch(pattern, word) is not None]
    elif isinstance(clause, Fuzzy):
        tests = [lambda word: _edits(clause.word.casefold(), word) <= clause.distance]
    else:
        raise TypeError(f"no such clause: {clause!r}")
    width = len(tests)
    return [
        (tokens[at][1], tokens[at + width - 1][2])
        for at in range(len(tokens) - width + 1 if width else 0)
        if all(test(tokens[at + step][0]) for step, test in enumerate(tests))
    ]


def _near_spans(words: list[str], slop: int, tokens: list[tuple[str, int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for at in range(len(tokens)):
        for width in range(len(words), len(words) + slop + 1):
            window = tokens[at : at + width]
            if len(window) == width and not Counter(words) - Counter(word for word, _, _ in window):
                found.extend((start, stop) for word, start, stop in window if word in words)
                break
    return found


def _tokens(text: str) -> list[tuple[str, int, int]]:
    return [(m.group().casefold(), m.start(), m.end()) for m in re.finditer(r"[^\W_]+", text)]


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _same_stem(word: str, other: str) -> bool:
    stems = [_folded(each) for each in (word, other)]
    return len({each[:-1] if len(each) > 3 and each.endswith("s") else each for each in stems}) == 1


def _begins(prefix: str, word: str) -> bool:
    return word.startswith(prefix)


def _edits(one: str, other: str) -> int:
    """Edits with swaps of neighbours (optimal string alignment)."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _marks(article: Article, field: str, query: Query) -> tuple[tuple[int, int], ...]:
    spans = sorted(
        span
        for leaf in _leaves(query.clause)
        if field in _fields_of(leaf, query.search_in)
        for span in _spans(leaf, words_of(article, field))
    )
    merged: list[tuple[int, int]] = []
    for start, stop in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


def _marked(article: Article, query: Query) -> Marked:
    parts = {
        name: Snippet(text=words_of(article, name), marks=_marks(article, name, query), field=name)
        for name in MARKED_FIELDS
    }
    hits = sum(len(part.marks) for part in parts.values()) if any(_leaves(query.clause)) else None
    return Marked(article=article, hits=hits, **parts)


def _snippets(marked: Marked, query: Query) -> Iterator[Snippet]:
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
                text=text[begin:stop], marks=marks, paragraph=number,
                cut_left=begin > 0, cut_right=stop < len(text),
            )


def _score(article: Article, query: Query) -> float:
    weights = {field.name: field.weight for field in FIELDS}
    return float(sum(weights[name] * len(_marks(article, name, query)) for name in MARKED_FIELDS))


def _why(article: Article, query: Query) -> tuple[tuple[str, float], ...]:
    alone = ((clause, dataclasses.replace(query, clause=clause)) for clause in _top(query))
    return tuple((_in_words(clause), _score(article, each)) for clause, each in alone)


def _sort_of(query: Query) -> Sort:
    return query.sort or ("relevance" if any(_leaves(query.clause)) else "newest")


def _day(article: Article) -> date | None:
    return article.published.days[0] if article.published and article.published.days else None


def _instant(dated: Dated | None, sign: int) -> tuple[bool, float]:
    value = dated.value if dated else None
    return (value is None, sign * value.timestamp() if value else 0.0)


def _within(dated: Dated, first: Any, last: Any, tz: str) -> bool:
    assert dated.value
    assert dated.days
    days = dated.days
    if tz and dated.precision in ("second", "minute"):
        days = (dated.value.astimezone(ZoneInfo(tz)).date(),) * 2
    after = first is None or (dated.value >= first if isinstance(first, datetime) else days[1] >= first)
    before = last is None or (dated.value <= last if isinstance(last, datetime) else days[0] <= last)
    return after and before


def _facet_values(article: Article, facet: str) -> tuple[str, ...]:
    if facet in ("year", "month"):
        day = _day(article)
        return (f"{day:%Y-%m}"[: 4 if facet == "year" else 7],) if day else (NONE_VALUE,)
    if facet == "source":
        return (article.source_id,) if article.source_id else (NONE_VALUE,)
    name = next(field.name for field in NAME_FIELDS if field.facet == facet)
    return names_of(article, name) or (NONE_VALUE,)


def _edge(article: Article) -> Edge:
    assert article.published
    return Edge(id=article.id, published=article.published, headline=article.headline, source=article.source)


def _in_words(clause: Clause) -> str:
    if clause == EVERYTHING:
        return "every article"
    if isinstance(clause, AllOf):
        return " ".join(_in_words(each) for each in clause.clauses)
    if isinstance(clause, AnyOf):
        return f"({' OR '.join(_in_words(each) for each in clause.clauses)})"
    if isinstance(clause, Not):
        return f"NOT {_in_words(clause.clause)}"
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


class ListFormat:
    """Generations of JSON lines: one file a writer's articles, one with the ids no longer held."""

    name = "list"
    layout = "1"

    def writer(self, directory: Path, base: Mapping[str, Any] | None, memory_mb: int) -> ListWriter:
        return ListWriter(directory, base)

    def open(self, directory: Path, manifest: Mapping[str, Any]) -> ListEngine:
        held, indexed = _read_segments(directory, manifest["segments"])
        return ListEngine(
            held.values(),
            indexed=indexed,
            generation=manifest["generation"],
            built_at=datetime.fromisoformat(manifest["built_at"]),
        )


class ListWriter:
    def __init__(self, directory: Path, base: Mapping[str, Any] | None):
        self._directory = directory
        self._files = list((base or {}).get("files", ()))
        self._base = set(_read_segments(directory, base)[0]) if base else set()
        self._added: dict[str, tuple[Article, datetime]] = {}

    def add(self, article: Article, *, indexed: datetime) -> None:
        self._added[article.id] = (article, indexed)

    def remove(self, article_id: str) -> bool:
        held = article_id in self._added or article_id in self._base
        self._added.pop(article_id, None)
        self._base.discard(article_id)
        return held

    def finish(self) -> Mapping[str, Any]:
        keep = sorted(self._base - set(self._added))
        number = len(self._files) + 1
        if self._added:
            name = f"part-{number}.jsonl"
            lines = (
                json.dumps({"article": article_to_dict(article), "indexed": indexed.isoformat()})
                for article, indexed in self._added.values()
            )
            _write(self._directory / name, "".join(f"{line}\n" for line in lines))
            self._files.append(name)
        _write(self._directory / f"held-{number}.json", json.dumps(keep))
        return {"files": self._files, "keep": f"held-{number}.json", "fresh": len(self._added) > 0}

    def cancel(self) -> None:
        self._added.clear()


def _write(path: Path, text: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _read_segments(
    directory: Path, segments: Mapping[str, Any]
) -> tuple[dict[str, Article], dict[str, datetime]]:
    held: dict[str, Article] = {}
    indexed: dict[str, datetime] = {}
    files = list(segments["files"])
    keep = set(json.loads((directory / segments["keep"]).read_text("utf-8")))
    for place, name in enumerate(files):
        try:
            lines = (directory / name).read_text("utf-8").splitlines()
            rows = [json.loads(line) for line in lines]
        except (OSError, ValueError) as error:
            raise IndexDamaged(directory / name, str(error)) from error
        newest = segments["fresh"] and place == len(files) - 1
        for row in rows:
            article = article_from_dict(row["article"])
            if newest or article.id in keep:
                held[article.id] = article
                indexed[article.id] = datetime.fromisoformat(row["indexed"])
    return held, indexed


FORMAT = ListFormat()
