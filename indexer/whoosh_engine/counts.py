"""Facets and the timeline of one search, counted over all of its matches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from indexer.fields import DATE_FACETS, NONE_VALUE
from indexer.query import Query
from indexer.results import Bucket, Facet, Timeline, TimelineBucket
from indexer.whoosh_engine.columns import Columns, Interval, period_of
from indexer.whoosh_engine.counting_kernels import count_periods, span_of
from indexer.whoosh_engine.facet_values import Mask
from indexer.whoosh_engine.schema import NO_DAY

# A timeline of more bars than this is drawn in the next coarser interval.
_BARS_MOST = 130
_UNITS = {"day": "D", "month": "M", "year": "Y"}
_INTERVALS: tuple[tuple[Interval, float], ...] = (("day", 1), ("week", 7), ("month", 30.44), ("year", 365.25))


def facet_filters(query: Query, columns: Columns) -> dict[str, Mask]:
    """For each facet the query filters by, the documents that its own filter lets through."""
    masks: dict[str, Mask] = {}
    for name, wanted in query.include.items():
        if wanted:
            masks[name] = columns.values(name).mask(tuple(wanted), columns.count)
    for name, unwanted in query.exclude.items():
        if unwanted:
            without = ~columns.values(name).mask(tuple(unwanted), columns.count)
            masks[name] = masks[name] & without if name in masks else without
    return masks


def facet(
    name: str, query: Query, columns: Columns, docs: NDArray[np.int64], filters: Mapping[str, Mask]
) -> Facet:
    """Counts of one facet among `docs`, which no facet has narrowed yet, under all the other filters."""
    for other, mask in filters.items():
        if other != name:
            docs = docs[mask[docs]]
    values = columns.values(name)
    counts, missing = values.counted(docs)
    held = int(np.count_nonzero(counts))
    wanted = [value for value in query.include.get(name, ()) if value != NONE_VALUE]
    chosen = set(values.chosen(wanted).tolist()) if wanted else set()
    if name in DATE_FACETS:
        # Periods are numbered in their order: the latest first.
        listed = np.flatnonzero(counts)[::-1][: query.facet_size].tolist()
    else:
        listed = values.most(counts, query.facet_size)
    other_count = held - len(listed) - sum(1 for at in chosen - set(listed) if counts[at])
    listed += [at for at in sorted(chosen) if at not in listed]
    buckets = tuple(
        Bucket(value=values.values[at], label=values.labels[at], count=int(counts[at]), selected=at in chosen)
        for at in listed
    )
    unknown = [value for value in dict.fromkeys(wanted) if not values.meant_by(value)]
    buckets += tuple(Bucket(value=value, label=value, count=0, selected=True) for value in unknown)
    return Facet(name=name, buckets=buckets, other=other_count, missing=missing)


def timeline(columns: Columns, docs: NDArray[np.int64], sources: Mask | None, query: Query) -> Timeline:
    """The matches by published day, week, month or year, whichever gives a readable number of bars.

    Beside them the articles that the archive holds of the `sources` filtered by, None for all. It spans
    from the first to the last match, or over the filter's own range where that has bounds; periods without
    a match count 0.
    """
    earliest, latest, dated = span_of(docs, columns.first_day, NO_DAY)
    found = (date.fromordinal(earliest), date.fromordinal(latest)) if dated else None
    bounds = _bounds(query, found)
    if bounds is None:
        return Timeline(interval="month", buckets=(), undated=len(docs) - dated)
    first, last = bounds
    interval: Interval = next(
        (name for name, length in _INTERVALS if ((last - first).days + 1) / length <= _BARS_MOST), "year"
    )
    start, stop = period_of(np.array([first, last], dtype="datetime64[D]"), interval).tolist()
    periods = columns.periods(interval)
    counts = np.zeros(stop - start + 1, np.int64)
    count_periods(docs, periods, start, counts)
    if sources is None:
        holdings = columns.holdings(interval, start, stop + 1)
    else:
        holdings = np.zeros(len(counts), np.int64)
        count_periods(columns.alive[sources[columns.alive]], periods, start, holdings)
    values = zip(_first_days(start, stop + 1, interval), counts.tolist(), holdings.tolist(), strict=True)
    buckets = tuple(TimelineBucket(start=day, count=count, held=held) for day, count, held in values)
    return Timeline(interval=interval, buckets=buckets, undated=len(docs) - dated)


def _bounds(query: Query, found: tuple[date, date] | None) -> tuple[date, date] | None:
    filtered = query.date_field == "published"
    first = query.first if filtered else None
    last = query.last if filtered else None
    ends = [
        bound if bound is None or type(bound) is date else date(bound.year, bound.month, bound.day)
        for bound in (first, last)
    ]
    low = ends[0] or (found[0] if found else None)
    high = ends[1] or (found[1] if found else None)
    if low is None or high is None:
        return None
    # An article dated by its month may begin before the filter does.
    return (min(low, found[0]), max(high, found[1])) if found else (low, max(low, high))


def _first_days(start: int, stop: int, interval: Interval) -> list[date]:
    """The first day of each of the periods start:stop, which are numbered as period_of does."""
    numbers = np.arange(start, stop)
    if interval == "week":
        days = np.datetime64("1970-01-05") + 7 * numbers
    else:
        days = numbers.astype(f"datetime64[{_UNITS[interval]}]").astype("datetime64[D]")
    made: list[date] = days.tolist()
    return made
