"""Questions about one line of a copied news page: is it the page's own, a section, a paper's name, prose?"""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.readers.page_chrome import CHROME, COPYRIGHT, CREDIT, PAGE_END, RELATED

SECTIONS = frozenset(
    [
        "world",
        "news",
        "politics",
        "business",
        "economy",
        "opinion",
        "opinions",
        "sports",
        "sport",
        "culture",
        "arts",
        "entertainment",
        "science",
        "technology",
        "tech",
        "health",
        "life",
        "lifestyle",
        "travel",
        "society",
        "national",
        "international",
        "local",
        "environment",
        "climate",
        "education",
        "money",
        "markets",
        "finance",
        "video",
        "videos",
        "podcasts",
        "weather",
        "obituaries",
        "editorial",
        "analysis",
        "features",
        "style",
        "food",
        "books",
        "music",
        "film",
        "media",
        "law",
        "crime",
        "us",
        "u.s.",
        "uk",
        "asia",
        "europe",
        "africa",
        "americas",
        "korea",
        "japan",
        "china",
        "middle-east",
        "breaking",
        "live",
        "exclusive",
        "commentary",
        "column",
        "정치",
        "경제",
        "사회",
        "국제",
        "문화",
        "스포츠",
        "연예",
        "오피니언",
        "사설",
        "칼럼",
        "생활",
        "과학",
        "it/과학",
        "전국",
        "지역",
        "산업",
        "금융",
        "부동산",
        "북한",
        "politik",
        "wirtschaft",
        "kultur",
        "wissen",
        "gesellschaft",
        "panorama",
        "ausland",
        "inland",
        "meinung",
        "wissenschaft",
        "technik",
        "reise",
        "politique",
        "économie",
        "société",
        "monde",
        "france",
        "sciences",
        "santé",
        "débats",
        "política",
        "economía",
        "sociedad",
        "internacional",
        "cultura",
        "deportes",
        "opinión",
        "ciencia",
        "tecnología",
        "政治",
        "経済",
        "社会",
        "国際",
        "文化",
        "スポーツ",
        "科学",
        "国内",
        "経済・ビジネス",
        "国际",
        "体育",
        "财经",
        "娱乐",
        "社會",
        "經濟",
        "國際",
    ]
) | {
    "asia pacific",
    "middle east",
    "top stories",
    "latin america",
    "real estate",
    "south korea",
    "north korea",
    "new zealand",
}
_HOME = frozenset({"home", "홈", "startseite", "accueil", "inicio", "ホーム", "首页", "homepage", "início"})

_OUTLET_WORD = re.compile(
    r"\b(?:times|post|news|herald|journal|courier|gazette|tribune|daily|chronicle|observer|guardian"
    r"|telegraph|mail"
    r"|express|star|sun|globe|standard|independent|press|bulletin|echo|argus|register|dispatch|examiner"
    r"|inquirer|sentinel|record|reporter|monitor|mirror|ilbo|wire|shimbun|leader|advertiser|citizen|lantern"
    r"|courrier|dépêche|correo|gaceta|heraldo|prensa"
    r"|zeitung|nachrichten|rundschau|anzeiger|presse|tageblatt|kurier|journal|diario|periódico|jornal"
    r"|correio"
    r"|corriere|gazzetta|dagblad|courant|aftenposten|broadcasting|radio|tv)\b|(?:일보|신문|뉴스|방송|통신"
    r"|경제)$|新聞$|日报$|日報$|新闻$"
    r"|(?i:\.(?:com|org|net|co\.\w\w|de|fr|kr|jp))$",
    re.IGNORECASE,
)  # fmt: skip
_NAME = r"[A-ZÀ-ÞŁŚŻČŠŽ][\w’'\-]+"
_MASTHEAD = re.compile(
    rf"(?:(?:Le|La|Les|El|Los|Las|Il|Lo|Gli|O|Os)\s|L['’]){_NAME}"
    rf"(?:\s(?:d[ue]s?|del?|della|dell['’]|d[ao]s?|de\s(?:la|los|las))?\s?{_NAME}){{1,3}}"
    rf"|The(?:\s{_NAME}){{1,3}}\s(?:Review|Magazine|Weekly|Quarterly|Ledger|Mercury|Messenger|Statesman"
    r"|Spectator|Beacon|Packet|Recorder|Enterprise|Intelligencer|Pilot|Voice|Week)"
)
_HOLDER = re.compile(
    r"(?:©|ⓒ|\([cC]\)|copyrights?)[\s:©ⓒ]*(?:\([cC]\))?\s*(?:\d{4}(?:\s?[-–]\s?\d{4})?)?[\s,]*(?:by )?"
    r"(?P<holder>[^,.|\]>)\d©ⓒ]{2,50})",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset({"of", "and", "the", "de", "la", "du", "del", "der"})
_CRUMB = re.compile(r"\s*[>›»|/→]\s*|\s+[·•]\s+")
_PROSE_END = re.compile(r"[.!?…。！？؟।:]['\"”’»)）\]」』]*$")
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]")


