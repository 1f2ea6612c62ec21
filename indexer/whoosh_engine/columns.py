"""What filters, sorts, facets and the timeline read: one value, or a few, for every article of a generation.

Documents are counted through all segments (Segment.base + number). Everything here is loaded when first
asked for and then only read.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from indexer.fields import BY_NAME, DATE_FACETS, FIELDS
from indexer.query import Query, Sort
from indexer.whoosh_engine.counting_kernels import count_periods, span_of
from indexer.whoosh_engine.execute import days_mask
from indexer.whoosh_engine.facet_values import Mask, Values, values_of_names, values_of_sources
from indexer.whoosh_engine.matches import Masked
from indexer.whoosh_engine.plan import Days
from indexer.whoosh_engine.schema import NO_DAY, NO_INSTANT, TIMED_BITS
from indexer.whoosh_engine.store import Store

Bound = date | datetime | None

# date.toordinal() of 1970-01-01, numpy's day 0.
EPOCH_DAY = date(1970, 1, 1).toordinal()

Interval = Literal["day", "week", "month", "year"]
# After every key that an article is ordered by.
LAST_KEY = 2**62
# Before every period that there is.
NO_PERIOD = -(2**62)

_FIELD_OF_FACET = {field.facet: field.name for field in FIELDS if field.facet}


class Columns:
    """The columns of one generation."""

    def __init__(self, store: Store):
        self._store = store
        self.count = store.count_all
        self._values: dict[str, Values] = {}
        self._undated: dict[str, Masked] = {}
        self._keys: dict[Sort, NDArray[np.int64]] = {}
        self._periods: dict[Interval, NDArray[np.int64]] = {}
        self._holdings: dict[Interval, tuple[int, NDArray[np.int64]]] = {}

    @cached_property
    def ids(self) -> NDArray[np.uint64]:
        """The article ids as numbers, which order as their hex digits do."""
        return self._store.numbers("col_id")

    def doc_of(self, article_id: int) -> int | None:
        """The document of an id; None when none, or only deleted ones, have it."""
        order = self._by_id
        at = int(np.searchsorted(self.ids, np.uint64(article_id), sorter=order))
        while at < len(order) and self.ids[order[at]] == article_id:
            if not self._store.deleted[order[at]]:
                return int(order[at])
            at += 1
        return None

    @cached_property
    def _by_id(self) -> NDArray[np.int64]:
        return np.argsort(self.ids, kind="stable")

    @cached_property
    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC, NO_INSTANT for undated."""
        return self._store.numbers("col_published")

    @cached_property
    def updated(self) -> NDArray[np.int64]:
        """When last updated, else published; seconds since 1970 UTC."""
        stated = self._store.numbers("col_updated")
        return np.where(stated == NO_INSTANT, self.published, stated)

    @cached_property
    def indexed(self) -> NDArray[np.int64]:
        return self._store.numbers("col_indexed")

    @cached_property
    def words(self) -> NDArray[np.int32]:
        return self._store.numbers("col_words")

    def keys(self, sort: Sort) -> NDArray[np.int64]:
        """What a sort other than relevance goes by, lower first; undated articles come last."""
        known = self._keys.get(sort)
        if known is None:
            name = {"longest": "words", "indexed": "indexed", "updated": "updated"}.get(sort, "published")
            values = getattr(self, name).astype(np.int64)
            known = np.where(values == NO_INSTANT, LAST_KEY, values if sort == "oldest" else -values)
            self._keys[sort] = known
        return known

    @cached_property
    def first_day(self) -> NDArray[np.int32]:
        return self._store.numbers("col_first_day")

    @cached_property
    def last_day(self) -> NDArray[np.int32]:
        return self._store.numbers("col_last_day")

    @cached_property
    def dated(self) -> Mask:
        dated: Mask = self.first_day != NO_DAY
        return dated

    def days(self) -> NDArray[np.datetime64]:
        """The first day of each article; meaningless where not `dated`."""
        return (self.first_day.astype(np.int64) - EPOCH_DAY).astype("datetime64[D]")

    def values(self, facet: str) -> Values:
        """The values of a facet of fields.FACETS."""
        known = self._values.get(facet)
        if known is None:
            made = self._of_dates(facet) if facet in DATE_FACETS else self._of_names(_FIELD_OF_FACET[facet])
            known = self._values[facet] = made
        return known

    def _of_names(self, field: str) -> Values:
        assert BY_NAME[field].facet
        columns = self._store.name_places(f"col_{field}")
        return values_of_sources(columns) if field == "source" else values_of_names(columns)

    def _of_dates(self, facet: str) -> Values:
        unit = {"year": "Y", "month": "M"}[facet]
        last = (
            (self.last_day.astype(np.int64) - EPOCH_DAY).astype("datetime64[D]").astype(f"datetime64[{unit}]")
        )
        periods = self.days().astype(f"datetime64[{unit}]")
        # A date known to the year only has no month.
        known = self.dated & (periods == last)
        unique, ordinals = np.unique(periods[known], return_inverse=True)
        values = [str(period) for period in unique]
        return Values.of(known.astype(np.int64), ordinals, values, values)

    def periods(self, interval: Interval) -> NDArray[np.int64]:
        """The day, week, month or year of each article, counted from 1970; NO_PERIOD where undated."""
        known = self._periods.get(interval)
        if known is None:
            known = np.where(self.dated, period_of(self.days(), interval), NO_PERIOD)
            self._periods[interval] = known
        return known

    def holdings(self, interval: Interval, start: int, stop: int) -> NDArray[np.int64]:
        """How many articles fall in each of the periods start:stop."""
        known = self._holdings.get(interval)
        if known is None:
            first, last, dated = span_of(self.alive, self.periods(interval), NO_PERIOD)
            counts = np.zeros(last - first + 1 if dated else 0, np.int64)
            count_periods(self.alive, self.periods(interval), first, counts)
            known = self._holdings[interval] = first, counts
        first, counts = known
        held = np.zeros(stop - start, np.int64)
        low, high = max(start, first), min(stop, first + len(counts))
        if low < high:
            held[low - start : high - start] = counts[low - first : high - first]
        return held

    @cached_property
    def alive(self) -> NDArray[np.int64]:
        """The documents that are not deleted."""
        return np.flatnonzero(~self._store.deleted)

    def date_mask(self, query: Query) -> Mask | None:
        """What the query's date filter and its `undated` let through; None when it lets all through.

        With a filter undated articles stay out unless asked for.
        """
        filtered = query.first is not None or query.last is not None
        undated = query.undated or ("exclude" if filtered else "include")
        if not filtered and undated == "include":
            return None
        dated = self._has_date(query.date_field)
        if undated == "only":
            return ~dated
        mask = self._in_range(query) if filtered else dated
        return mask | ~dated if undated == "include" else mask

    def _has_date(self, field: str) -> Mask:
        if field == "indexed":
            return np.ones(self.count, dtype=bool)
        if field == "updated":
            stated: Mask = self._store.numbers("col_updated") != NO_INSTANT
            return stated
        return self.dated

    def undated(self, field: str) -> Masked:
        """The articles without a date of that field of Query.date_field."""
        known = self._undated.get(field)
        if known is None:
            known = self._undated[field] = Masked(~self._has_date(field), self._store.segments)
        return known

    def _in_range(self, query: Query) -> Mask:
        """The dated articles within the bounds; in a zone asked for, dates known to the day keep theirs."""
        if query.date_field == "indexed":
            return self._indexed_within(*_in_zone(query, query.tz or "UTC"))
        by_day = days_mask(self._store, Days(query.date_field, query.first, query.last))
        if not query.tz:
            return by_day
        by_instant = days_mask(self._store, Days(query.date_field, *_in_zone(query, query.tz)))
        timed = self._store.numbers("col_timed") & TIMED_BITS[query.date_field] != 0
        return np.where(timed, by_instant, by_day)

    def _indexed_within(self, first: Bound, last: Bound) -> Mask:
        mask = np.ones(self.count, dtype=bool)
        if isinstance(first, datetime):
            mask &= self.indexed >= first.timestamp()
        if isinstance(last, datetime):
            mask &= self.indexed <= last.timestamp()
        return mask


def _in_zone(query: Query, tz: str) -> tuple[Bound, Bound]:
    """The query's bounds as instants: the first and last of their days in a zone."""
    zone = ZoneInfo(tz)
    return _instant(query.first, zone, end=False), _instant(query.last, zone, end=True)


def _instant(bound: Bound, zone: ZoneInfo, *, end: bool) -> Bound:
    """A day as its first or last instant in a zone; what is an instant already, or open, as it is."""
    if bound is None or isinstance(bound, datetime):
        return bound
    hour = (23, 59, 59) if end else (0, 0, 0)
    return datetime(bound.year, bound.month, bound.day, *hour, tzinfo=zone)


def period_of(days: NDArray[np.datetime64], interval: Interval) -> NDArray[np.int64]:
    """The number of the period that each day falls in, counted from 1970."""
    if interval == "week":
        return (days.astype("datetime64[D]") - np.datetime64("1970-01-05")).astype(np.int64) // 7
    unit = {"day": "D", "month": "M", "year": "Y"}[interval]
    return days.astype(f"datetime64[{unit}]").astype(np.int64)
