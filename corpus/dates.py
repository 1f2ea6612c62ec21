"""Dates as news prints them, from a stripped line to a `Dated`.

    raw -> tidied -> zone cut out -> time cut out -> a date, all of it understood, or none

Nothing is searched for in free text and nothing is filled in from today: a date without a year is a doubt,
a date without a day has the precision of its month. Numbers and English go through patterns and
python-dateutil (0.1 ms); other languages through dateparser, which costs 0.2 s to load and then 1-15 ms.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from corpus.article import Basis, Dated, Precision
from corpus.labels import split_label
from corpus.zones import split_zone, with_offset, zone_named

# No label, weekday, date, time and zone together is longer; what is longer is prose, and not looked at.
LONGEST = 120

_MONTH_FIRST_ZONES = re.compile(
    r"America/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Detroit|Anchorage|Boise|Juneau|Indiana/.*|Kentucky/.*"
    r"|North_Dakota/.*|Menominee|Adak|Nome|Sitka)|US/.*|Pacific/Honolulu|Asia/Manila"
)

# Day parts, written before or after the hour; True for the afternoon.
_AFTERNOON = {"오전": False, "午前": False, "上午": False, "오후": True, "午後": True, "下午": True}

_TIME = re.compile(
    r"""(?<![\d.])
    (?P<before>오전|오후|午前|午後|上午|下午)?\s?
    (?P<hour>\d{1,2})
    (?:
      \s?(?:시|時|时|点)\s?(?:(?P<m2>\d{1,2})\s?(?:분|分))?(?:\s?(?P<s2>\d{1,2})\s?(?:초|秒))?
    | :(?P<m1>\d{2})(?::(?P<s1>\d{2})(?:[.,]\d{1,9})?)?
      (?:\s?(?P<half1>[ap]\.?\s?m\b\.?))?(?:\s?(?:uhr|hrs?|hs?|klo))?
    | \.(?P<m3>[0-5]\d)(?![.\d])\s?(?:(?P<half3>[ap]\.?\s?m\b\.?)|uhr|hrs?\b|$|(?=\s*,?\s*$))
    | \s?h\s?(?P<m4>[0-5]\d)?(?!\w)
    | \s?(?P<half5>[ap]\.?\s?m\b\.?)
    | \s?uhr
    )(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)

_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>\d{4})\s?[-./年년‐–]\s?(?P<month>\d{1,2})(?:\s?[-./月월‐–]\s?(?P<day>\d{1,2})\s?[.日일号]?)?(?!\d)"
    r"(?:\s?[月월](?!\w))?\.?"
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>(?:1[6-9]|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)
_YEAR_LAST = re.compile(
    r"(?<!\d)(?P<a>\d{1,2})\s?(?P<sep>[-./])\s?(?P<b>\d{1,2})\s?[-./]\s?(?P<year>\d{4}|\d{2})(?!\d)\.?"
)
_ERA = re.compile(r"(?P<era>令和|平成|昭和)(?P<nth>\d{1,2}|元)年")
_ERA_BEGINS = {"令和": 2019, "平成": 1989, "昭和": 1926}
_COMPACT_TIME = re.compile(r"^(\d{8})[T ]?(\d{2})(\d{2})(\d{2})?(Z|[+\-]\d{2}:?\d{2})?$")
_EPOCH = re.compile(r"^(\d{9,10})(?:\.\d+)?$|^(\d{12,13})$")

# What may stand around a date that is all numbers: weekdays and the small words between date and time.
_AROUND = re.compile(
    r"(?:at|on|um|à|a las|las|a|às|alle|ore|om|kl|klo|den|der|the|of|uhr|h|hrs|T"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|[월화수목금토일]요일|[월화수목금토일]|[日月火水木金土]曜日?|[日月火水木金土]|星期[一二三四五六日天]|周[一二三四五六日]"
    r"|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|segunda|terça|quarta|quinta|sexta|feira"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\s,.;|·•()\[\]【】（）/\-–—:]+")
# The languages whose month names are known: those in which dailies of some reach are printed.
_LANGUAGES = (
    "en", "ru", "es", "fr", "de", "tr", "pt", "fa", "it", "nl", "vi", "pl", "ar", "cs", "id", "uk", "el",
    "he", "th", "sv", "ro", "hu", "da", "fi", "sk", "bg", "sr", "nb", "hr",
    "lt", "sl", "ca", "et", "lv", "hi",
    "bn", "ur", "sw", "ko", "ja", "zh",
)  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_PARTS: tuple[tuple[Precision, tuple[str, ...]], ...] = (
    ("day", ("day", "month", "year")),
    ("month", ("month", "year")),
)
# Weekday, "de", month, "de", "at", a label's remainder: more words are prose.
_WORDS_MOST = 7
_MONTH_DOT = re.compile(r"\b([A-Za-z]{3,9})\.")


@dataclass(frozen=True, slots=True)
class _Day:
    year: int
    month: int = 1
    day: int = 1
    precision: Precision = "day"


