"""What a person gets by copying a news page: the story among the lines of the page around it.

    lines -> front matter off -> every line is told what it is -> fields of the head, body, fields of the foot

The order of the lines is the evidence: a head (headline, standfirst, byline, dates, in any order), then
paragraphs, then a foot. The headline is the line that stands twice, else the first that is nothing else.
What is not recognised stays in the body, because a line of chrome too much is better than one of the story
too little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.article import Article, Dated
from corpus.datelines import dateline_of, place_name
from corpus.dates import parse_date
from corpus.errors import UnreadableSource
from corpus.making import ReadOptions, make_article
from corpus.outlets import outlet_for
from corpus.readers.bylines import EMAIL, bare_name, byline_of, is_role, tail_credit
from corpus.readers.front_matter import split_front_matter
from corpus.readers.page_lines import (
    CJK,
    breadcrumb,
    chrome,
    copyright_holder,
    copyright_notice,
    ends_page,
    heads_related,
    is_outlet_name,
    is_prose,
    is_section,
    picture_credit,
)
from corpus.readers.page_meta import Meta, meta_of
from corpus.readers.whole_page import cut_to_story
from corpus.source import Source
from corpus.text import paragraphs

# Mail providers, whose domain says nothing of the paper.
_MAIL_HOSTS = re.compile(
    r"(?:gmail|naver|daum|hanmail|nate|kakao|yahoo|hotmail|outlook|live|icloud|me|aol|gmx|web|proton"
    r"|protonmail"
    r"|qq|163|126|foxmail|mail|orange|wanadoo|free|libero|yandex)\.[\w.]{2,6}"
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]{4,}", re.IGNORECASE)
_URL_LINE = re.compile(
    r"(?:(?:url|link|source|original(?: article)?|출처|원문)\s?[:：]?\s*)?<?(?P<url>(?:https?://"
    r"|www\.)\S+)>?",
    re.IGNORECASE,
)
_TITLE_TAIL = re.compile(r"^(?P<headline>.{12,}?)\s+[|\-–—:·]\s+(?P<site>[^|]{2,40})$")
_TAGS = re.compile(
    r"(?:tags?|topics?|keywords?|filed under|related topics|태그|키워드|schlagwörter|themen|mots[- ]clés"
    r"|etiquetas|temas|タグ|标签|關鍵字)\s?[:：]\s*(?P<tags>.{2,300})",
    re.IGNORECASE,
)
_FIRST_SENTENCE = re.compile(r"^.{20,160}?[.!?。！？](?=['\"”’»」』]*(?:\s|$)|[^\s\d])")
_SENTENCE_END = re.compile(r"[.!?。！？][\"”’»」』]*$")
_HEAD_LINES = 40


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


def read(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    """The one article of a text file."""
    try:
        page = parse_page(paragraphs(source.text()).split("\n"))
        yield _article_of(page, source, options)
    except UnreadableSource as error:
        yield error


def _article_of(page: PageText, source: Source, options: ReadOptions) -> Article:
    told = options.outlets
    outlet = outlet_for(page.original_url, told, name=page.source) or outlet_for(page.domain, told)
    if outlet is None and not page.source:
        holder = copyright_holder(page.copyright)
        outlet = outlet_for("", told, name=holder) or outlet_for("", told, name=page.agency)
    zone = (outlet.zone if outlet else "") or options.zone
    language = page.language or (outlet.language if outlet else "") or options.language or _script_of(page)
    name = page.source or (outlet.name if outlet else "") or copyright_holder(page.copyright)
    if not name and not page.original_url:
        name = page.domain or page.agency

    def dated(raw: str) -> Dated | None:
        return parse_date(raw, basis="page-text", zone=zone, language=language) if raw else None

    return make_article(
        source,
        options,
        headline=page.headline,
        summary=page.summary,
        body="\n".join(page.body),
        by=page.by,
        authors=page.authors,
        located=page.located,
        published=dated(page.published),
        updated=dated(page.updated),
        section=page.section,
        keywords=page.keywords,
        source_name=name,
        language=page.language,
        original_url=page.original_url,
        copyright=page.copyright,
        outlet=outlet,
    )


def _script_of(page: PageText) -> str:
    """The language that the script alone tells, for the words of a date."""
    sample = "".join(page.body)[:300]
    for language, letters in (("ko", r"[가-힣]"), ("ja", r"[\u3040-\u30ff]"), ("zh", r"[\u4e00-\u9fff]")):
        if len(re.findall(letters, sample)) * 5 > len(sample) > 0:
            return language
    return ""


def parse_page(lines: list[str]) -> PageText:
    """The story and its fields out of the page's lines, which are clean and not empty; never raises."""
    told, lines = split_front_matter([line for line in lines if line.strip()])
    page = PageText()
    _take_front_matter(page, told)
    if not page.headline:
        lines, page.headline = cut_to_story(lines)
    start = _body_start(lines)
    head, rest = lines[:start], lines[start:]
    _read_head(page, head, rest)
    _read_rest(page, rest)
    _take_dateline(page)
    if not page.headline:
        page.headline = _headline_from(page.body)
    return page


