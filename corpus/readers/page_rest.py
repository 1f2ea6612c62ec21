"""A copied page below its head: the body, without the page's own lines in and below it."""

from __future__ import annotations

from corpus.datelines import dateline_of
from corpus.readers.bylines import EMAIL, LONGEST, tail_credit
from corpus.readers.page_found import (
    SENTENCE_END,
    TAGS,
    URL_LINE,
    PageText,
    is_story,
    listed,
    same,
    take_domain,
    take_meta,
    with_scheme,
)
from corpus.readers.page_lines import (
    chrome,
    copyright_notice,
    ends_page,
    heads_related,
    is_prose,
    picture_credit,
)
from corpus.readers.page_meta import meta_of


def read_rest(page: PageText, rest: list[str]) -> None:
    """The body, without the page's own lines in and below it."""
    last_prose = next((n for n in reversed(range(len(rest))) if is_story(rest[n])), len(rest) - 1)
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
        if same(line, page.headline) and not body:
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
    if tags := TAGS.fullmatch(line):
        page.keywords = page.keywords or listed(tags["tags"])
        return True
    if at_foot and (url := URL_LINE.fullmatch(line)):
        page.original_url = page.original_url or with_scheme(url["url"])
        return True
    if (credit := tail_credit(line)) and not page.by:
        page.by, page.authors = credit.by, credit.authors
        return True
    if len(line) > LONGEST + 80 or (not at_foot and not EMAIL.search(line)):
        # No line of names or dates; the pattern of an address takes time that grows with its square.
        return False
    if meta := meta_of(line):
        if meta.located and page.published:
            # The day of the article is known, so this is the day of something in it.
            return False
        take_meta(page, meta)
        return True
    if at_foot and (address := EMAIL.search(line)) and len(line) < 60 and not SENTENCE_END.search(line):
        # `◎공감언론 뉴시스 name@newsis.com`: where to write to, with no name that could be read.
        take_domain(page, address[1])
        return True
    return False
