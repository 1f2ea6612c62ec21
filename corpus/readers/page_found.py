"""What is found on a copied page, and how a line's worth of it is taken over: the first to say it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.readers.page_lines import chrome, copyright_notice, is_prose
from corpus.readers.page_meta import Meta, meta_of

# Mail providers, whose domain says nothing of the paper.
_MAIL_HOSTS = re.compile(
    r"(?:gmail|naver|daum|hanmail|nate|kakao|yahoo|hotmail|outlook|live|icloud|me|aol|gmx|web|proton"
    r"|protonmail"
    r"|qq|163|126|foxmail|mail|orange|wanadoo|free|libero|yandex)\.[\w.]{2,6}"
)
URL_LINE = re.compile(
    r"(?:(?:url|link|source|original(?: article)?|출처|원문)\s?[:：]?\s*)?<?(?P<url>(?:https?://"
    r"|www\.)\S+)>?",
    re.IGNORECASE,
)
TAGS = re.compile(
    r"(?:tags?|topics?|keywords?|filed under|related topics|태그|키워드|schlagwörter|themen|mots[- ]clés"
    r"|etiquetas|temas|タグ|标签|關鍵字)\s?[:：]\s*(?P<tags>.{2,300})",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?。！？][\"”’»」』]*$")


@dataclass(slots=True)
class PageText:
    """The words found on the page, as printed; `published` and `updated` are whole lines or parts of them."""

    headline: str = ""
    summary: str = ""
    body: list[str] = field(default_factory=list)
    by: str = ""
    authors: tuple[str, ...] = ()
    located: str = ""
    published: str = ""
    updated: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    source: str = ""
    agency: str = ""
    domain: str = ""
    original_url: str = ""
    copyright: str = ""
    language: str = ""


def listed(tags: str) -> tuple[str, ...]:
    return tuple(filter(None, (tag.strip(" #[]\"'") for tag in re.split(r"[,;、，|·]|\s(?=#)", tags))))


def is_story(line: str) -> bool:
    return is_prose(line) and not chrome(line) and not copyright_notice(line) and meta_of(line) is None


def same(line: str, headline: str) -> bool:
    return re.findall(r"\w+", line.casefold()) == re.findall(r"\w+", headline.casefold())


def take_meta(page: PageText, meta: Meta) -> None:
    page.published = page.published or meta.published
    page.updated = page.updated or meta.updated
    if meta.unlabelled and not page.published:
        page.published = meta.unlabelled
    page.section = page.section or meta.section
    page.located = page.located or meta.located
    page.agency = page.agency or meta.agency
    if meta.byline:
        byline = meta.byline
        if not page.by:
            page.by, page.authors = byline.by, byline.authors
        page.located = page.located or byline.located
        page.source = page.source or byline.paper
        take_domain(page, byline.domain)


def take_domain(page: PageText, domain: str) -> None:
    if domain and not _MAIL_HOSTS.fullmatch(domain.lower()):
        page.domain = page.domain or domain.lower()


def with_scheme(url: str) -> str:
    url = url.rstrip(".,;)>")
    return url if "://" in url else f"https://{url}"
