"""What stands in a record's fields: words, lists of words, names, dates, HTML where text should be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, TypeVar

from corpus.article import Basis, Dated, Precision
from corpus.datelines import place_name
from corpus.text import markup_out, unescape
from corpus.zones import with_offset

# What programs write for "nothing" when they write text.
_NOTHING = {"", "null", "None", "NULL", "NaN", "nan", "NaT", "<NA>", "undefined", "N/A", "n/a", "[]", "{}"}
# A text of more characters is not asked whether it is one of these with spaces about it.
NOTHING_MOST = 15

# In plain text a "<PD>" is a share's symbol and a "1 < 2" a comparison: HTML is what closes a tag of HTML,
# breaks a line, or gives a tag an attribute.
_HTML = re.compile(
    r"</(?:p|div|span|a|b|i|u|em|strong|h[1-6]|li|ul|ol|blockquote|figure|table|tbody|t[rdh]|section|article"
    r"|script|style)\s*>"
    r"|<(?:br|hr)\s*/?>|(?-i:<p>)|<(?:a|p|div|span|img|iframe|figure|table|h[1-6]|section|article)\s[^<>]*=[^<>]*>",
    re.IGNORECASE,
)
# Without one of these, HTML that has line ends is text with a few tags in it, and its lines are paragraphs.
_PARTS = re.compile(r"<(?:p|br|div|li|h[1-6]|blockquote)\b", re.IGNORECASE)
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d{1,9})?\s?(Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_LIST_OF_STRINGS = re.compile(r"\s*[\[(].*[\])]\s*", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")

_BY = re.compile(r"^\s*(?:(?:written|reported|story|words)\s+)?(?:by|von|par|por)[:\s]\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:;|\||/(?=\s)|\s&\s|\s(?:and|und|et|y|e)\s)\s*|\n+", re.IGNORECASE)
_COMMA = re.compile(r"\s*[,،、，]\s*")
# After a comma these say more of the name before it; a list with them in it is not one of names.
_NOT_A_NAME = re.compile(
    r"(?:jr|sr|i{1,3}|iv|m\.?d|ph\.?d|staff|writer|correspondent|reporter|editor|columnist|contributor|bureau|press"
    r"|news|times|post|service|agency|photographer|chief|special|the|of|for|from|at|in|university)\b\.?",
    re.IGNORECASE,
)
# What bylines hold beside names; a part with it is dropped where another part is a name.
_ROLE = re.compile(
    r"\b(?:staff|writer|correspondent|reporter|editor|columnist|contributor|special to|for the|min read)\b",
    re.IGNORECASE,
)
_NAME_WORDS_MOST = 6
_JOINS = re.compile(r"&|\b(?:and|und|et|y|e)\b", re.IGNORECASE)
# "NEW YORK, June 2 -": the place, without the day and the dash of the dateline.
_DATELINE_TAIL = re.compile(
    r"[\s,(]*\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:,?\s+\d{4})?\)?[\s\-–—:]*$"
    r"|[\s,]*[\-–—]+\s*$",
    re.IGNORECASE,
)


T = TypeVar("T")
_REMEMBERED = 200


def _remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """The function, remembering what it made of the last 4,096 short texts: names and places come again."""
    known = lru_cache(maxsize=4096)(read)

    @wraps(read)
    def remembering(text: str) -> T:
        return known(text) if len(text) <= _REMEMBERED else read(text)

    return remembering


def is_absent(value: Any) -> bool:
    """Whether a value says nothing: None, "", "null", an empty list."""
    if type(value) is str:
        return len(value) <= NOTHING_MOST and (value in _NOTHING or value.strip() in _NOTHING)
    return (
        value is None or value is False or (isinstance(value, (list, dict)) and not value) or value != value
    )


def word_in(value: Any) -> str:
    """The one text a value holds: itself, a number's digits, an object's name, a list's first.

    >>> word_in({"@type": "Organization", "name": "The Post"}), word_in(["Sport", "Rowing"]), word_in(7)
    ('The Post', 'Sport', '7')
    """
    if type(value) is str:
        return value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        for key in ("name", "title", "value", "main", "label", "term", "text", "@id", "url", "id"):
            if key in value and not isinstance(value[key], dict) and not is_absent(value[key]):
                return word_in(value[key])
        given = [value.get(key) for key in ("givenName", "familyName", "first", "middle", "last")]
        return " ".join(word for word in given if isinstance(word, str) and word)
    if isinstance(value, list):
        return next((word for word in map(word_in, value[:20]) if word), "")
    return ""


def words_in(value: Any) -> tuple[str, ...]:
    """All the texts a value holds: a list's, or those between the commas (semicolons, bars) of one text.

    >>> words_in("trade, ports; ships"), words_in("['acq', 'copper']"), words_in([{"name": "Ports"}, "null"])
    (('trade', 'ports', 'ships'), ('acq', 'copper'), ('Ports',))
    """
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(word for word in map(word_in, value) if not is_absent(word))
    return _words_in_text(word_in(value))


@_remembered
def _words_in_text(word: str) -> tuple[str, ...]:
    if _LIST_OF_STRINGS.fullmatch(word):
        return _printed_list(word)
    return tuple(part for part in re.split(r"\s*[,;|\n،、，；]\s*", word.strip()) if not is_absent(part))


def _printed_list(text: str) -> tuple[str, ...]:
    """The strings of a list that a program printed into one field, as JSON or as Python writes it."""
    try:
        value = json.loads(text)
        return words_in(value) if isinstance(value, list) else ()
    except (ValueError, RecursionError):
        pass
    quoted = tuple(
        re.sub(r"\\(.)", r"\1", first or second) for first, second in _QUOTED.findall(text) if first or second
    )
    inner = text.strip()[1:-1]
    return quoted or tuple(part.strip() for part in inner.split(",") if not is_absent(part.strip()))


def names_in(value: Any) -> tuple[str, ...]:
    """The names of people in an author field or byline.

    >>> names_in("By Ada Lund and Bo Ek"), names_in([{"name": "Ada Lund"}]), names_in("Ada Lund, Staff")
    (('Ada Lund', 'Bo Ek'), ('Ada Lund',), ('Ada Lund',))
    """
    if value is None:
        return ()
    if isinstance(value, dict) and isinstance(value.get("name"), list):
        value = value["name"]
    if isinstance(value, list):
        return tuple(dict.fromkeys(name for one in value[:200] for name in names_in(one)))
    return _names_in_text(word_in(value))


@_remembered
def _names_in_text(text: str) -> tuple[str, ...]:
    if _LIST_OF_STRINGS.fullmatch(text) and text.lstrip()[0] == "[":
        return names_in(list(_printed_list(text)))
    names: list[str] = []
    for part in _AND.split(_BY.sub("", text, count=1)):
        names += _split_at_commas(part.strip(" \t,"))
    names = [name for name in names if not is_absent(name)]
    people = [name for name in names if not _ROLE.search(name) and len(name.split()) <= _NAME_WORDS_MOST]
    return tuple(dict.fromkeys(people or names))


def _split_at_commas(text: str) -> list[str]:
    parts = _COMMA.split(text)
    if len(parts) == 1:
        return parts
    names = [part for part in parts if part and not _NOT_A_NAME.search(part)]
    # "Lund, Ada" is one name turned round; a list of names has two words in each.
    if len(names) == len(parts) and all(" " in name or not name.isascii() for name in names):
        return names
    if len(parts) == 2 and len(names) == 2:
        return [f"{parts[1]} {parts[0]}"] if " " not in parts[0] and " " not in parts[1] else [text]
    return names if all(" " in name for name in names) else [text]


@_remembered
def place_in(text: str) -> str:
    """A dateline's place, written as it is in a sentence.

    >>> place_in("NEW YORK, June 2 -"), place_in("Seoul")
    ('New York', 'Seoul')
    """
    return place_name(_DATELINE_TAIL.sub("", text)) if text else ""


def section_in(value: Any) -> tuple[str, tuple[str, ...]]:
    """The section, and what else a list of several says: sections of a blog are its keywords.

    >>> section_in("Arts & Books, Film"), section_in("Boats, Weather, Ports"), section_in(["Boats", "Ports"])
    (('Arts & Books, Film', ()), ('Boats', ('Weather', 'Ports')), ('Boats', ('Ports',)))
    """
    if isinstance(value, str):
        parts = tuple(part.strip() for part in value.split(","))
        # A name with a comma in it (Arts, Books and Film) has an "and", or words enough for a title.
        if (
            len(parts) == 1
            or not all(part and len(part.split()) <= 3 for part in parts)
            or _JOINS.search(value)
        ):
            return value, ()
    else:
        parts = words_in(value if isinstance(value, list) else word_in(value))
    return (parts[0], parts[1:]) if parts else ("", ())


def plain(text: str) -> str:
    """One line of text, with HTML taken out if it is that."""
    return markup_out(text) if "<" in text and _HTML.search(text) else text


def plain_paragraphs(value: Any) -> str:
    """A body's text: paragraphs of a list joined, HTML taken out, HTML escaped whole read as HTML."""
    if isinstance(value, list):
        return "\n".join(plain_paragraphs(one) for one in value)
    text = word_in(value)
    if "<" in text:
        return _paragraphs_out(text) if _HTML.search(text) else text
    if "&" in text and "&lt;" in text and _HTML.search(once := unescape(text)):
        return _paragraphs_out(once)
    return text


