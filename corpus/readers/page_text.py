"""What a person gets by copying a news page: the story among the lines of the page around it.

    lines -> front matter off -> every line is told what it is -> fields of the head, body, fields of the foot

The order of the lines is the evidence: a head (headline, standfirst, byline, dates, in any order), then
paragraphs, then a foot. The headline is the line that stands twice, else the first that is nothing else.
What is not recognised stays in the body, because a line of chrome too much is better than one of the story
too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.article import Article, Dated
from corpus.datelines import dateline_of, place_name
from corpus.dates import parse_date
from corpus.errors import UnreadableSource
from corpus.making import make_article
from corpus.options import ReadOptions
from corpus.outlets import outlet_for, zone_of
from corpus.readers.bylines import byline_of
from corpus.readers.front_matter import split_front_matter
from corpus.readers.page_found import SENTENCE_END, PageText, listed
from corpus.readers.page_head import body_start, read_head
from corpus.readers.page_lines import copyright_holder
from corpus.readers.page_rest import read_rest
from corpus.readers.whole_page import cut_to_story
from corpus.source import Source
from corpus.text import paragraphs

_FIRST_SENTENCE = re.compile(r"^.{20,160}?[.!?。！？](?=['\"”’»」』]*(?:\s|$)|[^\s\d])")


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
    zone, zone_known = zone_of(outlet, options.zone)
    language = page.language or (outlet.language if outlet else "") or options.language or _script_of(page)
    name = page.source or (outlet.name if outlet else "") or copyright_holder(page.copyright)
    if not name and not page.original_url:
        name = page.domain or page.agency

    def dated(raw: str) -> Dated | None:
        return (
            parse_date(raw, basis="page-text", zone=zone, zone_known=zone_known, language=language)
            if raw
            else None
        )

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
    start = body_start(lines)
    head, rest = lines[:start], lines[start:]
    read_head(page, head, rest)
    read_rest(page, rest)
    _take_dateline(page)
    if not page.headline:
        page.headline = _headline_from(page.body)
    return page


def _take_front_matter(page: PageText, told: dict[str, str]) -> None:
    for name in ("headline", "summary", "source", "section", "published", "updated", "language", "copyright"):
        setattr(page, name, told.get(name, ""))
    page.located = told.get("located", "")
    page.original_url = told.get("original_url", "")
    page.keywords = listed(told.get("keywords", ""))
    if by := told.get("by", ""):
        found = byline_of(f"Author: {by}")
        page.by, page.authors = (found.by, found.authors) if found else (by, (by,))


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
        page.agency = found.agency or page.agency
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
    if len(body) == 1 and len(first) <= 200 and not SENTENCE_END.search(first):
        return body.pop()
    found = _FIRST_SENTENCE.match(first)
    if found and found.end() < len(first):
        return found[0]
    if len(first) <= 160:
        return first if len(body) == 1 else body.pop(0)
    return first[: first.rfind(" ", 0, 120) if " " in first[60:120] else 120].rstrip(" ,;") + " …"
