"""Matches over time as a chart: plain geometry, which a template draws as inline SVG with a table beside it.

Bars stretch with the page while words must not, so the drawing holds bars alone and the labels are text
around it. A stretch of time in which the archive holds nothing is hatched: "no hits" and "nothing held" are
different answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from indexer.results import Timeline, TimelineBucket
from web.links import Address
from web.shown import MONTHS, day_text

HEIGHT = 100.0
# A bar of one match stays visible beside one of thousands.
LEAST_BAR = 2.0
WEEK_OF = "week of "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One period: its place in the drawing, one unit wide, what it counts, the link that narrows to it."""

    x: int
    y: float
    height: float
    label: str
    first: date
    last: date
    count: int
    held: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`gaps` are runs of periods without any article, as (x, width); `marks` the two or three
    labels under it, the first and last at its ends."""

    bars: tuple[Bar, ...]
    gaps: tuple[tuple[int, int], ...]
    marks: tuple[str, ...]
    most: int
    interval: str
    undated: int

    @property
    def width(self) -> int:
        return len(self.bars)


def chart_of(timeline: Timeline | None, address: Address) -> Chart | None:
    """The drawing of a timeline; None when there is no period to tell apart."""
    if timeline is None or len(timeline.buckets) < 2:
        return None
    most = max(bucket.count for bucket in timeline.buckets)
    bars = tuple(
        _bar(place, bucket, timeline.interval, most, address) for place, bucket in enumerate(timeline.buckets)
    )
    places = (0, len(bars) // 2, -1) if len(bars) > 4 else (0, -1)
    return Chart(
        bars=bars,
        gaps=_gaps(timeline.buckets),
        marks=tuple(bars[place].label.removeprefix(WEEK_OF) for place in places),
        most=most,
        interval=timeline.interval,
        undated=timeline.undated,
    )


def _bar(place: int, bucket: TimelineBucket, interval: str, most: int, address: Address) -> Bar:
    last = last_day(bucket.start, interval)
    height = max(LEAST_BAR, HEIGHT * bucket.count / most) if bucket.count else 0.0
    narrowed = address.setting(from_date=bucket.start.isoformat(), to_date=last.isoformat())
    return Bar(
        x=place,
        y=round(HEIGHT - height, 2),
        height=round(height, 2),
        label=period_text(bucket.start, interval),
        first=bucket.start,
        last=last,
        count=bucket.count,
        held=bucket.held,
        url=narrowed.at("/search"),
    )


def _gaps(buckets: tuple[TimelineBucket, ...]) -> tuple[tuple[int, int], ...]:
    gaps: list[tuple[int, int]] = []
    for place, bucket in enumerate(buckets):
        if bucket.held:
            continue
        if gaps and sum(gaps[-1]) == place:
            gaps[-1] = (gaps[-1][0], gaps[-1][1] + 1)
        else:
            gaps.append((place, 1))
    return tuple(gaps)


def last_day(start: date, interval: str) -> date:
    """The last day of the period that begins so.

    >>> last_day(date(2026, 2, 1), "month"), last_day(date(2026, 1, 5), "week")
    (datetime.date(2026, 2, 28), datetime.date(2026, 1, 11))
    """
    if interval == "year":
        return date(start.year, 12, 31)
    if interval == "month":
        return date(start.year + start.month // 12, start.month % 12 + 1, 1) - timedelta(days=1)
    return start + timedelta(days=6 if interval == "week" else 0)


def period_text(start: date, interval: str) -> str:
    """
    >>> period_text(date(2026, 2, 1), "month"), period_text(date(2026, 1, 5), "week")
    ('Feb 2026', 'week of 5 Jan 2026')
    """
    if interval == "year":
        return str(start.year)
    if interval == "month":
        return f"{MONTHS[start.month - 1][:3]} {start.year}"
    return f"{WEEK_OF}{day_text(start)}" if interval == "week" else day_text(start)
