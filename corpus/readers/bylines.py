"""Bylines as pages print them: who wrote it, where, and whose e-mail address gives the paper away."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.dates import is_date
from corpus.readers.page_lines import CJK


@dataclass(frozen=True, slots=True)
class Byline:
    """`by` as printed, without label and address; the names in it; place, e-mail domain and paper, if any."""

    by: str
    authors: tuple[str, ...]
    located: str = ""
    domain: str = ""
    paper: str = ""


EMAIL = re.compile(r"[(<\[]?\b[\w.+\-]+@((?:[\w\-]+\.)+[A-Za-z]{2,})\b[)>\]]?")
_HANDLE = re.compile(r"(?:^|[\s(|])(?:on )?(?:x|twitter)?:? ?@\w{2,30}\b\)?", re.IGNORECASE)

_LABEL = re.compile(
    r"^\s*[\[(【]?(?:"
    r"(?:(?:written|words|story|text|reported|reporting|analysis|opinion|article|review|report|posted"
    r"|published|special report)\s+)?by\s*[:：]?\s+"
    r"|(?:by|author|authors|byline|writer|reporter|contributor|autor|autorin|auteur|autore|autora|writers"
    r"|reporters|text|texte|texto|testo)\s?[:：]\s*"
    r"|(?:von|par|por|di|door|av|af|ved|tekijä|przez|autor|yazan)\s+(?=[A-ZÀ-ÞŁŚŻČŠŽ])"
    r"|(?:автор|текст)\s?[:：]?\s+|(?:بقلم|كتب|كتبت|إعداد|تقرير)\s?[:：]?\s*|(?:글|기자|취재"
    r"|작성자)\s?[:：=]\s*|(?:文|記者|记者|作者|撰文|執筆|執筆者|取材|筆者)\s?[:：/／=＝]\s*"
    r"|本[报報][记記]者\s*"
    r")",
    re.IGNORECASE,
)
_KO_ROLE = (
    r"(?:선임|수석|인턴|객원|전문|시민|사진|통신|문화|법조|정치|경제)?\s?"
    r"(?:기자|특파원|논설위원|칼럼니스트|앵커|리포터|에디터|PD|아나운서)"
)
_KO_NAME = r"[가-힣]{2,4}"
_KOREAN = re.compile(
    rf"^[\[(【/]?(?:(?P<place>[가-힣A-Za-z·]{{1,12}})\s?=\s?)?(?:글\s?|글·사진\s?)?"
    rf"(?P<names>{_KO_NAME}(?:\s?[,·ㆍ/]?\s?(?:{_KO_ROLE}\s?[,·ㆍ/]?\s?)?{_KO_NAME})*?)\s?(?P<role>{_KO_ROLE})\s?[\])】/]?\s?=?$"
)
_PLACED = re.compile(
    r"(?P<place>[^\s=,@]{1,20})\s?=\s?(?P<name>[가-힣]{2,4}(?:[·ㆍ][가-힣]{2,4})*)(?:\s(?:기자|특파원))?"
)
_JAPANESE = re.compile(
    r"^[\[［【(（](?:(?P<paper>\S{2,12}(?:新聞|通信|新報|日報|放送|ニュース|時事|共同"
    r"|社))\s?)?(?:(?P<place>[^\s＝=]{1,8})[＝=])?(?P<name>[\u3040-\u30ff\u3400-\u9fff々]{2,8})(?:記者)?[\]］】)）]$"
)
_TAIL = re.compile(
    r"^\(?(?:additional )?reporting by (?P<names>[^;()]+?)(?:;\s?(?P<rest>[^()]*))?\)?\.?$", re.IGNORECASE
)

_PARTICLES = frozenset(
    {
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
    }
    | {"ten", "zu", "zum", "al", "el", "bin", "ibn", "ben", "y", "e", "st", "und", "af", "av"}
)
_WORD = r"[^\W\d_](?:[\w’'`´\-]*[^\W_])?\.?"
_NAME_WORD = re.compile(rf"^{_WORD}$")
# Parts of a byline that are no name: what somebody is, or works for.
_ROLE = re.compile(
    r"\b(?:staff|writer|correspondent|editor|editors|reporter|reporters|bureau|chief|columnist|critic"
    r"|contributor|contributing|senior|special to|for the|political|"
    r"business|science|health|economics|foreign|affairs|newsroom|team|desk|redakteur|redakteurin"
    r"|korrespondent|korrespondentin|redaktion|envoyée? spéciale?|"
    r"correspondante?|journaliste?|corresponsal|redactora?|enviad[oa] especial|reportero|agencies|agency"
    r"|photographer|producer|fellow|professor|opinion|guest|"
    r"bbc|cnn|news|reuters|associated press|afp|dpa|bloomberg|times|post|herald|기자|특파원|記者"
    r"|특별취재팀)\b",
    re.IGNORECASE,
)
_COLLECTIVE = re.compile(
    r"^(?:the )?.{2,40}\s(?:staff|editors|desk|team|reporters|correspondents|editorial board|redaktion"
    r"|staff writers?|staff reporters?)$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"(?:the )?(?:reuters|associated press|ap|afp|agence france-presse|dpa|efe|ansa|tass|xinhua|yonhap"
    r"|bloomberg|upi|pti|ians|ani|kyodo|jiji|aap|pa media|press association|canadian press|agencies"
    r"|news agencies|staff|staff reporter|staff writer|wire services?|연합뉴스|뉴시스|뉴스1)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|"
    r"october|november|december|christmas|easter|today|tomorrow|yesterday|night|noon|midnight|now|then"
    r"|contrast|"
    r"law|design|default|comparison|all|any|the|then|that|this|these|and|far|some|most|montag|dienstag"
    r"|mittwoch|donnerstag|freitag|samstag|sonntag",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*[;&·ㆍ、，]\s*|\s*,\s*(?:and\s+)?|\s+(?:and|und|et|y|e|og|och|en|en|with|mit|avec|con|و|и)\s+",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(
    r"^(?P<name>.+?)\s+(?:in|à|en|aus|reporting from|en"
    r"|te)\s+(?P<place>[A-ZÀ-Þ][\w.’'\-]+(?:[ ,]+[A-ZÀ-Þ][\w.’'\-]+){0,3})$"
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|phd|md)\.?$", re.IGNORECASE)
# Vowel signs, which Python's \w leaves out.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
LONGEST = 160


def byline_of(line: str) -> Byline | None:
    """The byline that the whole line is; None for anything that may be a sentence or a headline.

    >>> byline_of("By JANE DOE and Ana de la Cruz | Staff Writers").authors
    ('Jane Doe', 'Ana de la Cruz')
    >>> byline_of("By Monday the crisis had eased.") is None
    True
    """
    if len(line) > LONGEST or not line.strip():
        return None
    address = EMAIL.search(line)
    domain = address[1].lower() if address else ""
    text = EMAIL.sub(" ", line)
    text = " ".join(_HANDLE.sub(" ", text).split()).strip(" ,;|·/-–—")
    if placed := _placed(text):
        names, place = placed
        return Byline(", ".join(names), names, place, domain)
    if (korean := _KOREAN.match(text)) and (names := _korean_names(korean["names"])):
        return Byline(text.strip("[]()【】/= ").split("=")[-1].strip(), names, korean["place"] or "", domain)
    if (japanese := _JAPANESE.match(text)) and (japanese["paper"] or japanese["place"]):
        name, place, paper = japanese["name"], japanese["place"] or "", japanese["paper"] or ""
        return Byline(name, (name,), place, domain, paper)
    if label := _LABEL.match(text):
        rest = text[label.end() :].strip(" []【】")
        colon = label[0].rstrip()[-1:] in (":", "：", "/", "／", "=", "＝")
        if found := _names_of(rest, colon or bool(address)):
            names, place = found
            return Byline(rest, names, place, domain)
        return None
    if address and (found := _names_of(text.strip("[]() "), True)):
        return Byline(text.strip("[]() "), found[0], found[1], domain)
    return None


def bare_name(line: str) -> Byline | None:
    """A byline without a label, as some pages print it beside the date: `Jane Doe in Seoul`."""
    if len(line) > 80 or any(char.isdigit() for char in line):
        return None
    found = _names_of(line, False)
    if not found or not all(2 <= len(name.split()) <= 4 or CJK.search(name) for name in found[0]):
        return None
    return Byline(line, found[0], found[1])


def tail_credit(line: str) -> Byline | None:
    """Reuters' last line: `(Reporting by A in London; Editing by B)`."""
    if len(line) < 400 and (found := _TAIL.match(line)) and (names := _names_of(found["names"], False)):
        return Byline(found["names"].strip(), names[0])
    return None