def _take_front_matter(page: PageText, told: dict[str, str]) -> None:
    for name in ("headline", "summary", "source", "section", "published", "updated", "language", "copyright"):
        setattr(page, name, told.get(name, ""))
    page.located = told.get("located", "")
    page.original_url = told.get("original_url", "")
    page.keywords = _listed(told.get("keywords", ""))
    if by := told.get("by", ""):
        found = byline_of(f"Author: {by}")
        page.by, page.authors = (found.by, found.authors) if found else (by, (by,))


def _listed(tags: str) -> tuple[str, ...]:
    return tuple(filter(None, (tag.strip(" #[]\"'") for tag in re.split(r"[,;、，|·]|\s(?=#)", tags))))


def _body_start(lines: list[str]) -> int:
    """Where the story begins: after the last line of dates or bylines that at most two paragraphs precede."""
    prose = after = 0
    for number, line in enumerate(lines[:_HEAD_LINES]):
        if prose and (heads_related(line) or ends_page(line)):
            break
        if chrome(line) or copyright_notice(line):
            continue
        if is_prose(line) or (number and dateline_of(line)):
            prose += 1
            if prose > 2:
                break
        elif meta_of(line) and any(map(_is_story, lines[number + 1 :])):
            after = number + 1
    for number in range(after, len(lines)):
        line = lines[number]
        if (
            not chrome(line)
            and not picture_credit(line)
            and (is_prose(line) or (number and dateline_of(line)))
        ):
            return number
    return after if after else min(len(lines), 1)


def _is_story(line: str) -> bool:
    return is_prose(line) and not chrome(line) and not copyright_notice(line) and meta_of(line) is None


def _read_head(page: PageText, head: list[str], rest: list[str]) -> None:
    texts: list[tuple[int, str]] = []
    metas: list[int] = []
    dated: list[int] = []
    # Distances in the head are counted over lines that are not chrome.
    shown = [line for line in head if not chrome(line) and not picture_credit(line)]
    for number, line in enumerate(shown):
        if url := _URL_LINE.fullmatch(line):
            page.original_url = page.original_url or _with_scheme(url["url"])
        elif heads_related(line) and (texts or metas):
            continue
        elif copyright_notice(line):
            page.copyright = page.copyright or line
        elif (meta := meta_of(line)) and (texts or page.headline or meta.is_dated or ":" in line):
            _take_meta(page, meta)
            metas.append(number)
            if meta.is_dated:
                dated.append(number)
        elif tags := _TAGS.fullmatch(line):
            page.keywords = page.keywords or _listed(tags["tags"])
        else:
            texts.append((number, line))
    first_meta = metas[0] if metas else len(shown)
    headline_at = _choose_headline(page, texts, head, rest, first_meta)
    _sort_others(page, [(n, line) for n, line in texts if n != headline_at], headline_at, metas, rest)


def _choose_headline(
    page: PageText, texts: list[tuple[int, str]], head: list[str], rest: list[str], first_meta: int
) -> int:
    """The number of the headline's line (-1 when there is none); site and section before it are taken."""
    if page.headline or not texts:
        return -1
    everything = Counter([*head, *rest])
    for number, line in texts:
        tail = _TITLE_TAIL.match(line)
        if tail and not is_section(tail["site"]) and (tail[1] in everything or outlet_name(tail["site"])):
            page.headline = tail["headline"]
            page.source = page.source or tail["site"]
            return number
    repeated = [(n, line) for n, line in texts if everything[line] > 1 and len(line) >= 8]
    if repeated and (len(repeated) == 1 or not is_section(repeated[0][1])):
        number, line = max(repeated[:3], key=lambda item: len(item[1]))
        page.headline = line
        return number
    for position, (number, line) in enumerate(texts):
        if position + 1 < len(texts) and _stands_before_headline(
            page, line, texts[position + 1 :], first_meta
        ):
            continue
        if is_prose(line) and number != 0 and len(line) > 250:
            break
        page.headline = line
        return number
    return -1


def outlet_name(text: str) -> bool:
    """Whether a title's tail is a paper's name."""
    return is_outlet_name(text) or outlet_for(text, {}, name=text) is not None


def _stands_before_headline(page: PageText, line: str, later: list[tuple[int, str]], first_meta: int) -> bool:
    """Whether a line above the headline is the site's name, its section or a kicker; taken if it is."""
    if crumb := breadcrumb(line):
        page.source, page.section = page.source or crumb[0], page.section or crumb[1]
        return True
    if outlet_name(line):
        page.source = page.source or line
        return True
    if is_section(line):
        page.section = page.section or line
        return True
    following = later[0][1]
    short = len(line) <= 6 if CJK.search(line) else len(line.split()) <= 2 and len(line) <= 24
    longer = len(following) >= 14 if CJK.search(following) else len(following.split()) >= 4
    if short and longer and later[0][0] < first_meta and not is_prose(following):
        page.section = page.section or line
        return True
    return False


