"""The lines of dates, bylines and sections between a headline and its story, alone or several in a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus.dates import LONGEST, is_date, parse_date
from corpus.labels import UPDATED, split_label
from corpus.lone_datelines import lone_dateline
from corpus.readers.bylines import Byline, bare_name, byline_of, is_role
from corpus.readers.page_lines import CJK, chrome, is_section

_SEPARATOR = re.compile(r"\s+[|•·–—/]\s+|\s*[|•│]\s*|\t+|\s{3,}")
# A comma or a hyphen parts a day from a section only where the section is a known one.
_SECTION_AND_DAY = re.compile(
    r"(?P<section>\D{2,30}?)(?:,\s| - )(?P<day>.*\d)|(?P<day2>.*\d) - (?P<section2>\D{2,30})"
)
_BEFORE_LABEL = re.compile(
    rf"(?<=[\d.,)mMTZ시분])\s*[,;·|/]?\s*(?=(?:{UPDATED}|기사원문)(?=[\s:\d]|$))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a line of the head or the foot tells besides the story; `located` stands beside a day."""

    published: str = ""
    updated: str = ""
    unlabelled: str = ""
    byline: Byline | None = None
    section: str = ""
    located: str = ""
    agency: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether it tells a date of any kind."""
        return bool(self.published or self.updated or self.unlabelled)


@lru_cache(maxsize=1024)
def meta_of(line: str) -> Meta | None:
    """Dates, byline and section that the whole line is made of; None when something else is in it."""
    if len(line) > LONGEST + 80:
        return None
    if byline := byline_of(line):
        return Meta(byline=byline)
    if dates := _dates_of([line]):
        return dates
    if dateline := lone_dateline(line):
        return Meta(unlabelled=dateline.date, located=dateline.located, agency=dateline.agency)
    if dates := _section_and_day(line):
        return dates
    parts = [part.strip(" ,") for piece in _SEPARATOR.split(line) for part in _BEFORE_LABEL.split(piece)]
    parts = [part for part in parts if part]
    if len(parts) > 1:
        dates = Meta()
        byline = None
        section = ""
        others = 0
        for part in parts:
            if found := _dates_of([part]):
                dates = Meta(
                    dates.published or found.published,
                    dates.updated or found.updated,
                    dates.unlabelled or found.unlabelled,
                )
            elif named := byline_of(part):
                byline = byline or named
            elif chrome(part) or is_role(part):
                continue
            elif not section and (is_section(part) or len(part.split()) <= 2):
                section = part
                others += not is_section(part)
            else:
                return None
        if byline or dates.is_dated:
            if others and byline is None and (named := bare_name(section)):
                byline, section = named, ""
            return Meta(dates.published, dates.updated, dates.unlabelled, byline, section)
        return None
    return _byline_and_date(line)


def _dates_of(parts: list[str]) -> Meta | None:
    line = parts[0]
    if len(line) > LONGEST or not any(char.isdigit() for char in line):
        return None
    kind, rest = split_label(line)
    # With a label even a month or a year is a date; without, it may be a headline.
    if not (_is_dated(rest) if kind else len(re.findall(r"\d", rest)) >= 5 and is_date(rest)):
        return None
    return Meta(
        published=line if kind == "published" else "",
        updated=line if kind == "updated" else "",
        unlabelled=line if not kind else "",
    )


def _is_dated(text: str) -> bool:
    return parse_date(text, basis="none", zone="UTC").value is not None


def _section_and_day(line: str) -> Meta | None:
    found = _SECTION_AND_DAY.fullmatch(line)
    if found is None:
        return None
    section, day = found["section"] or found["section2"], found["day"] or found["day2"]
    if is_section(section) and (dates := _dates_of([day])):
        return replace(dates, section=section)
    return None


def _byline_and_date(line: str) -> Meta | None:
    """`By Jane Doe, January 3, 2026`: the byline may end at any word, so each is tried."""
    if len(re.findall(r"\d", line)) < 5:
        return None
    for space in re.finditer(r",?\s+(?:[-–—]\s+)?(?:on\s+)?", line):
        before, after = line[: space.start()], line[space.end() :]
        if not after or not (after[0].isdigit() or after[0].isupper() or CJK.match(after)):
            continue
        byline = byline_of(before) or bare_name(before)
        if byline and (dates := _dates_of([after])):
            return Meta(dates.published, dates.updated, dates.unlabelled, byline)
    return None
