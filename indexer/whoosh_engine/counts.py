"""Facets and the timeline of one search, counted over all of its matches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer.fields import DATE_FACETS, NONE_VALUE
from indexer.query import Query
from indexer.results import Bucket, Facet, Timeline, TimelineBucket
from indexer.whoosh_engine.columns import Columns, Mask

Interval = Literal["day", "week", "month", "year"]

# A timeline of more bars than this is drawn in the next coarser interval.
_BARS_MOST = 130
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


def facet(name: str, query: Query, columns: Columns, matches: Mask, filters: Mapping[str, Mask]) -> Facet:
    """Counts of one facet among `matches`, which no facet has narrowed yet, under all the other filters."""
    narrowed = matches
    for other, mask in filters.items():
        if other != name:
            narrowed = narrowed & mask
    values = columns.values(name)
    counts = np.bincount(values.ordinals[narrowed[values.docs]], minlength=len(values.values))
    wanted = [value for value in query.include.get(name, ()) if value != NONE_VALUE]
    chosen = set(values.chosen(wanted).tolist())
    held = np.flatnonzero(counts)
    if name in DATE_FACETS:
        order = sorted(held.tolist(), key=lambda at: values.values[at], reverse=True)
    else:
        order = sorted(held.tolist(), key=lambda at: (-counts[at], values.labels[at]))
    listed = order[: query.facet_size]
    listed += [at for at in sorted(chosen) if at not in listed]
    buckets = tuple(
        Bucket(value=values.values[at], label=values.labels[at], count=int(counts[at]), selected=at in chosen)
        for at in listed
    )
    unknown = [value for value in dict.fromkeys(wanted) if not values.meant_by(value)]
    buckets += tuple(Bucket(value=value, label=value, count=0, selected=True) for value in unknown)
    missing = int(np.count_nonzero(narrowed & ~values.has_any))
    return Facet(name=name, buckets=buckets, other=len(set(order) - set(listed)), missing=missing)


def timeline(columns: Columns, matches: Mask, held: Mask, query: Query) -> Timeline:
    """The matches by published day, week, month or year, whichever gives a readable number of bars.

    `held` are the articles the archive holds of the filtered sources. It spans from the first to the last
    match, or over the filter's own range where that has bounds; periods without a match count 0.
    """
    dated = columns.dated
    undated = int(np.count_nonzero(matches & ~dated))
    days = columns.days()
    matched, all_held = days[matches & dated], days[held & dated]
    bounds = _bounds(query, matched)
    if bounds is None:
        return Timeline(interval="month", buckets=(), undated=undated)
    first, last = bounds
    interval: Interval = next(
        (name for name, length in _INTERVALS if ((last - first).days + 1) / length <= _BARS_MOST), "year"
    )
    start, stop = _period(np.array([first, last], dtype="datetime64[D]"), interval)
    size = int(stop - start) + 1
    counts = _counted(_period(matched, interval), start, size)
    holdings = _counted(_period(all_held, interval), start, size)
    buckets = tuple(
        TimelineBucket(start=_first_day(start, at, interval), count=int(counts[at]), held=int(holdings[at]))
        for at in range(size)
    )
    return Timeline(interval=interval, buckets=buckets, undated=undated)


def _bounds(query: Query, matched: NDArray[np.datetime64]) -> tuple[date, date] | None:
    found = (matched.min().item(), matched.max().item()) if len(matched) else None
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


def _period(days: NDArray[np.datetime64], interval: Interval) -> NDArray[np.int64]:
    """The number of the period that each day falls in, counted from 1970."""
    if interval == "week":
        return (days.astype("datetime64[D]") - np.datetime64("1970-01-05")).astype(np.int64) // 7
    unit = {"day": "D", "month": "M", "year": "Y"}[interval]
    return days.astype(f"datetime64[{unit}]").astype(np.int64)


def _counted(periods: NDArray[np.int64], start: int, size: int) -> NDArray[np.int64]:
    inside = periods[(periods >= start) & (periods < start + size)]
    return np.bincount(inside - start, minlength=size)


def _first_day(start: int, at: int, interval: Interval) -> date:
    number = int(start) + at
    if interval == "week":
        return date(1970, 1, 5) + timedelta(weeks=number)
    if interval == "day":
        return date(1970, 1, 1) + timedelta(days=number)
    if interval == "month":
        return date(1970 + number // 12, number % 12 + 1, 1)
    return date(1970 + number, 1, 1)