def is_role(line: str) -> bool:
    """Whether the line says what an author is: `Political correspondent`, `BBC News, London`."""
    words = line.split()
    return (
        0 < len(words) <= 6 and len(line) <= 60 and line[-1] not in ".!?。" and _ROLE.search(line) is not None
    )


def _placed(text: str) -> tuple[tuple[str, ...], str] | None:
    """`나라=윤다빈`, or several of them with commas between."""
    parts = [part.strip() for part in text.split(",")]
    found = [_PLACED.fullmatch(part) for part in parts]
    if not all(found):
        return None
    names = [name for one in found if one for name in re.split("[·ㆍ]", one["name"])]
    return tuple(names), found[0]["place"] if found[0] else ""


def _korean_names(text: str) -> tuple[str, ...]:
    text = re.sub(_KO_ROLE, " ", text)
    names = tuple(name for name in re.split(r"[\s,·ㆍ/]+", text) if name)
    return names if all(re.fullmatch(_KO_NAME, name) for name in names) else ()


def _names_of(text: str, told: bool) -> tuple[tuple[str, ...], str] | None:
    """The names in the text and the place after them, when the whole text is names and roles."""
    parts = [
        part for part in re.split(r"\s+[|–—•/\-]\s+|\s*[|•]\s*|\s*[(（].*?[)）]\s*", text) if part.strip()
    ]
    if not parts:
        return None
    place = ""
    names: list[str] = []
    for number, part in enumerate(parts):
        for piece in _AND.split(part.strip(" ,.") + ("." if re.search(r"\b(?:Jr|Sr)\.$", part) else "")):
            piece = piece.strip()
            if not piece or _SUFFIX.match(piece):
                continue
            if after := _PLACE_AFTER.match(piece):
                piece, place = after["name"], place or after["place"]
            if (names or number) and _ROLE.search(piece):
                continue
            if _COLLECTIVE.match(piece) or _AGENCY.fullmatch(piece):
                names.append(piece)
            elif _is_name(piece, told):
                names.append(_cased(piece))
            elif number and names:
                break
            elif names and _is_place(piece):
                place = place or piece
            else:
                return None
    return (tuple(dict.fromkeys(names)), place) if names else None


