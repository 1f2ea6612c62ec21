"""The head of a copied page: which line is the headline, and what the others around it are."""

from __future__ import annotations

import re
from collections import Counter

from corpus.article import slug
from corpus.datelines import dateline_of
from corpus.dates import parse_date
from corpus.outlets import outlet_for
from corpus.readers.bylines import bare_name, is_role
from corpus.readers.page_found import TAGS, URL_LINE, PageText, is_story, listed, same, take_meta, with_scheme
from corpus.readers.page_lines import (
    CJK,
    breadcrumb,
    chrome,
    copyright_holder,
    copyright_notice,
    ends_page,
    heads_related,
    is_masthead,
    is_outlet_name,
    is_prose,
    is_section,
    picture_credit,
)
from corpus.readers.page_meta import Meta, meta_of

_TITLE_TAIL = re.compile(r"^(?P<headline>.{12,}?)\s+[|\-–—:·]\s+(?P<site>[^|]{2,40})$")
_HEAD_LINES = 40
_HOST = re.compile(r"(?:@|://|\bwww\.)([\w.\-]{4,80})")
_ADDRESS_MOST = 300


def body_start(lines: list[str]) -> int:
    """Where the story begins: after the last line of dates or bylines that at most two paragraphs precede."""
    prose = after = 0
    dated = False
    for number, line in enumerate(lines[:_HEAD_LINES]):
        if prose and (heads_related(line) or ends_page(line)):
            break
        if chrome(line) or copyright_notice(line):
            continue
        if is_prose(line) or (number and dateline_of(line)):
            prose += 1
            if prose > 2:
                break
        elif (meta := meta_of(line)) and any(map(is_story, lines[number + 1 :])):
            # Places with days between the paragraphs are the headings of a diary.
            if meta.located and (prose > 1 or (prose and dated)):
                continue
            dated = dated or meta.is_dated
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


def read_head(page: PageText, head: list[str], rest: list[str]) -> None:
    texts: list[tuple[int, str]] = []
    metas: list[int] = []
    dated: list[int] = []
    # Distances in the head are counted over lines that are not chrome.
    shown = [line for line in head if not chrome(line) and not picture_credit(line)]
    for number, line in enumerate(shown):
        if url := URL_LINE.fullmatch(line):
            page.original_url = page.original_url or with_scheme(url["url"])
        elif heads_related(line) and (texts or metas):
            continue
        elif copyright_notice(line):
            page.copyright = page.copyright or line
        elif (
            (meta := meta_of(line))
            and (texts or page.headline or _counts_above_headline(meta, line, shown[number + 1 :]))
            and not (meta.located and page.published and _is_another_day(meta.unlabelled, page.published))
        ):
            take_meta(page, meta)
            metas.append(number)
            if meta.is_dated:
                dated.append(number)
        elif tags := TAGS.fullmatch(line):
            page.keywords = page.keywords or listed(tags["tags"])
        else:
            texts.append((number, line))
    first_meta = metas[0] if metas else len(shown)
    headline_at = _choose_headline(page, texts, head, rest, first_meta)
    _sort_others(page, [(n, line) for n, line in texts if n != headline_at], headline_at, metas, rest)


def _counts_above_headline(meta: Meta, line: str, later: list[str]) -> bool:
    """Whether a line of dates or names that nothing stands above tells of the article and is no headline."""
    if meta.located:
        # `Paris, 5 February 2026` above a story is its headline where nothing else can be.
        return any(meta_of(other) is None for other in later)
    return meta.is_dated or ":" in line


def _is_another_day(one: str, other: str) -> bool:
    """Whether two printed dates differ: a place beside the second is then part of the story."""
    days = [parse_date(raw, basis="none", zone="UTC").value for raw in (one, other)]
    return None not in days and len({day.date() for day in days if day}) > 1


def _choose_headline(
    page: PageText, texts: list[tuple[int, str]], head: list[str], rest: list[str], first_meta: int
) -> int:
    """The number of the headline's line (-1 when there is none); site and section before it are taken."""
    if page.headline or not texts:
        return -1
    everything = Counter([*head, *rest])
    papers = _papers_told([*head, *rest])
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
            page, line, texts[position + 1 :], first_meta, papers
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


def _papers_told(lines: list[str]) -> set[str]:
    """The papers that the page's copyright notices, addresses and links tell of, as joined small letters."""
    told = {_joined(copyright_holder(line)) for line in lines if copyright_notice(line)}
    for line in (*lines[:_HEAD_LINES], *lines[-_HEAD_LINES:]):
        if len(line) <= _ADDRESS_MOST:
            told.update(_joined(label) for host in _HOST.findall(line) for label in host.split("."))
    return told - {""}


def _joined(name: str) -> str:
    return slug(name).removeprefix("the-").replace("-", "")


def _stands_before_headline(
    page: PageText, line: str, later: list[tuple[int, str]], first_meta: int, papers: set[str]
) -> bool:
    """Whether a line above the headline is the site's name, its section or a kicker; taken if it is."""
    if crumb := breadcrumb(line):
        page.source, page.section = page.source or crumb[0], page.section or crumb[1]
        return True
    if outlet_name(line) or is_masthead(line) or (_joined(line) in papers and not is_section(line)):
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
        if same(line, page.headline) or (number < headline_at and len(line) < 60 and not is_prose(line)):
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
