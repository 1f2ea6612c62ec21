"""Marked text as HTML: escaped here and nowhere earlier, and bleach as the second lock.

Marks are positions in plain text, so nothing in a headline can become a tag by way of them; bleach, with
the short list below, stands behind that should it ever be wrong. Direction overrides (U+202D, U+202E), which
make text read other than it is, are left out; every text stands in an element of its own, which isolates
the rest of what steers direction.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bleach.sanitizer import Cleaner
from markupsafe import Markup, escape

from corpus.article import Article
from indexer.as_json import moment_json
from indexer.results import Marked, Snippet

TAGS = frozenset({"p", "mark", "ins", "del", "a", "em", "strong", "blockquote", "ul", "ol", "li", "br"})
ATTRIBUTES = {"*": ["id", "class", "lang", "dir"], "a": ["href", "id", "class", "lang", "dir"]}
PROTOCOLS = frozenset({"http", "https"})
# HTML and XML read a lone carriage return as the end of a line.
_CHANGED = {0x202D: None, 0x202E: None, 0x0D: "\n"}
# What XML 1.0 cannot hold, and HTML should not: control characters but for tab and line ends, and the
# two that are never characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


# HTML that bleach gives back as it came: text with its special characters escaped, and of tags those that
# are written here, one inside the other as they may be.
_TEXT = "(?:[^<>&\"'\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]++|&(?:lt|gt|amp|#34|#39);)*+"
_MARK = f'<mark(?: id="hit-[0-9]+"| class="on")?>{_TEXT}</mark>'
_HOP = f'<a class="hop" href="#hit-[0-9]+">{_TEXT}</a>'
_LINE = f"{_TEXT}(?:(?:{_MARK}|{_HOP}){_TEXT})*+"
_CLEAN = re.compile(f'{_LINE}(?:<p id="p[0-9]+">{_LINE}</p>{_LINE})*+')


class _Cleaners(threading.local):
    """A cleaner for each thread: making one takes a fifth of a cleaning's time, and none may be shared."""

    def __init__(self) -> None:
        self.cleaner = Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS)


_cleaners = _Cleaners()


def cleaned(html: str) -> Markup:
    """The HTML with nothing in it but the tags and attributes of decision 29.

    bleach takes 0.15 ms a passage, and a page of results has 60 to 80. A look at the whole string that
    proves that bleach would change nothing takes 0.002 ms; bleach is asked where it does not.
    """
    return Markup(html if proved_clean(html) else _bleached(html))


def proved_clean(html: str) -> bool:
    """Whether bleach is known to give this back unchanged; False says nothing.

    >>> proved_clean("a &lt;b&gt; <mark>c</mark>"), proved_clean('<mark onclick="x">c</mark>')
    (True, False)
    """
    return _CLEAN.fullmatch(html) is not None


# What has been cleaned is remembered, about 1 MB at most: it is likely to be shown again on a reload.
@functools.lru_cache(maxsize=1024)
def _bleached(html: str) -> str:
    clean: str = _cleaners.cleaner.clean(html)
    return clean


def shown(text: str) -> str:
    """The text without characters that cannot be printed or that turn the reading direction round."""
    # Nearly every text is printable throughout; what is not can be as harmless as a tab.
    return text if text.isprintable() else _UNPRINTABLE.sub("", text).translate(_CHANGED)