def _sort_others(
    page: PageText, others: list[tuple[int, str]], headline_at: int, metas: list[int], rest: list[str]
) -> None:
    """The head's other lines: names beside a date, roles beside a name, a standfirst; else the body's."""
    left: list[tuple[int, str]] = []
    for number, line in others:
        near = any(abs(number - meta) <= 2 for meta in metas)
        if _same(line, page.headline) or (number < headline_at and len(line) < 60 and not is_prose(line)):
            if outlet_name(line):
                page.source = page.source or line
            elif is_section(line):
                page.section = page.section or line
        elif number > headline_at and near and not page.by and (named := bare_name(line)):
            page.by, page.authors = line, named.authors
            page.located = page.located or named.located
            metas = [*metas, number]
        elif number > headline_at and (near or page.by) and is_role(line):
            if is_outlet_name(line.split(",")[0]):
                page.source = page.source or line.split(",")[0]
        elif number > headline_at and outlet_name(line):
            page.source = page.source or line
        elif number > headline_at and is_section(line):
            page.section = page.section or line
        else:
            left.append((number, line))
    before = [item for item in left if any(meta > item[0] for meta in metas)]
    if not page.summary and len(before) == 1 and before[0][0] > headline_at and len(before[0][1]) >= 20:
        page.summary = before[0][1]
        left.remove(before[0])
    rest[:0] = [line for _, line in left]


def _same(line: str, headline: str) -> bool:
    return re.findall(r"\w+", line.casefold()) == re.findall(r"\w+", headline.casefold())


def _take_meta(page: PageText, meta: Meta) -> None:
    page.published = page.published or meta.published
    page.updated = page.updated or meta.updated
    if meta.unlabelled and not page.published:
        page.published = meta.unlabelled
    page.section = page.section or meta.section
    if meta.byline:
        byline = meta.byline
        if not page.by:
            page.by, page.authors = byline.by, byline.authors
        page.located = page.located or byline.located
        page.source = page.source or byline.paper
        _take_domain(page, byline.domain)


def _with_scheme(url: str) -> str:
    url = url.rstrip(".,;)>")
    return url if "://" in url else f"https://{url}"


def _read_rest(page: PageText, rest: list[str]) -> None:
    """The body, without the page's own lines in and below it."""
    last_prose = next((n for n in reversed(range(len(rest))) if _is_story(rest[n])), len(rest) - 1)
    skipping = False
    body: list[str] = []
    for number, line in enumerate(rest):
        if ends_page(line) and len(body) > 1 and number > 1:
            break
        if heads_related(line):
            skipping = True
            continue
        if skipping and not is_prose(line) and not dateline_of(line):
            _take_foot(page, line, at_foot=number > last_prose)
            continue
        skipping = False
        if _same(line, page.headline) and not body:
            continue
        if chrome(line) or picture_credit(line):
            continue
        if _take_foot(page, line, at_foot=number > last_prose):
            continue
        body.append(line)
    page.body = body


def _take_foot(page: PageText, line: str, *, at_foot: bool) -> bool:
    """Whether the line is the foot's and not the story's; what it tells is taken."""
    if copyright_notice(line):
        page.copyright = page.copyright or line
        return True
    if tags := _TAGS.fullmatch(line):
        page.keywords = page.keywords or _listed(tags["tags"])
        return True
    if at_foot and (url := _URL_LINE.fullmatch(line)):
        page.original_url = page.original_url or _with_scheme(url["url"])
        return True
    if (credit := tail_credit(line)) and not page.by:
        page.by, page.authors = credit.by, credit.authors
        return True
    if not at_foot and not EMAIL.search(line):
        return False
    if meta := meta_of(line):
        _take_meta(page, meta)
        return True
    if at_foot and (address := EMAIL.search(line)) and len(line) < 60 and not _SENTENCE_END.search(line):
        # `◎공감언론 뉴시스 name@newsis.com`: where to write to, with no name that could be read.
        _take_domain(page, address[1])
        return True
    return False


def _take_domain(page: PageText, domain: str) -> None:
    if domain and not _MAIL_HOSTS.fullmatch(domain.lower()):
        page.domain = page.domain or domain.lower()


def _take_dateline(page: PageText) -> None:
    if not page.body:
        return
    found = dateline_of(page.body[0])
    if found is None and page.summary:
        found = dateline_of(page.summary)
        if found:
            page.summary = found.rest
    elif found:
        page.body[0] = found.rest
    if found:
        page.located = page.located or found.located
        page.agency = found.agency
        if not page.published and re.search(r"\d{4}", found.date):
            page.published = found.date
        if found.authors and not page.by:
            page.by, page.authors = ", ".join(found.authors), found.authors
    page.located = place_name(page.located)


def _headline_from(body: list[str]) -> str:
    """A page without a headline is shown by its first sentence, which stays in the body as well."""
    if not body:
        return ""
    first = body[0]
    if len(body) == 1 and len(first) <= 200 and not _SENTENCE_END.search(first):
        return body.pop()
    found = _FIRST_SENTENCE.match(first)
    if found and found.end() < len(first):
        return found[0]
    if len(first) <= 160:
        return first if len(body) == 1 else body.pop(0)
    return first[: first.rfind(" ", 0, 120) if " " in first[60:120] else 120].rstrip(" ,;") + " …"
