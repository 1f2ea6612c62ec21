"""One article out of a saved web page.

    bytes -> text by the declared charset -> JSON-LD, meta, <time>  (what the page says of itself)
                                          -> trafilatura            (its main text)

trafilatura is asked for the text only: its dates have no time, and it drops JSON-LD's keywords. Measured on
its own 990 annotated pages with the settings below; the floor stands in tests/corpus/test_html_extraction.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus.article import Article, Basis, Dated
from corpus.dates import is_date, parse_date
from corpus.errors import UnreadableSource
from corpus.making import language_tag, make_article
from corpus.options import ReadOptions
from corpus.outlets import outlet_for, zone_of
from corpus.readers.bylines import byline_of, is_role
from corpus.readers.page_lines import (
    chrome,
    copyright_notice,
    heads_related,
    is_outlet_name,
    is_prose,
    picture_credit,
)
from corpus.readers.page_meta import meta_of
from corpus.readers.page_text import parse_page
from corpus.readers.structured import Stated, json_ld, meta, types_stated
from corpus.readers.values import plain
from corpus.source import Source
from corpus.text import clean, markup_out, text_of

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w\-:.]{2,40})""", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w\-]{2,40})""", re.IGNORECASE)
# Browsers read these by their supersets (Encoding Standard, section 4.2), and so do the pages' makers.
_SUPERSETS = {
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
} | dict.fromkeys(("shift_jis", "shift-jis", "x-sjis"), "cp932")
# Pictures and fonts that a page was saved with; trafilatura's parser gives up at an attribute of 10 MB.
_EMBEDDED = re.compile(r"data:[\w/+.\-;=]{1,100},[\w+/=%\-]{200,}")
# A second a megabyte: a page of this length takes a quarter of a minute. The longest real ones have 3 MB.
PAGE_MOST = 16 * 2**20
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOMAIN = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.[a-z]{2,6}")
_QUOTES = re.compile(r"<(/?)q(?:\s[^<>]*)?>", re.IGNORECASE)
_URL_DATE = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/\-](?P<month>0[1-9]|1[0-2])[/\-](?P<day>0[1-9]|[12]\d"
    r"|3[01])(?=[/\-_.]|$)"
)
_TITLE_PARTS = re.compile(r"\s+[|\-–—»:·•]\s+|\s*[|｜]\s*")
_TIMES = (
    "//time[@datetime]",
    "//*[@itemprop='datePublished']",
    "//*[@itemprop='dateCreated']",
    "//*[@pubdate]",
)
_AUTHORS = (
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author']",
    "//*[@rel='author']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' author ')]",
)
# Below this, what trafilatura finds is a teaser, a cookie notice or a video's caption.
_STORY_LEAST = 200
_PROSE_ENOUGH = 400
# A page whose text stands mostly in links leads to articles and is none.
_LINKS_MOST = 0.6


def read(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    """The one article of a page, or the reason why it has none."""
    try:
        yield _article_of(source, options)
    except UnreadableSource as error:
        yield error


def _article_of(source: Source, options: ReadOptions) -> Article:
    text = _XML_DECLARATION.sub("", source.text(declared_charset(source.head(4096)) or ""))
    text = _EMBEDDED.sub("data:,", text)
    if len(text) > PAGE_MOST:
        raise UnreadableSource(
            source.uri, f"a web page above {PAGE_MOST:,} characters, embedded pictures aside; save its text"
        )
    # Browsers show the marks of q; trafilatura loses them and breaks the paragraph there.
    text = _QUOTES.sub(lambda tag: "”" if tag[1] else "“", text)
    tree = _tree(text, source.uri)
    stated, bases = _stated(tree)
    body = _main_text(text, tree, stated)
    url = stated.original_url
    reason = _no_article(tree, stated, body)
    if reason:
        raise UnreadableSource(source.uri, reason)
    outlet = outlet_for(url, options.outlets, name=stated.source)
    zone, zone_known = zone_of(outlet, options.zone)
    language = language_tag(stated.language)

    def dated(field: str, raw: str) -> Dated | None:
        if not raw:
            return None
        return parse_date(raw, basis=bases[field], zone=zone, zone_known=zone_known, language=language)

    by, authors = _authors_of(stated.authors, stated.source)
    return make_article(
        source,
        options,
        headline=plain(stated.headline),
        alt_headline=plain(stated.alt_headline),
        summary=plain(stated.summary),
        body=body,
        by=by,
        authors=authors,
        located=stated.located,
        published=dated("published", stated.published),
        updated=dated("updated", stated.updated),
        section=stated.section,
        genres=stated.genres,
        keywords=stated.keywords,
        source_name=stated.source,
        language=language,
        original_url=url,
        copyright=stated.copyright,
        status=stated.status,
        outlet=outlet,
    )


def declared_charset(head: bytes) -> str:
    """The charset an HTML page declares in its first bytes; "" when it declares none.

    >>> declared_charset(b'<meta http-equiv=Content-Type content="text/html; charset=euc-kr">')
    'cp949'
    """
    found = _CHARSET.search(head) or _XML_CHARSET.search(head)
    name = found[1].decode("ascii", "replace").lower() if found else ""
    # A page whose ASCII bytes were read to find this cannot be UTF-16 (HTML Standard, 13.2.3.2).
    return "utf-8" if name.startswith("utf-16") else _SUPERSETS.get(name, name)


def _tree(text: str, uri: str) -> Any:
    from lxml import etree, html

    try:
        return html.document_fromstring(text, parser=html.HTMLParser(remove_pis=True, huge_tree=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableSource(uri, f"no web page could be read from it: {error}") from error


def _stated(tree: Any) -> tuple[Stated, dict[str, Basis]]:
    """JSON-LD's word, then meta's, then the page's own elements'; with the basis of each date."""
    by_meta = meta(tree)
    by_json = json_ld(tree, by_meta.headline) or Stated()
    bases: dict[str, Basis] = {"published": "json-ld", "updated": "json-ld"}
    for field in fields(Stated):
        if not getattr(by_json, field.name):
            setattr(by_json, field.name, getattr(by_meta, field.name))
            if field.name in bases:
                bases[field.name] = "meta"
    stated = by_json
    stated.original_url = _url(tree, stated.original_url)
    stated.language = (
        stated.language or tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    )
    stated.headline = _headline(tree, stated)
    if not stated.published:
        stated.published, bases["published"] = _visible_date(tree), "page-text"
    if not stated.authors:
        stated.authors = _visible_authors(tree)
    if not (stated.published and stated.authors):
        lines = markup_out_lines(tree)
        stated.authors = stated.authors or _labelled_authors(lines)
        if not stated.published:
            page = parse_page(lines)
            stated.published, bases["published"] = page.published, "page-text"
            if not stated.updated and page.updated:
                stated.updated, bases["updated"] = page.updated, "page-text"
    if not stated.published and (found := _URL_DATE.search(urlsplit(stated.original_url).path)):
        stated.published, bases["published"] = found[0].strip("/-"), "url"
    return stated, bases


def markup_out_lines(tree: Any) -> list[str]:
    """The page's visible lines, as copying it would give them."""
    return text_of(tree).split("\n")


