"""Facet values, dates and order of articles, as a query's filters and sort ask for them; for brute.py."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from corpus.article import Article, Dated
from indexer.fields import FIELDS, NONE_VALUE, names_of
from indexer.query import Query, Sort
from tests.engines.brute_terms import Doc


def facet_values(article: Article, facet: str) -> tuple[str, ...]:
    """The values that a facet counts an article under; () when it has none."""
    if facet in ("year", "month"):
        days = article.published.days if article.published else None
        if not days:
            return ()
        first, last = (day.isoformat()[: 4 if facet == "year" else 7] for day in days)
        return (first,) if first == last else ()
    if facet == "source":
        return (article.source_id,) if article.source else ()
    name = next(each.name for each in FIELDS if each.facet == facet)
    names = names_of(article, name)
    # Readers choose English, not en-GB.
    return tuple(each.split("-")[0].lower() for each in names) if facet == "language" else names


def first_day(article: Article) -> date | None:
    dated = stated(article.published)
    return dated.days[0] if dated and dated.days else None


def stated(dated: Dated | None) -> Dated | None:
    return dated if dated is not None and dated.value is not None else None


def asked_date(doc: Doc, query: Query) -> Dated | None:
    return doc.article.updated if query.date_field == "updated" else doc.article.published


def touches(
    dated: Dated | None, first: date | datetime | None, last: date | datetime | None, tz: str = ""
) -> bool:
    """Whether a date may lie in [first, last]: local days of the article, days of `tz`, or instants."""
    dated = stated(dated)
    if dated is None or dated.value is None or dated.days is None:
        return False
    days = dated.days
    if tz and dated.precision in ("second", "minute"):
        days = (dated.value.astimezone(ZoneInfo(tz)).date(),) * 2
    after = first is None or (dated.value >= first if isinstance(first, datetime) else days[1] >= first)
    before = last is None or (dated.value <= last if isinstance(last, datetime) else days[0] <= last)
    return after and before


def passes(doc: Doc, query: Query, without: str = "") -> bool:
    """Whether the facet filters let an article through; those of the facet `without` not looked at."""
    for name, wanted in query.include.items():
        if name != without and wanted and not _has_value(doc, name, wanted):
            return False
    for name, unwanted in query.exclude.items():
        if name != without and unwanted and _has_value(doc, name, unwanted):
            return False
    return True


def _has_value(doc: Doc, facet: str, wanted: Iterable[str]) -> bool:
    return bool(set(facet_values(doc.article, facet) or (NONE_VALUE,)) & set(wanted))


def sort_key(sort: Sort, doc: Doc, scores: Mapping[str, float]) -> float:
    """Lower first; undated last either way."""
    if sort == "relevance":
        return -scores[doc.article.id]
    if sort == "longest":
        return -doc.word_count
    published, updated = stated(doc.article.published), stated(doc.article.updated)
    dated = (updated or published) if sort == "updated" else published
    if dated is None or dated.value is None:
        return math.inf
    instant = dated.value.timestamp()
    return instant if sort == "oldest" else -instant


def periods(first: date, last: date, interval: str) -> list[date]:
    """The first days of every day, week, month or year from that of `first` to that of `last`."""
    begun = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
        "year": lambda day: day.replace(month=1, day=1),
    }[interval]
    every = []
    day = begun(first)
    while day <= last:
        every.append(day)
        longer = {"day": 1, "week": 7, "month": 31, "year": 366}[interval]
        day = begun(day + timedelta(days=longer))
    return every
