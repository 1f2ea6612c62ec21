"""Dates and numbers in words for people, as precise as they are known and no more."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from corpus.article import Dated
from indexer.as_json import moment_json

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# What a reader is told about where a date was found.
BASES = {
    "page-text": "from the page's text",
    "json-ld": "from the page's structured data",
    "meta": "from the page's metadata",
    "feed": "from the feed",
    "field": "from a field of the record",
    "url": "from the address",
    "filename": "from the file's name",
    "none": "not stated",
}


@dataclass(frozen=True, slots=True)
class ShownDate:
    """A date for people: `text`, `machine` for <time datetime> ("" without a value), `how` it was read."""

    text: str
    machine: str = ""
    how: str = ""
    doubtful: bool = False


def short_date(dated: Dated | None) -> ShownDate:
    """
    >>> from datetime import timezone
    >>> when = datetime(2026, 1, 15, 9, 28, tzinfo=timezone(timedelta(hours=9)))
    >>> short_date(Dated(value=when, basis="page-text", precision="minute")).text
    '15 Jan 2026, 09:28'
    >>> short_date(Dated(value=when, basis="url", precision="month")).text, short_date(None).text
    ('Jan 2026', 'undated')
    """
    return _shown(dated, month=3, weekday=False)


def day_date(dated: Dated | None) -> ShownDate:
    """As short_date, without the time of day.

    >>> from datetime import timezone
    >>> when = datetime(2026, 1, 15, 9, 28, tzinfo=timezone(timedelta(hours=9)))
    >>> day_date(Dated(value=when, basis="page-text", precision="minute")).text
    '15 Jan 2026'
    """
    if dated and dated.precision in ("minute", "second"):
        dated = dataclasses.replace(dated, precision="day")
    return short_date(dated)


def long_date(dated: Dated | None) -> ShownDate:
    """
    >>> from datetime import timezone
    >>> when = datetime(2026, 1, 15, 9, 28, tzinfo=timezone(timedelta(hours=9)))
    >>> long_date(Dated(value=when, basis="page-text", precision="minute")).text
    'Thursday, 15 January 2026, 09:28 (UTC+9)'
    """
    return _shown(dated, month=None, weekday=True)


def _shown(dated: Dated | None, month: int | None, weekday: bool) -> ShownDate:
    if dated is None:
        return ShownDate("undated", how=BASES["none"])
    how = BASES[dated.basis] + (", zone assumed" if dated.zone_assumed else "")
    if dated.value is None:
        raw = f": “{dated.raw}”" if dated.raw else ""
        return ShownDate(f"date doubtful{raw}", how=dated.doubt or how, doubtful=True)
    value = dated.value
    name = MONTHS[value.month - 1][:month]
    text = {"year": f"{value.year}", "month": f"{name} {value.year}"}.get(dated.precision)
    if text is None:
        text = f"{value.day} {name} {value.year}"
        text = f"{WEEKDAYS[value.weekday()]}, {text}" if weekday else text
        if dated.precision in ("minute", "second"):
            text = f"{text}, {value:%H:%M}" + (f" ({offset_text(value)})" if weekday else "")
    return ShownDate(text, moment_json(dated) or "", how)


def offset_text(value: datetime) -> str:
    """The offset from UTC in words.

    >>> from datetime import timezone
    >>> offset_text(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))))
    'UTC−3:30'
    """
    offset = value.utcoffset() or timedelta(0)
    minutes = abs(int(offset.total_seconds())) // 60
    if not minutes:
        return "UTC"
    sign = "−" if offset < timedelta(0) else "+"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


def day_text(day: date) -> str:
    """
    >>> day_text(date(2026, 1, 5))
    '5 Jan 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def month_text(value: str) -> str:
    """A month of the archive's facets, "2026-01", for people; what is none comes back as it is.

    >>> month_text("2026-01"), month_text("~none")
    ('Jan 2026', '~none')
    """
    year, _, month = value.partition("-")
    if not (month.isdigit() and 1 <= int(month) <= 12):
        return value
    return f"{MONTHS[int(month) - 1][:3]} {year}"


def instant_text(instant: datetime) -> str:
    """
    >>> from datetime import timezone
    >>> instant_text(datetime(2026, 1, 5, 7, 3, tzinfo=timezone.utc))
    '5 Jan 2026, 07:03 UTC'
    """
    return f"{day_text(instant.date())}, {instant:%H:%M} {offset_text(instant)}"


def bytes_text(size: int) -> str:
    """
    >>> bytes_text(900), bytes_text(1_300_000)
    ('900 bytes', '1.3 MB')
    """
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 1_000 or unit == "TB":
            break
        amount /= 1_000
    return f"{size:,} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"


def counted(number: int, one: str, many: str = "") -> str:
    """
    >>> counted(1, "copy", "copies"), counted(1200, "article")
    ('1 copy', '1,200 articles')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