def _url(tree: Any, stated: str) -> str:
    canonical = next(iter(tree.xpath("//link[@rel='canonical']/@href")), "")
    base = stated if stated.startswith("http") else ""
    try:
        return urljoin(base, canonical.strip()) if canonical else base
    except ValueError:
        return base


def _headline(tree: Any, stated: Stated) -> str:
    """The stated headline, else the page's only h1, else its title; without the site's name at the end."""
    ones = [clean(h1.text_content()) for h1 in tree.iter("h1")]
    title = clean(next((one.text_content() for one in tree.iter("title")), ""))
    headline = clean(stated.headline)
    # Some pages' meta ends at a quotation mark that stands bare in it, and some state the site's name.
    fuller = [one for one in ones if headline and one.startswith(headline) and len(one) < len(headline) + 120]
    if fuller or headline.casefold() == stated.source.casefold():
        headline = fuller[0] if fuller else ""
    if not headline:
        headline = ones[0] if len(set(ones)) == 1 and ones[0] else title
    return without_site_name(headline, stated.source, ones)


def without_site_name(headline: str, site: str, ones: list[str] | None = None) -> str:
    """A headline without ` - Site name`, where that is the site's name or the page's h1 has none.

    >>> without_site_name("Fog closes airports | Harbour Gazette", "Harbour Gazette")
    'Fog closes airports'
    """
    for found in reversed(list(_TITLE_PARTS.finditer(headline))):
        before, after = headline[: found.start()].strip(), headline[found.end() :].strip()
        if before and before in (ones or []):
            return before
        if site and before.casefold() == site.casefold() and len(after) > 20:
            return without_site_name(after, site, ones)
        same = site and after.casefold().removeprefix("the ") == site.casefold().removeprefix("the ")
        if before and (same or (len(before) > 20 and is_outlet_name(after))):
            return without_site_name(before, site, ones)
    return headline


