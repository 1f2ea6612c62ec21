"""Datelines that have a line to themselves: a place and a day, in either order, and nothing else.

Orléans, 5 February 2026       Berlin, den 5. Februar 2026       February 5, 2026, Port Ellery
PARIS, Feb. 5, 2026 (Reuters) -        WASHINGTON, D.C. – February 5, 2026

`Jane Doe, 5 February 2026` is built alike, so several words are a place only where they show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.datelines import Dateline, is_agency, is_no_place, place_name
from corpus.dates import LONGEST, is_date
from corpus.labels import split_label
from corpus.readers.page_lines import is_outlet_name, is_section

# A day, a month and a year have no fewer digits, `5.2.26` left out: it is as often a number of something.
_DIGITS_LEAST = 5
_END = re.compile(
    r"\s*(?:\((?P<agency>[^\W\d_][^()\d]{1,40})\)|/(?P<wire>[^\W\d_][\w .]{1,30})/)?"
    r"\s*(?:[-–—―]{1,2}|\.-)?\s*$"
)
_COMMA = re.compile(r"\s*[,，]\s*")
_DASH = re.compile(r"\s+[-–—―]{1,2}\s+")
_BEFORE_DAY = re.compile(r"(?:le|el|den|a|am|the|on|il|em)\s+(?=\w)", re.IGNORECASE)
_CAPITAL = r"[A-ZÀ-ÞŁŚŻČŠŽА-ЯЁІЇЄΑ-Ω]"
_LITTLE = r"(?:d[eaou]s?|del|della|l[aeoè]s?|of|am|an|der|upon|on|under|sur|sous|en|y|unter|ob|im|in)"
_WORDS = rf"{_CAPITAL}[\w.’'\-/]*(?:\s(?:{_CAPITAL}[\w.’'\-/]*|{_LITTLE})){{0,4}}"
_TOWN = re.compile(rf"(?P<town>{_WORDS})(?:\s?\({_WORDS}\))?")
_REGION = re.compile(rf"\(?{_WORDS}\)?")
# What towns of several words begin with, and what stands within them: no name of a person does either.
_BEGINS_A_TOWN = re.compile(
    r"(?:new|north|south|east|west|upper|lower|great|port|fort|mount|lake|cape|saint|st\.?|ste\.?|sankt|san"
    r"|santa|santo|são|los|las|les|the|la|le|el|den|bad|rio|buenos|hong|kuala|tel|abu|addis|phnom|ho|ulan"
    r"|sri|mexico|puerto|ciudad|villa|nizhny|нижний|санкт|новый|великий)\b",
    re.IGNORECASE,
)
_WITHIN_A_TOWN = re.compile(r"\s(?:upon|on|under|sur|sous|l[èe]s|am|an der|ob der|unter|im)\s", re.IGNORECASE)
# `Mo.`, `Calif.`, `D.C.`, `MO`, `USA`: what follows a town and never a person's name.
_SHORT_REGION = re.compile(r"[A-Z]\.(?:\s?[A-Z]\.)+|[A-Z][a-z]{1,4}\.|[A-Z]{2,3}")
_CALENDAR = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado"
    r"|domingo|christmas|easter|eve|spring|summer|autumn|winter|today|tomorrow|yesterday|edition|issue|week|schedule|agenda|program"
    r"|programme|when|where|what|who|deadline",
    re.IGNORECASE,
)


def lone_dateline(line: str) -> Dateline | None:
    """The dateline that the whole line is, its `rest` empty; None where anything else is in the line.

    >>> found = lone_dateline("Orléans, 5 February 2026")
    >>> found.located, found.date
    ('Orléans', '5 February 2026')
    >>> lone_dateline("Orléans, 5 February 2026, was cold."), lone_dateline("Jane Doe, 5 February 2026")
    (None, None)
    """
    if not line or len(line) > LONGEST or sum(map(str.isdigit, line)) < _DIGITS_LEAST:
        return None
    end = _END.search(line)
    agency = ((end["agency"] or end["wire"] or "") if end else "").strip()
    if end and agency and (end["wire"] or is_agency(agency)):
        line = line[: end.start()]
    else:
        agency, line = "", line.rstrip(" -–—―")
    for place, day, dashed in _pairs(line):
        # Reading a day is what takes time.
        if (located := _place(place, dashed)) and _is_day(day):
            return Dateline("", located, agency, day)
    return None


def _pairs(line: str) -> Iterator[tuple[str, str, bool]]:
    """Every way to part the line into a place and a day, and whether a dash is between them."""
    for parting, dashed in ((_COMMA, False), (_DASH, True)):
        for found in parting.finditer(line):
            before, after = line[: found.start()], line[found.end() :]
            if not any(map(str.isdigit, before)):
                yield before, _BEFORE_DAY.sub("", after, count=1), dashed
            if not any(map(str.isdigit, after)):
                yield after, before, dashed


def _is_day(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= _DIGITS_LEAST and not split_label(text)[0] and is_date(text)


def _place(text: str, dashed: bool) -> str:
    """The place that the text is; "" where it may as well be a person, a paper or a section."""
    town, *regions = _COMMA.split(text)
    found = _TOWN.fullmatch(town)
    if found is None or len(regions) > 2 or not all(map(_REGION.fullmatch, regions)):
        return ""
    if is_no_place(found["town"]) or is_section(text) or is_outlet_name(text):
        return ""
    # In other scripts every word may be an agency's name by its form.
    if town.isascii() and is_agency(town):
        return ""
    if split_label(text)[0] or any(map(_CALENDAR.fullmatch, re.findall(r"[^\W\d_]+", text))):
        return ""
    # Beside a dash stands as often a section of which nobody knows, so the place has to show itself.
    if dashed and not (town.isupper() or regions):
        return ""
    return place_name(text) if _is_town(found["town"], regions) else ""


def _is_town(town: str, regions: list[str]) -> bool:
    if " " not in town or _BEGINS_A_TOWN.match(town) or _WITHIN_A_TOWN.search(town):
        return True
    return bool(regions) and _SHORT_REGION.fullmatch(regions[-1]) is not None