def _whole(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(patterns)})", re.IGNORECASE)


_CHROME_ROWS = tuple((row.why, row.most, _whole(row.patterns)) for row in CHROME)
_RELATED_RE, _END_RE, _CREDIT_RE, _COPYRIGHT_RE = map(_whole, (RELATED, PAGE_END, CREDIT, COPYRIGHT))
_BULLET = " \t-–—*•·|▶►»›+"


@lru_cache(maxsize=4096)
def chrome(line: str) -> str:
    """Why the line is part of the page and not of the story; "" when it may be the story.

    >>> chrome("Go to contents"), chrome("Prices go to contents unseen, he said.")
    ('links to places on the page and in the site', '')
    """
    bare = line.strip(_BULLET)
    if not any(char.isalnum() for char in bare):
        return "a rule or an ornament"
    for why, most, pattern in _CHROME_ROWS:
        if len(bare) <= most and (pattern.fullmatch(bare) or pattern.fullmatch(line)):
            return why
    return ""


def heads_related(line: str) -> bool:
    """Whether the line heads a list of other stories."""
    return len(line) <= 50 and _RELATED_RE.fullmatch(line.strip(_BULLET + ":：[]【】<>■◆")) is not None


def ends_page(line: str) -> bool:
    """Whether what follows the line is readers' comments or the foot of the site."""
    return len(line) <= 40 and _END_RE.fullmatch(line.strip(_BULLET)) is not None


def picture_credit(line: str) -> bool:
    """Whether the line is a picture's caption with its credit, or the credit alone."""
    return len(line) <= 320 and _CREDIT_RE.fullmatch(line) is not None


def copyright_notice(line: str) -> bool:
    """Whether the line is a copyright notice."""
    return len(line) <= 400 and _COPYRIGHT_RE.fullmatch(line) is not None


def copyright_holder(line: str) -> str:
    """Whose notice it is, where the notice says so.

    >>> copyright_holder("© 2026 Harbour Gazette. All rights reserved.")
    'Harbour Gazette'
    """
    found = _HOLDER.search(line)
    if not found:
        return ""
    holder = re.split(
        r"\s(?:&|무단|all rights|alle rechte|tous droits|\d{4})", found["holder"], flags=re.IGNORECASE
    )[0].strip(" -–")
    return "" if re.search(r"rights|reserved|무단|copyright", holder, re.IGNORECASE) else holder


def is_section(line: str) -> bool:
    """Whether the line is a section's usual name."""
    name = line.strip(_BULLET).casefold()
    return name in SECTIONS or name.removesuffix(" news") in SECTIONS


def is_outlet_name(line: str) -> bool:
    """Whether the line looks like a paper's name: few words, one of them such as Herald, all capitalised."""
    words = line.split()
    return (
        0 < len(words) <= 5
        and not is_section(line)
        and "," not in line
        and not _CRUMB.search(line)
        and len(line) <= 40
        and not _PROSE_END.search(line)
        and _OUTLET_WORD.search(line) is not None
        and all(not word[0].islower() or word in _SMALL_WORDS or "." in word for word in words)
    )


def is_masthead(line: str) -> bool:
    """Whether a line above a headline is a paper's name by its form: `Le Courrier du Midi`, `The Sea Review`.

    In Romance languages a headline of an article and capitalised words is a name; in English it takes one
    of a few last words. A paper known by name is found otherwise.

    >>> is_masthead("El Faro del Sur"), is_masthead("El faro del sur"), is_masthead("The Tideway Review")
    (True, False, True)
    """
    return len(line) <= 40 and _MASTHEAD.fullmatch(line) is not None


def breadcrumb(line: str) -> tuple[str, str] | None:
    """The outlet and the section of a line such as `Ashport Herald > Arts`; None when it is no such line.

    Sections beside one another, not below, are a menu and tell nothing of the article.

    >>> breadcrumb("Ashport Herald | Sport"), breadcrumb("Home > Sport"), breadcrumb("Home | News | Sport")
    (('Ashport Herald', 'Sport'), ('', 'Sport'), ('', ''))
    """
    parts = [part.strip() for part in _CRUMB.split(line) if part.strip()]
    if (
        len(parts) < 2
        or len(line) > 80
        or any(len(part.split()) > 4 for part in parts)
        or _PROSE_END.search(line)
    ):
        return None
    outlet = next((part for part in parts if is_outlet_name(part)), "")
    rest = [part for part in parts if part != outlet and part.casefold() not in _HOME]
    known = any(map(is_section, rest)) or len(rest) < len(parts)
    if not known and not re.search(r"[>›»]", line):
        return None
    menu = sum(map(is_section, rest)) > 1 and not re.search("[>›»/→]", line)
    return outlet, rest[-1] if rest and not menu else ""


def is_prose(line: str) -> bool:
    """Whether the line reads like a paragraph of a story: long, or a sentence of some length."""
    length = len(line) + len(CJK.findall(line))
    return length >= 180 or (length >= 60 and _PROSE_END.search(line) is not None)
