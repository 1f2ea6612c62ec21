"""The entries of an RSS, Atom or RDF feed, in the feed's order.

feedparser knows every dialect and mends what is not well formed; it is given the bytes as an open stream,
never a string, so nothing a file says can make it open a URL or a path.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from corpus.article import Article, Dated
from corpus.dates import parse_date
from corpus.errors import UnreadableSource
from corpus.making import language_tag, make_article
from corpus.options import ReadOptions
from corpus.outlets import domain_of, outlet_for, zone_of
from corpus.readers.bylines import byline_of
from corpus.readers.page_lines import chrome, is_outlet_name, is_section
from corpus.safe_xml import check
from corpus.source import Source
from corpus.text import clean, markup_out

# `jane@example.org (Jane Doe)` is RSS's own form of an author; the address is nobody's name.
_ADDRESS = re.compile(r"[^\s()<>]+@[^\s()<>]+")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_TITLE_PARTS = re.compile(r"\s+[-–—»›>:·•]\s+|\s*[|｜»›]\s*|:\s+")
_KIND_OF_FEED = re.compile(
    r"(?:rss|atom|feed|home|homepage|latest|all|top|breaking|new|front page|headlines|articles|stories|news"
    r"|posts|updates|portada|últimas noticias|à la une|aktuell|startseite|[\s,&+])+",
    re.IGNORECASE,
)
_SECTION_SCHEME = re.compile(r"section|rubri|desk|\bcategory\b|/category/?$", re.IGNORECASE)
_TAG_SCHEME = re.compile(r"tag|keyword|subject|topic", re.IGNORECASE)
# The tail that blog software adds to every entry.
_FOOT = re.compile(
    r"^The post .{1,300} (?:appeared first on|first appeared on) .{1,120}\.?$|^\[?(?:…|\.\.\.)\]?$"
)


def read(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    """One article an entry; an entry without a title and a text is reported, the others go on."""
    try:
        feed = _parsed(source)
    except UnreadableSource as error:
        yield error
        return
    seen: dict[str, int] = {}
    for number, entry in enumerate(feed.entries, start=1):
        key = str(number)
        guid = _word(entry.get("id"))
        seen[guid] = seen.get(guid, 0) + 1
        try:
            # Entries of one feed that share an id are different stories by a careless maker.
            yield _article_of(source, options, feed.feed, entry, key, guid if seen[guid] == 1 else "")
        except UnreadableSource as error:
            yield error


def _parsed(source: Source) -> Any:
    import feedparser

    content = source.bytes()
    check(content, source.uri)
    try:
        feed = feedparser.parse(
            io.BytesIO(content),
            response_headers={"content-type": _content_type(source.media_type)},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # feedparser lets through what its parsers raise over broken input (recursion, codecs, values).
        raise UnreadableSource(source.uri, f"the feed cannot be read: {error}") from error
    if not feed.entries:
        fault = feed.get("bozo_exception")
        why = f": {fault}" if fault and not feed.version else ""
        raise UnreadableSource(source.uri, f"no entries in the feed{why}")
    return feed


def _content_type(media_type: str) -> str:
    charset = media_type.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    # Without a charset of its own, application/xml leaves the encoding to the XML declaration (RFC 7303).
    return f"application/xml; charset={charset}" if charset else "application/xml"


def _article_of(source: Source, options: ReadOptions, feed: Any, entry: Any, key: str, guid: str) -> Article:
    link = _link(feed, entry)
    origin = entry.get("source") or {}
    name = clean(_plain(origin.get("title") or origin.get("value"))) or clean(_plain(feed.get("title")))
    name = outlet_in_title(name)
    language = language_tag(_language(feed, entry))
    outlet = outlet_for(link or _word(feed.get("link")), options.outlets, name=name)
    zone, zone_known = zone_of(outlet, options.zone)
    headline = _out(entry.get("title_detail") or {"value": entry.get("title")})
    body, summary = _texts(entry)
    lines = [line for line in body.split("\n") if line and not _FOOT.match(line) and not chrome(line)]
    by, authors = _authors(entry, feed)
    section, keywords = _section_and_keywords(entry)

    def dated(*keys: str) -> Dated | None:
        # By dict's own get: feedparser's answers `updated` with what was published.
        raw = next((word for one in keys if (word := _word(dict.get(entry, one)))), "")
        return (
            parse_date(raw, basis="feed", zone=zone, zone_known=zone_known, language=language)
            if raw
            else None
        )

    return make_article(
        source,
        options,
        key=key,
        supplied_id=guid,
        source_name=name,
        headline=headline.replace("\n", " "),
        summary=summary,
        body="\n".join(lines),
        by=by,
        authors=authors,
        published=dated("published", "created", "updated"),
        updated=dated("updated") if dict.get(entry, "published") else None,
        section=section,
        keywords=keywords,
        language=language,
        original_url=link,
        copyright=_plain(entry.get("rights")) or _plain(feed.get("rights")),
        outlet=outlet,
    )


def outlet_in_title(title: str) -> str:
    """The outlet's name in a feed's title, without the section or the kind of feed beside it.

    >>> outlet_in_title("Harbour Gazette - World"), outlet_in_title("Latest news | The Star")
    ('Harbour Gazette', 'The Star')
    >>> outlet_in_title("Boats - and how to sail them")
    'Boats - and how to sail them'
    """
    parts = [part for part in _TITLE_PARTS.split(title) if part]
    names = [part for part in parts if not is_section(part) and not _KIND_OF_FEED.fullmatch(part)]
    if len(names) > 1:
        names = [part for part in names if is_outlet_name(part)]
    return names[0] if len(names) == 1 else title


def _section_and_keywords(entry: Any) -> tuple[str, list[str]]:
    """An entry's stated section, else its only category, else the first that is called a section.

    RSS and Atom have one element for both. WordPress writes a story's categories and tags alike, so of
    several none is the section unless its scheme or its name says so; all of them are keywords.
    """
    section = _word(entry.get("section")) or _word(entry.get("prism_section"))
    tags = [
        (_word(tag.get("label")) or _word(tag.get("term")), _word(tag.get("scheme")))
        for tag in entry.get("tags") or []
    ]
    tags = [(clean(_plain(name)), scheme) for name, scheme in tags if name]
    if not section:
        told = (name for name, scheme in tags if is_section(name) or _SECTION_SCHEME.search(scheme))
        section = next(told, "") or (
            tags[0][0] if len(tags) == 1 and not _TAG_SCHEME.search(tags[0][1]) else ""
        )
    return section, [name for name, _ in tags if name != section]


def _word(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _plain(value: Any) -> str:
    text = _word(value)
    return markup_out(text) if "<" in text else text


def _out(detail: Any) -> str:
    """The text of a construct: markup out where its type says HTML or it looks so (RSS never says)."""
    value = _word(detail.get("value"))
    if detail.get("type") in _HTML_TYPES or re.search(r"<[a-zA-Z/!][^<>]*>", value):
        return markup_out(value)
    return value


def _texts(entry: Any) -> tuple[str, str]:
    """Body and summary: the longest content is the body; without one, the summary is, and stands once."""
    contents = [_out(one) for one in entry.get("content") or []]
    summary = _out(entry.get("summary_detail") or {"value": entry.get("summary")})
    body = max(contents, key=len, default="")
    if len(summary) > len(body):
        body, summary = summary, body if body and not summary.startswith(body[:200]) else ""
    if summary and (body.startswith(summary.rstrip(" .…[]")[:200]) or summary == body):
        summary = ""
    return body, summary


def _link(feed: Any, entry: Any) -> str:
    link = _word(entry.get("feedburner_origlink")) or _word(entry.get("link"))
    guid = _word(entry.get("id"))
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    base = _word(feed.get("link"))
    try:
        return urljoin(base, link) if link and domain_of(base) else link
    except ValueError:
        return link


def _language(feed: Any, entry: Any) -> str:
    stated = [_word(entry.get("language")), _word(entry.get("dc_language"))]
    for detail in [entry.get("title_detail"), *(entry.get("content") or [])]:
        stated.append(_word((detail or {}).get("language")))
    stated.append(_word(feed.get("language")))
    return next(filter(None, stated), "")


def _authors(entry: Any, feed: Any) -> tuple[str, tuple[str, ...]]:
    given = [_word(author.get("name")) for author in entry.get("authors") or []]
    whole = _word(entry.get("author"))
    if not any(given) or (len(given) == 1 and "@" in whole):
        # feedparser cuts an address after four letters of its last part, and the rest into the name.
        given = [whole]
    names: list[str] = []
    kept: list[str] = []
    for text in given:
        text = _ADDRESS.sub("", clean(_plain(text))).strip(" ()<>,;")
        if not text:
            continue
        found = byline_of(text) or byline_of(f"Author: {text}")
        names.extend(found.authors if found else (text,))
        kept.append(found.by if found else text)
    return ", ".join(dict.fromkeys(kept)), tuple(dict.fromkeys(names))