def _is_place(piece: str) -> bool:
    return 0 < len(piece) <= 30 and piece[0].isupper() and len(piece.split()) <= 3


def _is_name(piece: str, told: bool) -> bool:
    piece = _MARKS.sub("", piece)
    words = piece.split()
    if not words or len(words) > 6 or len(piece) > 60 or any(char.isdigit() for char in piece):
        return False
    if _CALENDAR.fullmatch(words[0]) or is_date(piece):
        return False
    cased = [word for word in words if word.casefold() not in _PARTICLES]
    if not cased or not all(_NAME_WORD.match(word) for word in words):
        return False
    if any(word[0].islower() and "’" not in word and "'" not in word for word in cased):
        return False
    scriptless = not any(char.isupper() or char.islower() for char in piece)  # Hangul, Han, Arabic ...
    if len(words) == 1:
        return (told or (scriptless and 2 <= len(piece) <= 6)) and len(piece) > 1
    return True


def _cased(name: str) -> str:
    """A name in capitals as it is written elsewhere, so that one person is one author.

    >>> _cased("RUTH O'NEILL-MCKAY"), _cased("J.D. Vance")
    ("Ruth O'Neill-McKay", 'J.D. Vance')
    """
    if not re.sub(r"\bMc", "", name).isupper() or len(name) < 5 or " " not in name:
        return name
    titled = re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), name)
    return re.sub(r"\bMc([a-z])", lambda match: "Mc" + match[1].upper(), titled)
