"""Datelines: the place, the day and the agency before a story's first sentence.

LONDON, Jan 3 (Reuters) -        SEOUL, South Korea (AP) —        Berlin (dpa) -
[서울=뉴시스] 홍길동 기자 =         【ソウル＝山田太郎】              新华社北京1月15日电（记者张三）
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.dates import is_date


@dataclass(frozen=True, slots=True)
class Dateline:
    """What stood before the first sentence, and the `rest` of the paragraph."""

    rest: str
    located: str = ""
    agency: str = ""
    date: str = ""
    authors: tuple[str, ...] = ()


_CAP = r"[A-ZÀ-ÞŁŚŻČŠŽ]"
_CAPS = rf"{_CAP}{{2}}[A-ZÀ-ÞŁŚŻČŠŽ.’'\-]*|ST\.|D\.C\."
_WORDS = rf"{_CAP}[\w.’'\-]*(?:[ /](?:{_CAP}[\w.’'\-]*|de|del|la|le|du|am|an|der|upon|sur|do|da|dos))*"
_REGION = rf"(?:,\s{_WORDS}){{0,2}}"
_MONTH = r"[^\W\d_]{3,10}\.?"
_DAY = rf"(?:,?\s(?P<date>(?:{_MONTH}\s\d{{1,2}}|\d{{1,2}}\.?\s(?:de\s)?{_MONTH})(?:,?\s(?:de\s)?\d{{4}})?))?"
_DASH = r"(?:\s?(?:—|–|--|―)\s?|\s-\s|\s?\.\s?[-–—]\s?|\s-(?=\S))"
_PATTERNS = (
    # With an agency in brackets the place may be written either way.
    rf"(?P<place>{_WORDS}{_REGION}){_DAY}\s?\((?P<agency>[^\W\d_][^()]{{1,40}})\){_DASH}",
    r"\((?P<agency>[A-Z][^()\d]{1,30})\)\s?(?:—|–|--|-)\s?",
    # Without one, only a place in capitals is a dateline in every language.
    rf"(?P<place>(?:{_CAPS})(?:[ /](?:{_CAPS}))*{_REGION}){_DAY}{_DASH}",
    r"[\[(](?P<place>[^\s\[\]()=]{1,20})\s?=\s?(?P<agency>[^\[\]()=]{2,20})[\])]\s?(?:(?P<names>[가-힣]{2,4}(?:[\s·,ㆍ]+[가-힣]{2,4})*)\s?(?:기자|특파원|통신원|인턴기자)\s?)?=\s?",
    r"[\[(](?P<place>[^\s\[\]()=]{1,20})\s?=\s?(?P<names>[가-힣]{2,4}(?:[\s·,ㆍ]+[가-힣]{2,4})*)\s?(?:기자"
    r"|특파원|통신원)[\])]\s?(?:=\s?)?",
    r"[\[(](?P<place>[^\s\[\]()=]{1,12})=(?P<agency>[^\[\]()=]{2,12}(?:뉴스|통신|뉴시스|뉴스1|일보|신문|AP"
    r"|AFP|로이터))[\])]\s?",
    r"[【（［](?P<place>[^】）］＝=\s]{1,10})[＝=](?P<names>[\u3040-\u30ff\u3400-\u9fff々・、]{2,20})[】）］]",
    r"[［\[](?P<place>[^\s\]］]{1,12})\s[０-９\d]{1,2}日\s(?P<agency>[^\]］]{2,12})[\]］]\s?[-‐－―]?\s?",
    r"(?P<agency>新华社|新華社|中新社|中新网|中央社|法新社|路透社"
    r"|美联社)(?P<place>[\u4e00-\u9fff]{2,8}?)(?:\d{1,2}月)?\d{1,2}日[电電]\s?(?:[（(](?:记者"
    r"|記者)\s?(?P<names>[^）)]{2,30})[）)])?\s?",
    r"[（(](?P<agency>中央社)[记記]者(?P<names>[\u4e00-\u9fff]{3})(?P<place>[\u4e00-\u9fff]{2,4})(?:\d{1,2}月)?\d{1,2}日[电電][）)]",
)  # fmt: skip
_FORMS = tuple(map(re.compile, _PATTERNS))
# A place in small letters before a dash is a dateline in German and Spanish papers; in English such a
# beginning is as often `Analysis — The`, so the sentence must not be English.
_SMALL = re.compile(rf"(?P<place>{_WORDS})\s[–—]\s(?=[{{«„“\"A-ZÀ-Þ])")
_ENGLISH = re.compile(r"\b(?:the|and|of|to|is)\b")
# Words in capitals before a dash that are no place.
_NO_PLACE = frozenset({
    "WATCH", "READ", "UPDATE", "UPDATED", "BREAKING", "EXCLUSIVE", "LIVE", "NOTE", "CORRECTION", "CORRECTED",
    "OPINION", "ANALYSIS", "REVIEW", "EDITORIAL", "REMARKS", "REVISED", "FACTBOX", "TABLE", "Q", "A",
    "NEWSWISE", "INTERVIEW", "KOMMENTAR", "COMMENT", "STATEMENT", "RELEASE", "COMMUNIQUÉ", "REPORTAGE",
    "LETTER", "PRESSEMITTEILUNG", "FEATURE", "BLOG", "REPORT", "LEITARTIKEL", "ÉDITORIAL", "TRIBUNE",
    "ENTREVISTA",
})  # fmt: skip
_WEEKDAY = re.compile(r"(?:MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)DAY", re.IGNORECASE)
# Wires put the names of the agency's own staff into the place of the place.
_AGENCY_NAME = re.compile(r"(?:뉴스|통신|일보|신문|투데이|경제|방송|OSEN|스포츠|데일리)")
# What may stand in brackets without a place in capitals before it: "(D-Ohio) -" and "(REVISED) -" may not.
_AGENCY = re.compile(
    r"\b(?:reuters|ap|afp|upi|cnn|bbc|dpa|efe|ansa|tass|apa|belga|kyodo|jiji|xinhua|yonhap|bloomberg|pti|ani"
    r"|ians|aap|pa|lusa|ritzau|ntb|tt|stt|sda|cp|wire|news|press|agency|agence|agencia|agentur)\b"
    r"|\.(?:com|org|net)$|[^\x00-\u02af]",
    re.IGNORECASE,
)
_CASED_START = re.compile(r"[^\w]*(?:[A-ZÀ-ÞŁŚŻČŠŽ]|\d|[^\W\d_a-zß-ÿ])")
_SMALL_LETTER = re.compile(r"[a-zß-ÿ]|[^\x00-\u024f]")
_TABLE_START = re.compile(r"[A-Z]{3,} \d")
_HEAD = 160
_DAY_MOST = 30
# One of these stands in every dateline with a dash; the others begin with a bracket or an agency's name.
_DASHES = ("—", "–", "―", " -", ".-", "--", "\xa0-")
_BEGINNINGS = frozenset("[(【（［新中法路美")


def parted(body: str, located: str = "") -> tuple[str, Dateline | None]:
    """The body without the dateline at its head, and the dateline.

    A body whose dateline names another place than `located` keeps it: nothing is lost.

    >>> parted("ROME (Reuters) - It rained.\\nAll day.")[0], parted("ROME - It rained.", "Milan")[0]
    ('It rained.\\nAll day.', 'ROME - It rained.')
    """
    head = body[:_HEAD]
    # A third of a microsecond, where the patterns take thirty: most articles have no dateline.
    if head[:1] not in _BEGINNINGS and (
        (head.isascii() and "-" not in head) or not any(map(head.__contains__, _DASHES))
    ):
        return body, None
    first, parting, others = body.partition("\n")
    line = dateline_of(first)
    if line is None or (located and line.located and not _is_same_place(line.located, located)):
        return body, None
    return line.rest + parting + others, line


def _is_same_place(one: str, other: str) -> bool:
    one, other = one.casefold().rstrip("."), other.casefold().rstrip(".")
    return one.startswith(other) or other.startswith(one)


def dateline_of(paragraph: str) -> Dateline | None:
    """The dateline at the head of the paragraph, or None.

    >>> dateline_of("LONDON, Jan 3 (Reuters) - Fog closed two airports.")
    Dateline(rest='Fog closed two airports.', located='London', agency='Reuters', date='Jan 3', authors=())
    """
    head = paragraph[:_HEAD]
    found = next((match for form in _FORMS if (match := form.match(head))), None)
    if found is None and not _ENGLISH.search(head):
        found = _SMALL.match(head)
        if found and len(found["place"].split()) > 3:
            found = None
    rest = paragraph[found.end() :].lstrip(" \xa0\u3000") if found else ""
    # What has only a day after the dash stands above a story (lone_datelines.py), not at its first sentence.
    if found is None or not rest or (len(rest) <= _DAY_MOST and is_date(rest)):
        return None
    groups = found.groupdict()
    place, agency = (groups.get("place") or "").strip(" ,"), (groups.get("agency") or "").strip()
    date = groups.get("date") or ""
    if any(char.isdigit() for char in agency):
        # Press releases: `Chicago, IL (May 6, 2017) -`.
        if date or not re.fullmatch(rf"{_MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?", agency):
            return None
        agency, date = "", agency
    if place and _WEEKDAY.fullmatch(place):
        place = ""
    if not _is_dateline(place, agency, date, rest):
        return None
    if place and _AGENCY_NAME.search(place):
        place, agency = "", place
    names = tuple(name for name in re.split(r"[\s·,ㆍ、・]+", groups.get("names") or "") if name)
    return Dateline(rest, place_name(place), agency, date, names)


def is_no_place(town: str) -> bool:
    """Whether the word stands before a dash or a date in other lines than datelines: `UPDATE`, `Analysis`."""
    return town.upper() in _NO_PLACE


def is_agency(words: str) -> bool:
    """Whether the words name a news agency or another that sends news, by their form.

    >>> is_agency("Reuters"), is_agency("D-Ohio")
    (True, False)
    """
    return _AGENCY.search(words) is not None


def _is_dateline(place: str, agency: str, date: str, rest: str) -> bool:
    """Whether what fits a pattern is a dateline and no sentence with a dash, heading or party in brackets."""
    town = place.split(",")[0].rstrip(":")
    if is_no_place(town) or len(place) > 60:
        return False
    # `NASA -- the agency that`, and headings of tables (`LONDON GOLD FIX - APR 7 MTH BYR`) are none.
    if not _CASED_START.match(rest) or not _SMALL_LETTER.search(rest[:60]) or _TABLE_START.match(rest):
        return False
    if agency and not town.isupper():
        return is_agency(agency)
    return bool(agency) or (0 < len(re.split(r"[ /]", town)) <= (4 if date else 3) and not date.isupper())


_UPPER = re.compile(
    rf"{_CAP}{{3,}}(?:['’\-]{_CAP}+)*|\b(?:ST|FT|MT|EL|LA|LE|LOS|DE|DEL|DO|DA|DU|OF|AM|AN)\b(?![.]{_CAP})"
)
_WITHIN = {"de", "del", "do", "da", "du", "of", "the", "am", "an", "upon", "sur", "and"}


def place_name(place: str) -> str:
    """A dateline's place as it is written in a sentence.

    >>> place_name("NEW YORK"), place_name("NARA, Japan"), place_name("WASHINGTON, D.C.")
    ('New York', 'Nara, Japan', 'Washington, D.C.')
    >>> place_name("ST. LOUIS, MO"), place_name("RIO DE JANEIRO"), place_name("PORT-AU-PRINCE")
    ('St. Louis, MO', 'Rio de Janeiro', 'Port-au-Prince')
    """
    town, comma, region = place.partition(",")
    if town.isupper():
        town = _UPPER.sub(lambda word: _titled(word[0], word.start()), town)
    return town + comma + re.sub(rf"{_CAP}{{4,}}", lambda word: word[0].title(), region)


def _titled(word: str, at: int) -> str:
    if at and word.lower() in _WITHIN:
        return word.lower()
    return (
        word.title().replace("-Au-", "-au-").replace("-De-", "-de-").replace("’S", "’s").replace("'S", "'s")
    )