def parse_date(
    raw: str,
    *,
    basis: Basis,
    zone: str,
    zone_known: bool = False,
    language: str = "",
    day_first: bool | None = None,
) -> Dated:
    """What the text says of a date, never raising; what cannot be understood has a `doubt` and no value.

    `zone` is the IANA name that counts where the text names none; unless `zone_known` (outlets.zone_of), it
    was assumed. A date such as 03/04/2026 is read by
    `day_first`; left None, month first for English in a zone of the United States (or the Philippines,
    which print dates that way), year first where the year stands first, day first everywhere else.
    Whether a date can be true (not in the future, not before 1605) is asked in `corpus.making`.

    >>> parse_date("January. 15, 2026 09:28,", basis="page-text", zone="Asia/Seoul").value.isoformat()
    '2026-01-15T09:28:00+09:00'
    >>> parse_date("yesterday", basis="page-text", zone="UTC").doubt
    'no date was recognised'
    """
    kept = raw.strip()

    def doubtful(why: str) -> Dated:
        return Dated(value=None, basis=basis, raw=kept, doubt=why)

    text = split_label(_tidy(kept))[1]
    if not text or len(text) > LONGEST or not any(letter.isdigit() or letter == "元" for letter in text):
        return doubtful("no date was recognised" if kept else "the date is empty")
    if found := _EPOCH.match(text):
        moment = _from_epoch(found, zone)
        if moment is None:
            return doubtful("there is no such day")
        return Dated(value=moment, basis=basis, precision="second", raw=kept, zone_assumed=not zone_known)
    text = _uncompact(text)
    text, printed = split_zone(text)
    text, clock = _cut_time(text)
    if clock == "impossible":
        return doubtful("the time of day is impossible")
    if day_first is None:
        day_first = not (language in ("", "en") or language.startswith("en-")) or not _month_first(zone)
    day = _day_of(text, language, day_first)
    if isinstance(day, str):
        return doubtful(day)
    try:
        naive = datetime(day.year, day.month, day.day)
    except ValueError:
        return doubtful("there is no such day")
    precision: Precision = day.precision
    if day.precision == "day" and isinstance(clock, tuple):
        hour, minute, second = clock
        naive += timedelta(hours=hour, minutes=minute, seconds=second or 0)
        precision = "minute" if second is None else "second"
    value, by_zone = with_offset(naive, printed, zone)
    assumed = by_zone and not zone_known
    return Dated(value=value, basis=basis, precision=precision, raw=kept, zone_assumed=assumed)


def is_date(text: str, *, language: str = "") -> bool:
    """Whether the whole text is a date to the day, so that it cannot be a name or a headline."""
    found = parse_date(text, basis="none", zone="UTC", language=language)
    return found.value is not None and found.precision not in ("month", "year")


def _month_first(zone: str) -> bool:
    return _MONTH_FIRST_ZONES.fullmatch(zone) is not None


def _tidy(text: str) -> str:
    """One line, plain spaces, digits of every script as 0-9, no invisible marks of direction."""
    text = unicodedata.normalize("NFKC", text)
    letters = []
    for letter in text:
        if letter.isdigit() and not "0" <= letter <= "9":
            letter = str(unicodedata.digit(letter, ""))
        if unicodedata.category(letter[:1] or " ") != "Cf":
            letters.append(letter)
    return " ".join("".join(letters).split())


def _uncompact(text: str) -> str:
    """`20260115T092800Z` with its separators, so that the patterns need to know one spelling."""
    if found := _COMPACT_TIME.match(text):
        day, hour, minute, second, zone = found.groups()
        return (
            f"{day[:4]}-{day[4:6]}-{day[6:]} {hour}:{minute}"
            + (f":{second}" if second else "")
            + (zone or "")
        )
    return re.sub(r"(?<=\d)[Tt](?=\d{2}(?::|\d{2}))", " ", text)


def _from_epoch(found: re.Match[str], zone: str) -> datetime | None:
    seconds = int(found[1]) if found[1] else int(found[2]) // 1000
    try:
        moment = datetime.fromtimestamp(seconds, UTC).astimezone(zone_named(zone))
    except (OverflowError, OSError, ValueError):
        return None
    return moment.replace(tzinfo=timezone(moment.utcoffset() or timedelta(0)))


def _cut_time(text: str) -> tuple[str, tuple[int, int, int | None] | str | None]:
    """The text without its time of day, and hour, minute and second (None where it is not printed)."""
    found = _TIME.search(text)
    if not found:
        return text, None
    if found["m3"] and _YEAR_LAST.match(text, max(0, found.start() - 6)):
        return text, None
    hour = int(found["hour"])
    minute = int(found["m1"] or found["m2"] or found["m3"] or found["m4"] or 0)
    seconds = found["s1"] or found["s2"]
    half = found["half1"] or found["half3"] or found["half5"]
    afternoon = (
        _AFTERNOON.get(found["before"]) if found["before"] else half.lower()[0] == "p" if half else None
    )
    if afternoon is not None and hour <= 12:
        hour = hour % 12 + (12 if afternoon else 0)
    second = int(seconds) if seconds else None
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    if second == 60:  # A leap second; datetime has none.
        second = 59
    if hour > 23 or minute > 59 or (second or 0) > 59:
        return rest, "impossible"
    return rest, (hour, minute, second)