def snippet_html(snippet: Snippet) -> Markup:
    """A passage with its marks.

    >>> snippet_html(Snippet(text="<b> ferry", marks=((4, 9),)))
    Markup('&lt;b&gt; <mark>ferry</mark>')
    """
    parts = ((escape(shown(text)), matched) for text, matched in snippet.pieces())
    return cleaned("".join([f"<mark>{html}</mark>" if matched else html for html, matched in parts]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHtml:
    """An article's four texts with every mark numbered in the order they are read; `hits` counts them."""

    headline: Markup
    by: Markup
    summary: Markup
    body: Markup
    hits: int


def article_html(marked: Marked) -> ArticleHtml:
    """The article for its own page: marks are <mark id="hit-3">, paragraphs <p id="p7">.

    After each mark stand links to the one before and the one after it, so that a reader goes from hit to
    hit without script; the stylesheet shows them at the hit one has come to.
    """
    parts = (marked.headline, marked.by, marked.summary, marked.body)
    total = sum(len(part.marks) for part in parts)
    numbers = itertools.count(1)
    headline, by, summary = (
        cleaned(str(_numbered(part.text, part.marks, numbers, total))) for part in parts[:3]
    )
    return ArticleHtml(headline=headline, by=by, summary=summary, hits=total,
                       body=cleaned(str(_body(marked.body, numbers, total))))


def _numbered(text: str, marks: tuple[tuple[int, int], ...], numbers: Iterator[int], total: int) -> Markup:
    pieces, end = [], 0
    for start, stop in marks:
        number = next(numbers)
        pieces.append(escape(shown(text[end:start])))
        pieces.append(Markup('<mark id="hit-{}">{}</mark>').format(number, shown(text[start:stop])))
        pieces.append(_hops(number, total))
        end = stop
    return Markup("").join((*pieces, escape(shown(text[end:]))))


def _body(body: Snippet, numbers: Iterator[int], total: int) -> Markup:
    """The paragraphs, each with the marks that begin in it.

    A mark that runs over the end of a paragraph goes on in the next as `<mark class="on">`, without a
    number of its own: it is one hit.
    """
    paragraphs, offset, rest = [], 0, list(body.marks)
    carried = 0
    for place, text in enumerate(body.text.split("\n"), 1):
        stop = offset + len(text)
        before = Markup("")
        if carried > offset:
            before = Markup('<mark class="on">{}</mark>').format(shown(text[: carried - offset]))
        begin = min(max(carried, offset), stop)
        here = [mark for mark in rest if mark[0] < stop]
        rest = rest[len(here) :]
        inside = tuple((start - begin, min(end, stop) - begin) for start, end in here)
        carried = max([carried, *(end for _, end in here)])
        html = before + _numbered(body.text[begin:stop], inside, numbers, total)
        if text.strip():
            paragraphs.append(Markup('<p id="p{}">{}</p>').format(place, html))
        offset = stop + 1
    return Markup("\n").join(paragraphs)


def _hops(number: int, total: int) -> Markup:
    if total < 2:
        return Markup("")
    before = Markup("")
    if number > 1:
        before = Markup('<a class="hop" href="#hit-{}">← {}</a>').format(number - 1, number - 1)
    after = (
        Markup('<a class="hop" href="#hit-{}">{} of {} →</a>').format(number + 1, number, total)
        if number < total
        else Markup('<a class="hop" href="#hit-1">{} of {} ↑</a>').format(number, total)
    )
    return before + after


def safe_url(url: str) -> str:
    """The address if it may be linked, else "": http and https only, with a host.

    >>> safe_url("https://example.org/a"), safe_url("javascript:alert(1)"), safe_url("//example.org")
    ('https://example.org/a', '', '')
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if usable and url.isprintable() else ""


def plain_title(text: str, fallback: str = "Untitled article") -> str:
    """A headline for places that hold plain text only: titles, feeds, file names."""
    return " ".join(shown(text).split()) or fallback


def json_ld(article: Article, url: str) -> Markup:
    """The article as schema.org NewsArticle for citation tools, safe inside a script element.

    `<`, `>` and `&` are written as JSON escapes, so that no text of an article can end the element.
    """
    values: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "identifier": article.id,
        "headline": plain_title(article.headline),
        "alternativeHeadline": article.alt_headline,
        "abstract": article.summary,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "dateline": article.located,
        "datePublished": moment_json(article.published),
        "dateModified": moment_json(article.updated),
        "articleSection": article.section,
        "genre": list(article.genres),
        "keywords": list(article.keywords),
        "publisher": {"@type": "Organization", "name": article.source} if article.source else None,
        "inLanguage": article.language,
        "url": safe_url(article.original_url) or url,
        "copyrightNotice": article.copyright,
        "wordCount": article.word_count or None,
        "version": article.version,
    }
    text = json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)