def _visible_date(tree: Any) -> str:
    for path in _TIMES:
        for element in tree.xpath(path)[:5]:
            for raw in (element.get("datetime"), element.get("content"), element.text_content()):
                if raw and is_date(raw):
                    return str(raw)
    return ""


def _visible_authors(tree: Any) -> tuple[str, ...]:
    for path in _AUTHORS:
        names: list[str] = []
        for element in tree.xpath(path)[:6]:
            text = clean(element.get("content") or element.text_content())
            found = byline_of(text) or byline_of(f"Author: {text}")
            if found:
                names.extend(found.authors)
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _labelled_authors(lines: list[str]) -> tuple[str, ...]:
    """The first byline with a label among the page's lines; a bare name may be a place or a link."""
    return next((found.authors for line in lines[:300] if (found := byline_of(line))), ())


def _authors_of(stated: tuple[str, ...], source: str) -> tuple[str, tuple[str, ...]]:
    """The byline and the names in it: `By A and B` in one string is two authors, a date or a role is none."""
    names: list[str] = []
    kept: list[str] = []
    for text in map(clean, stated):
        if not text or is_date(text) or len(text) > 200 or _DOMAIN.fullmatch(text):
            continue
        found = byline_of(text) or byline_of(f"Author: {text}")
        if found:
            names.extend(found.authors)
            kept.append(found.by)
        elif not is_role(text) or len(stated) == 1:
            names.append(text)
            kept.append(text)
    return ", ".join(dict.fromkeys(kept)), tuple(dict.fromkeys(names))


def _main_text(text: str, tree: Any, stated: Stated) -> str:
    import trafilatura

    try:
        found = (
            trafilatura.extract(text, output_format="txt", include_comments=False, include_tables=True) or ""
        )
    except Exception:
        found = ""
    own = markup_out(stated.body) if "<" in stated.body else stated.body
    # Many sites put a shortened or unbroken text into articleBody; it counts where the page shows less.
    # Where trafilatura itself has nothing but articleBody, it loses the paragraphs.
    parted = own.count("\n") > found.count("\n") == 0
    if (len(own) > 1.5 * len(found) or parted) and len(own) > _STORY_LEAST:
        found = own
    lines = list(_story_lines(found.split("\n")))
    # A byline or a date that the page sets as a paragraph, above or below the story.
    while len(lines) > 1 and (lines[0] == stated.headline or _is_meta(lines[0])):
        del lines[0]
    while len(lines) > 1 and _is_meta(lines[-1]):
        del lines[-1]
    return "\n".join(lines)


def _is_meta(line: str) -> bool:
    """Whether the line tells only of byline and day; a place beside the day is read with the datelines."""
    meta = meta_of(line)
    return meta is not None and not meta.located


def _story_lines(lines: list[str]) -> Iterator[str]:
    for line in lines:
        line = line.strip()
        if not line or chrome(line) or heads_related(line) or copyright_notice(line) or picture_credit(line):
            continue
        yield line


def _no_article(tree: Any, stated: Stated, body: str) -> str:
    """Why the page holds no article; "" when it does."""
    claims = stated.type.lower().endswith("article") or bool(stated.published and stated.authors)
    if not body and not stated.summary:
        return "no text of an article was found in the page"
    if claims:
        return ""
    address = urlsplit(stated.original_url)
    if address.netloc and address.path in ("", "/") and not address.query:
        return "the page is a site's front page, not an article"
    # A page with this much text in paragraphs is kept whatever else it looks like: an article lost is
    # worse than a page too many (of 990 annotated pages, 14 articles were lost without this).
    if sum(len(line) for line in body.split("\n") if is_prose(line)) >= _PROSE_ENOUGH:
        return ""
    if stated.headline and stated.headline.casefold() == stated.source.casefold():
        return "the page is a site's front page, not an article"
    if types_stated(tree) & {"collectionpage", "searchresultspage", "itemlist"}:
        return "the page lists articles, it holds none"
    if len(body) < _STORY_LEAST and not stated.published:
        return "no text of an article was found in the page"
    if not stated.published and _in_links(tree) > _LINKS_MOST:
        return "the page is mostly links to others"
    return ""


def _in_links(tree: Any) -> float:
    shown = sum(
        len(text.strip()) for text in tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]")
    )
    linked = sum(len(text.strip()) for text in tree.xpath("//body//a//text()"))
    return linked / shown if shown else 1.0
