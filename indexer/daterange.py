"""What people write for days: `2026`, `2026-01/2026-03`, `P7D`, `yesterday` - read into inclusive bounds.

Used by `date:` in the query language and by the from_date and to_date parameters. The forms are those of
ISO 8601-1:2019 (calendar dates, week dates, durations, intervals with shortened ends), with `..` and dashes
as further separators and with names for the usual days. Durations are isodate's.
"""

from __future__ import annotations

import calendar
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import isodate

Bound = date | datetime
T = TypeVar("T")
FORMS = (
    "2026, 2026-01, 2026-01-15, 2026-W03, 2026-01/2026-03, 2026-01-15/ or >=2026-01-15, "
    "P7D (the last 7 days), today, yesterday, last-week or a time with its offset as 2026-01-15T09:28+09:00"
)
# Longer than any form needs; keeps hostile numbers away from the arithmetic.
_TEXT_MOST = 100
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

_COMPARED = re.compile(r"(>=|<=|≥|≤|>|<|=)\s*(.+)")
_INTERVAL = re.compile(r"(.*?)\s*(?:/|\.{2,}|–|—)\s*(.*)")
_SHORT_END = re.compile(r"\d{2}(-\d{2})?")
# Year first, as dates are also written in Korea, Japan and Hungary: 2026.1.15, 2026/01/15.
_LOOSE_DAY = re.compile(r"(\d{4})([./])\s?(\d{1,2})(?:\2\s?(\d{1,2}))?\.?")
_CALENDAR = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?")
_DURATION = re.compile(r"[Pp][0-9A-Za-z.,]+")
_TIMED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?(?:Z|[+-].+)?")
# A plus sign in a URL that was not escaped arrives as a space.
_LOST_PLUS = re.compile(r"(?<=[T ]\d\d:\d\d)(:\d\d(?:\.\d+)?)? (?=\d\d:?\d\d$)")


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day (or instant), both inclusive, None open; `swapped` when they came reversed."""

    first: Bound | None
    last: Bound | None
    swapped: bool = False


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _month_before(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - _DAY
    return last.replace(day=1), last


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


# Weeks begin on Monday, as in ISO 8601.
NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    "this-week": lambda today: (_monday(today), _monday(today) + 6 * _DAY),
    "last-week": lambda today: (_monday(today) - 7 * _DAY, _monday(today) - _DAY),
    "this-month": lambda today: _month(today.year, today.month),
    "last-month": _month_before,
    "this-year": lambda today: _year(today.year),
    "last-year": lambda today: _year(today.year - 1),
}


def parse_range(text: str, today: date) -> tuple[Bound | None, Bound | None]:
    """The first and last day that `text` names, inclusive; a reversed range is turned round.

    >>> parse_range("2026-01/2026-03", date(2026, 1, 15))
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))

    Raises ValueError with the forms that are understood.
    """
    span = read_range(text, today)
    return span.first, span.last


def read_range(text: str, today: date) -> Span:
    """As parse_range, and whether the two ends came in the wrong order."""
    return _guarded(_span, text, today)


def parse_bound(text: str, *, end: bool, today: date) -> Bound:
    """One bound: the first, or with `end` the last, day or instant of what `text` names.

    >>> parse_bound("2026-02", end=True, today=date(2026, 1, 15))
    datetime.date(2026, 2, 28)
    >>> parse_bound("P7D", end=False, today=date(2026, 1, 15))
    datetime.date(2026, 1, 8)

    Raises ValueError with the forms that are understood.
    """
    return _guarded(_moment, text, today)[end]


def _guarded(read: Callable[[str, date], T], text: str, today: date) -> T:
    try:
        if len(text) > _TEXT_MOST:
            raise ValueError
        return read(unicodedata.normalize("NFKC", text).strip(), today)
    except (ValueError, ArithmeticError, TypeError) as error:
        reason = str(error) if isinstance(error, _Unclear) else "is no date that is understood"
        shown = text[:_TEXT_MOST].encode(errors="replace").decode()
        raise ValueError(f"“{shown}” {reason}; write {FORMS}") from error


class _Unclear(ValueError):
    """A reason of our own, worded to follow the text."""


def _span(text: str, today: date) -> Span:
    if compared := _COMPARED.fullmatch(text):
        return _compared(compared[1], _moment(compared[2], today))
    if _is_duration(text):
        return Span(_moved(today, text, -1), today)
    interval = None if _LOOSE_DAY.fullmatch(text) else _INTERVAL.fullmatch(text)
    if not interval:
        return Span(*_moment(text, today))
    start, stop = interval[1], interval[2]
    if not start and not stop:
        raise _Unclear("has neither a first nor a last day")
    if not stop:
        return Span(_moment(start, today)[0], None)
    if not start:
        return Span(None, _moment(stop, today)[1])
    if _is_duration(stop) and not _is_duration(start):
        first = _moment(start, today)[0]
        last = _before(_moved(first, stop, 1))
        return Span(first, first if _is_after(first, last) else last)
    if _is_duration(start) and not _is_duration(stop):
        last = _moment(stop, today)[1]
        first = _moved(_after(last), start, -1)
        return Span(last if _is_after(first, last) else first, last)
    if _SHORT_END.fullmatch(stop):
        stop = start[: -len(stop)] + stop
    earlier, later = _moment(start, today), _moment(stop, today)
    swapped = _is_after(earlier[0], later[1])
    if swapped:
        earlier, later = later, earlier
    return Span(earlier[0], later[1], swapped)


def _compared(sign: str, moment: tuple[Bound, Bound]) -> Span:
    first, last = moment
    match sign:
        case ">":
            return Span(_after(last), None)
        case ">=" | "≥":
            return Span(first, None)
        case "<":
            return Span(None, _before(first))
        case "<=" | "≤":
            return Span(None, last)
    return Span(first, last)


def _moment(text: str, today: date) -> tuple[Bound, Bound]:
    """The first and the last of one day, week, month, year, minute; a duration means so long before today."""
    if named := NAMED.get(re.sub(r"[\s_]+", "-", text.casefold())):
        return named(today)
    if _is_duration(text):
        day = _moved(today, text, -1)
        return day, day
    text = text.upper()
    if loose := _LOOSE_DAY.fullmatch(text):
        text = "-".join(part.zfill(2) for part in (loose[1], loose[3], loose[4]) if part)
    if week := _WEEK.fullmatch(text):
        day = date.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or 1))
        return day, day if week[3] else day + 6 * _DAY
    if parts := _CALENDAR.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day_number = (int(part) if part else None for part in parts.groups())
        if year is None or month is None:
            return _year(int(parts[1]))
        if day_number is None:
            return _month(year, month)
        day = date(year, month, day_number)
        return day, day
    return _instants(_LOST_PLUS.sub(r"\1+", text))


def _instants(text: str) -> tuple[datetime, datetime]:
    timed = _TIMED.fullmatch(text)
    if not timed:
        raise ValueError
    first = datetime.fromisoformat(text)
    if first.tzinfo is None:
        raise _Unclear("has a time without an offset; add Z or one like +09:00")
    minute, second, fraction = timed.groups()
    if fraction:
        return first, first
    lasts = timedelta(seconds=1) if second else timedelta(minutes=1) if minute else timedelta(hours=1)
    return first, first + lasts - _INSTANT


def _is_duration(text: str) -> bool:
    return _DURATION.fullmatch(text) is not None


def _moved(bound: Bound, duration: str, sign: int) -> Bound:
    """`bound` so much later or earlier; from a day, hours count as a begun day."""
    by = isodate.parse_duration(duration.upper())
    if isinstance(by, timedelta) and not isinstance(bound, datetime):
        by = timedelta(days=math.ceil(by / _DAY))
    moved: Bound = bound + by if sign > 0 else bound - by
    return moved


def _before(bound: Bound) -> Bound:
    return bound - (_INSTANT if isinstance(bound, datetime) else _DAY)


def _after(bound: Bound) -> Bound:
    return bound + (_INSTANT if isinstance(bound, datetime) else _DAY)


def _is_after(one: Bound, other: Bound) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one > other
    return _day_of(one) > _day_of(other)


def _day_of(bound: Bound) -> date:
    return bound.date() if isinstance(bound, datetime) else bound
