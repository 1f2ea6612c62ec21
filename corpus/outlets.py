"""Outlets: what the user says of them, and those that newsdex knows without being told.

The user's own table (settings, `outlets`) stands above the built-in one, field by field. A language is
stated only where the domain publishes in one language; the zone is that of the newsroom whose clock the
pages print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlsplit

from corpus.article import slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """What is known of a paper: a row of the settings table `outlets`, or of the built-in one."""

    domain: str
    name: str = ""
    zone: str = ""
    language: str = ""


Outlets = Mapping[str, Outlet]

_ROWS = (
    # Korea
    ("donga.com", "The Dong-A Ilbo", "Asia/Seoul", ""),
    ("chosun.com", "The Chosun Ilbo", "Asia/Seoul", ""),
    ("koreajoongangdaily.joins.com", "Korea JoongAng Daily", "Asia/Seoul", "en"),
    ("joongang.co.kr", "중앙일보", "Asia/Seoul", "ko"),
    ("hani.co.kr", "The Hankyoreh", "Asia/Seoul", ""),
    ("khan.co.kr", "경향신문", "Asia/Seoul", ""),
    ("koreaherald.com", "The Korea Herald", "Asia/Seoul", "en"),
    ("koreatimes.co.kr", "The Korea Times", "Asia/Seoul", "en"),
    ("yna.co.kr", "Yonhap News Agency", "Asia/Seoul", ""),
    ("newsis.com", "뉴시스", "Asia/Seoul", "ko"),
    # Japan, China, Asia
    ("nhk.or.jp", "NHK", "Asia/Tokyo", ""),
    ("asahi.com", "朝日新聞", "Asia/Tokyo", ""),
    ("mainichi.jp", "毎日新聞", "Asia/Tokyo", ""),
    ("yomiuri.co.jp", "読売新聞", "Asia/Tokyo", "ja"),
    ("japantimes.co.jp", "The Japan Times", "Asia/Tokyo", "en"),
    ("xinhuanet.com", "Xinhua", "Asia/Shanghai", ""),
    ("scmp.com", "South China Morning Post", "Asia/Hong_Kong", "en"),
    ("straitstimes.com", "The Straits Times", "Asia/Singapore", "en"),
    ("thehindu.com", "The Hindu", "Asia/Kolkata", "en"),
    ("timesofindia.indiatimes.com", "The Times of India", "Asia/Kolkata", ""),
    ("aljazeera.com", "Al Jazeera", "Asia/Qatar", "en"),
    ("haaretz.com", "Haaretz", "Asia/Jerusalem", "en"),
    # Britain and Ireland
    ("bbc.co.uk", "BBC News", "Europe/London", ""),
    ("bbc.com", "BBC News", "Europe/London", ""),
    ("theguardian.com", "The Guardian", "Europe/London", "en"),
    ("telegraph.co.uk", "The Telegraph", "Europe/London", "en"),
    ("thetimes.com", "The Times", "Europe/London", "en"),
    ("independent.co.uk", "The Independent", "Europe/London", "en"),
    ("ft.com", "Financial Times", "Europe/London", "en"),
    ("reuters.com", "Reuters", "UTC", ""),
    ("irishtimes.com", "The Irish Times", "Europe/Dublin", "en"),
    # The Americas
    ("nytimes.com", "The New York Times", "America/New_York", ""),
    ("washingtonpost.com", "The Washington Post", "America/New_York", "en"),
    ("wsj.com", "The Wall Street Journal", "America/New_York", ""),
    ("apnews.com", "AP News", "America/New_York", ""),
    ("cnn.com", "CNN", "America/New_York", ""),
    ("npr.org", "NPR", "America/New_York", "en"),
    ("latimes.com", "Los Angeles Times", "America/Los_Angeles", ""),
    ("cbc.ca", "CBC", "America/Toronto", "en"),
    ("theglobeandmail.com", "The Globe and Mail", "America/Toronto", "en"),
    ("folha.uol.com.br", "Folha de S.Paulo", "America/Sao_Paulo", ""),
    ("clarin.com", "Clarín", "America/Argentina/Buenos_Aires", "es"),
    # Europe
    ("spiegel.de", "DER SPIEGEL", "Europe/Berlin", ""),
    ("faz.net", "Frankfurter Allgemeine Zeitung", "Europe/Berlin", "de"),
    ("sueddeutsche.de", "Süddeutsche Zeitung", "Europe/Berlin", "de"),
    ("zeit.de", "DIE ZEIT", "Europe/Berlin", ""),
    ("dw.com", "Deutsche Welle", "Europe/Berlin", ""),
    ("nzz.ch", "Neue Zürcher Zeitung", "Europe/Zurich", "de"),
    ("lemonde.fr", "Le Monde", "Europe/Paris", ""),
    ("lefigaro.fr", "Le Figaro", "Europe/Paris", "fr"),
    ("france24.com", "France 24", "Europe/Paris", ""),
    ("elpais.com", "El País", "Europe/Madrid", ""),
    ("elmundo.es", "El Mundo", "Europe/Madrid", "es"),
    ("corriere.it", "Corriere della Sera", "Europe/Rome", "it"),
    ("repubblica.it", "la Repubblica", "Europe/Rome", "it"),
    ("nrc.nl", "NRC", "Europe/Amsterdam", "nl"),
    ("dn.se", "Dagens Nyheter", "Europe/Stockholm", "sv"),
    # Oceania and Africa
    ("abc.net.au", "ABC News", "Australia/Sydney", "en"),
    ("smh.com.au", "The Sydney Morning Herald", "Australia/Sydney", "en"),
    ("nzherald.co.nz", "The New Zealand Herald", "Pacific/Auckland", "en"),
    ("allafrica.com", "allAfrica", "UTC", ""),
)
OUTLETS = {
    domain: Outlet(domain=domain, name=name, zone=zone, language=language)
    for domain, name, zone, language in _ROWS
}


# Hosts below a paper's domain that are the paper itself; others (sports., cooking.) may be another paper.
_ITSELF = frozenset({
    "www", "m", "mobile", "amp", "edition", "international", "news", "feeds", "feed", "rss", "feedx", "api",
    "en", "english", "eng", "de", "es", "fr", "ja", "japanese", "ko", "zh", "chinese", "pt", "ar", "ru",
})  # fmt: skip


def outlet_for(domain_or_url: str, told: Outlets, *, name: str = "") -> Outlet | None:
    """What is known of an outlet by its domain, URL or (where that says nothing) its printed name.

    What the user's table `told` leaves open is filled from the built-in one.

    >>> outlet_for("https://www.donga.com/en/article/all/1", {}).zone
    'Asia/Seoul'
    >>> outlet_for("", {}, name="dong-a ilbo").name
    'The Dong-A Ilbo'
    >>> outlet_for("example.org", {}) is None
    True
    """
    domain = domain_of(domain_or_url)
    by_user = _at(told, domain) if told else None
    known = _at(OUTLETS, domain)
    if name and by_user is None and known is None:
        key = _key(name)
        by_user = next((outlet for outlet in told.values() if outlet.name and _key(outlet.name) == key), None)
        known = _by_name().get(key)
    if by_user is None or known is None:
        return by_user or known
    return replace(
        by_user,
        name=by_user.name or known.name,
        zone=by_user.zone or known.zone,
        language=by_user.language or known.language,
    )


def zone_of(outlet: Outlet | None, setting: str) -> tuple[str, bool]:
    """The zone that counts where a text names none, and whether it is the outlet's own and not assumed.

    >>> zone_of(OUTLETS["donga.com"], "UTC"), zone_of(None, "UTC")
    (('Asia/Seoul', True), ('UTC', False))
    """
    return (outlet.zone, True) if outlet and outlet.zone else (setting, False)


def outlet_name(stated: str, outlet: Outlet | None, domain: str) -> str:
    """What the outlet is called, so that it has one name whichever file a story of it is read from.

    Its known name where the domain is its own or the stated name is a form of it; otherwise the stated
    name, because a host below the paper's may be a paper of its own. Without either, the domain.

    >>> donga = OUTLETS["donga.com"]
    >>> outlet_name("동아닷컴", donga, "donga.com"), outlet_name("스포츠동아", donga, "sports.donga.com")
    ('The Dong-A Ilbo', '스포츠동아')
    """
    if outlet is None:
        return stated or domain
    name = outlet.name or stated or outlet.domain
    if not stated or _key(stated) == _key(name):
        return name
    below = domain.removesuffix(outlet.domain).strip(".")
    return name if domain.endswith(outlet.domain) and below in ("", *_ITSELF) else stated


def domain_of(url: str) -> str:
    """The host of a URL (or a bare host) in lower case, without "www."; "" when there is none.

    >>> domain_of("https://WWW.Example.org:8080/x"), domain_of("not a url"), domain_of("donga.com")
    ('example.org', '', 'donga.com')
    """
    if not url:
        return ""
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if "." in host and " " not in host else ""


def _at(outlets: Outlets, domain: str) -> Outlet | None:
    """The outlet at the domain or the nearest one above it."""
    while domain:
        if domain in outlets:
            return outlets[domain]
        domain = domain.partition(".")[2]
    return None


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Outlet]:
    return {_key(outlet.name): outlet for outlet in OUTLETS.values()}


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return slug(name).removeprefix("the-")
