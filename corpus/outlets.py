"""Outlets that newsdex knows without being told: name, time zone and language by domain.

The user's own table (settings, `outlets`) stands above this one, field by field. A language is stated only
where the domain publishes in one language; the zone is that of the newsroom whose clock the pages print.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from corpus.making import Outlet, ReadOptions, domain_of, outlet_of

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
    ("indiatimes.com", "The Times of India", "Asia/Kolkata", ""),
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


def outlet_for(domain_or_url: str, options: ReadOptions, *, name: str = "") -> Outlet | None:
    """What is known of an outlet by its domain, URL or (where that says nothing) its printed name.

    What the user's settings leave open is filled from the built-in table.

    >>> outlet_for("https://www.donga.com/en/article/all/1", ReadOptions()).zone
    'Asia/Seoul'
    >>> outlet_for("example.org", ReadOptions()) is None
    True
    """
    told = outlet_of(options, domain_or_url, name)
    known = _known(domain_of(domain_or_url)) or (_by_name().get(_key(name)) if name else None)
    if told is None or known is None:
        return told or known
    return replace(
        told,
        name=told.name or known.name,
        zone=told.zone or known.zone,
        language=told.language or known.language,
    )


def _known(domain: str) -> Outlet | None:
    while domain:
        if domain in OUTLETS:
            return OUTLETS[domain]
        domain = domain.partition(".")[2]
    return None


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Outlet]:
    return {_key(outlet.name): outlet for outlet in OUTLETS.values()}


def _key(name: str) -> str:
    return " ".join(name.casefold().removeprefix("the ").split())