def _paragraphs_out(markup: str) -> str:
    if "\n" in markup and not _PARTS.search(markup):
        return "\n".join(map(markup_out, markup.split("\n")))
    return markup_out(markup)


def date_in(value: Any, basis: Basis, zone: str, language: str = "", *, zone_known: bool = False) -> Dated:
    """The date in a field: ISO 8601, seconds or milliseconds since 1970, or as `parse_date` understands it.

    >>> date_in("2026-01", "field", "UTC").precision, date_in("2026-01-15T09:28Z", "field", "UTC").precision
    ('month', 'minute')
    """
    raw = word_in(value)
    if (found := _iso_date(raw.strip(), basis, zone, zone_known)) is not None:
        return found
    from corpus.dates import parse_date

    raw = raw.removesuffix(".0")
    return parse_date(raw, basis=basis, zone=zone, zone_known=zone_known, language=language)


@lru_cache(maxsize=8192)
def _iso_date(raw: str, basis: Basis, zone: str, zone_known: bool) -> Dated | None:
    match = _ISO.fullmatch(raw)
    if match is None:
        return None
    year, month, day, time, second, offset = match.groups()
    try:
        when = datetime.fromisoformat(
            f"{year}-{month or '01'}-{day or '01'}T{time or '00:00'}{second or ''}{offset or ''}"
        )
    except ValueError:
        return None
    # A midnight to the second without an offset is how programs write a day, yet it may be a time: kept.
    precision: Precision = (
        "second" if second else "minute" if time else "day" if day else "month" if month else "year"
    )
    if when.tzinfo is not None:
        return Dated(value=when, basis=basis, precision=precision, raw=raw)
    local, _ = with_offset(when, None, zone)
    return Dated(value=local, basis=basis, precision=precision, raw=raw, zone_assumed=not zone_known)