def _day_of(text: str, language: str, day_first: bool) -> _Day | str:
    """The day, month or year that the text is, or in words why it is none."""
    if found := _ERA.search(text):
        nth = 1 if found["nth"] == "元" else int(found["nth"])
        text = f"{text[: found.start()]}{_ERA_BEGINS[found['era']] + nth - 1}年{text[found.end() :]}"
    for pattern in (_YEAR_FIRST, _COMPACT, _YEAR_LAST):
        if found := pattern.search(text):
            if not _only_small_words(text[: found.start()], text[found.end() :]):
                continue
            if pattern is not _YEAR_LAST:
                day = found["day"]
                return _Day(int(found["year"]), int(found["month"]), int(day or 1), "day" if day else "month")
            return _year_last(found, day_first)
    if re.fullmatch(r"\d{4}\s?[年년]?", text):
        return _Day(int(text[:4]), precision="year")
    return _day_in_words(text.strip(" ,.;|·•-–—()"), language, day_first)


def _year_last(found: re.Match[str], day_first: bool) -> _Day | str:
    first, second, year = int(found["a"]), int(found["b"]), int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < 70 else 1900  # POSIX's reading of two digits
    # Dots are a continental European way of writing, where the day always stands first.
    day, month = (first, second) if day_first or found["sep"] == "." else (second, first)
    if month > 12 >= day:
        day, month = month, day
    return _Day(year, month, day)


def _only_small_words(*around: str) -> bool:
    return all(_AROUND.fullmatch(word) for part in around for word in _PUNCTUATION.split(part) if word)


def _day_in_words(text: str, language: str, day_first: bool) -> _Day | str:
    if not re.search(r"\d", text):
        return "no date was recognised"
    return (
        _by_dateutil(text, day_first) or _by_dateparser(text, language, day_first) or "no date was recognised"
    )


def _by_dateutil(text: str, day_first: bool) -> _Day | str | None:
    """English months. Two defaults that differ in every part show which parts the text itself has."""
    from dateutil import parser as dateutil

    if not text.isascii():
        return None
    text = _MONTH_DOT.sub(r"\1", text)
    text = re.sub(r"\bSept\b", "Sep", text, flags=re.IGNORECASE)
    try:
        one, two = (
            dateutil.parse(text, default=default, dayfirst=day_first, ignoretz=True)
            for default in (datetime(2000, 1, 1), datetime(2004, 2, 2))
        )
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, ArithmeticError):
        return None
    if one.year != two.year:
        return "the year is missing"
    if one.month != two.month:
        return None
    return _Day(
        one.year, one.month, one.day if one.day == two.day else 1, "day" if one.day == two.day else "month"
    )


def _by_dateparser(text: str, language: str, day_first: bool) -> _Day | str | None:
    """Month names of other languages. Only languages that have such a month are asked: all 205 take 30 ms."""
    words = re.findall(r"[^\W\d_]+[^\W\d_\u0300-\u036f]*", text.casefold())
    if len(words) > _WORDS_MOST:
        return None
    known = dict.fromkeys(one for word in words for one in _languages_by_month().get(word, ()))
    if not known:
        return None
    if not re.search(r"\d{4}", text):
        return "the year is missing"
    primary = language.split("-")[0].lower()
    for one in sorted(known, key=lambda name: name != primary):
        for precision, parts in _PARTS:
            value = _ask(_dateparser(one, parts, day_first), text)
            if value is None:
                continue
            if str(value.year) not in text:
                return "the year is missing"
            # Thai papers print Buddhist years.
            year = value.year - 543 if one == "th" and value.year > 2400 else value.year
            return _Day(year, value.month, value.day if precision == "day" else 1, precision)
    return None


@lru_cache(maxsize=1)
def _languages_by_month() -> dict[str, tuple[str, ...]]:
    """Which languages have a month of this name, from dateparser's own (CLDR's) data; read once, in 0.1 s."""
    from importlib import import_module

    named: dict[str, dict[str, None]] = {}
    for language in _LANGUAGES:
        info = import_module(f"dateparser.data.date_translation_data.{language}").info
        for month in _MONTHS:
            for name in info.get(month, ()):
                named.setdefault(name.casefold().strip("."), {})[language] = None
    return {name: tuple(languages) for name, languages in named.items()}


def _ask(parser: Any, text: str) -> datetime | None:
    try:
        value = parser.get_date_data(text).date_obj
    except Exception:
        # dateparser lets through whatever its parts raise over a strange text.
        return None
    return value if isinstance(value, datetime) else None


@lru_cache(maxsize=128)
def _dateparser(language: str, parts: tuple[str, ...], day_first: bool) -> Any:
    """A parser of absolute dates only: no `yesterday`, no parts filled in from the clock."""
    from dateparser.date import DateDataParser

    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": list(parts),
        "DATE_ORDER": "DMY" if day_first else "MDY",
        "PREFER_DAY_OF_MONTH": "first",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "NORMALIZE": True,
    }
    return DateDataParser(languages=[language], settings=settings)
