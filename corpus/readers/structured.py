"""What a web page says of itself in its head: JSON-LD (schema.org) and meta elements.

    tree -> json_ld(), meta() -> Stated

schema.org's NewsArticle and its relatives, Open Graph, Dublin Core, Highwire's citation_*, Parse.ly and
Sailthru. JSON-LD stands above meta: it has times where meta often has days, and one value a field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, cast

# schema.org's Article and what is below it, as far as news sites use it.
_ARTICLES = frozenset({
    "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle",
    "backgroundnewsarticle", "reviewnewsarticle", "askpublicnewsarticle", "blogposting", "liveblogposting",
    "report", "satiricalarticle", "advertisercontentarticle", "techarticle", "socialmediaposting",
})  # fmt: skip
# Below these keys stand other articles than the page's own.
_ELSEWHERE = frozenset({
    "itemListElement", "hasPart", "isPartOf", "relatedLink", "citation", "mentions", "about", "review",
    "liveBlogUpdate", "video", "associatedMedia", "potentialAction", "comment", "subjectOf", "isBasedOn",
})  # fmt: skip
# In order of worth. A name stands in `name`, `property` or `itemprop`, and is compared in small letters.
_NAMES = {
    "headline": (
        "og:title twitter:title citation_title dc.title dcterms.title parsely-title sailthru.title "
        "hdl headline"
    ),
    "summary": (
        "og:description description twitter:description dc.description dcterms.abstract sailthru.description"
    ),
    "published": (
        "article:published_time og:article:published_time article:published datepublished "
        "og:published_time parsely-pub-date sailthru.date citation_publication_date citation_date "
        "dc.date.issued dcterms.issued dc.date dcterms.date dcterms.created dc.date.created pubdate "
        "publishdate publish-date publish_date publication_date date rnews:datepublished "
        "originalpublicationdate timestamp displaydate cxenseparse:recs:publishtime "
        "article.published article.created ptime datecreated article_date_original"
    ),
    "updated": (
        "article:modified_time og:updated_time og:modified_time datemodified dcterms.modified "
        "dc.date.modified article:modified last-modified lastmod utime article_date_updated"
    ),
    "authors": (
        "article:author author parsely-author sailthru.author citation_author dc.creator "
        "dcterms.creator byl article:author_name og:article:author twitter:data1:author creator "
        "cxenseparse:author dc.contributor"
    ),
    "section": "article:section parsely-section og:article:section section cxenseparse:category cms",
    "keywords": (
        "article:tag news_keywords parsely-tags sailthru.tags keywords dc.subject dcterms.subject "
        "citation_keywords"
    ),
    "source": (
        "og:site_name application-name dc.publisher dcterms.publisher citation_journal_title "
        "publisher copyright-holder"
    ),
    "language": "inlanguage dc.language dcterms.language og:locale content-language language",
    "original_url": "og:url parsely-link twitter:url dc.identifier",
    "copyright": "dcterms.rights dc.rights copyright rights",
    "located": "dateline",
    "type": "og:type",
}
_META = {field: tuple(names.split()) for field, names in _NAMES.items()}


@dataclass(slots=True, kw_only=True)
class Stated:
    """One page's (or item's) own statements, as they stand there; lists where it may say several."""

    headline: str = ""
    alt_headline: str = ""
    summary: str = ""
    body: str = ""
    published: str = ""
    updated: str = ""
    authors: tuple[str, ...] = ()
    section: str = ""
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    source: str = ""
    language: str = ""
    original_url: str = ""
    copyright: str = ""
    located: str = ""
    status: str = ""
    type: str = ""


def json_ld(tree: Any, headline: str = "") -> Stated | None:
    """The page's article in its JSON-LD, or None. Of several, the one with this headline, else the first.

    Blocks that are no JSON even after the usual slips are mended (trailing commas, bare line ends, HTML
    comments around it) are passed over.
    """
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            nodes.extend(_nodes(_loaded(script.text_content() or "")))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _types(node) & _ARTICLES]
    if not articles:
        return None
    same = [node for node in articles if headline and _text(node.get("headline")) == headline]
    return _stated_by(
        max(
            (same or articles),
            key=lambda node: (
                len(_types(node)) > 0,
                bool(node.get("datePublished")),
                bool(node.get("headline")),
            ),
        ),
        by_id,
    )


def types_stated(tree: Any) -> set[str]:
    """Every schema.org type named in the page's JSON-LD, in small letters."""
    found: set[str] = set()
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            for node in _nodes(_loaded(script.text_content() or "")):
                found |= _types(node)
    return found


def meta(tree: Any) -> Stated:
    """What the page's meta elements say."""
    said: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or element.get("value") or "").strip()
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(attribute):
                said.setdefault(name.strip().lower(), []).append(unescape(content))
    stated = Stated()
    for field, names in _META.items():
        values = next((said[name] for name in names if name in said and _usable(field, said[name])), [])
        if not values:
            continue
        if field == "keywords":
            stated.keywords = tuple(_listed(values))
        elif field == "authors":
            stated.authors = tuple(value for value in values if not _is_address(value))
        else:
            setattr(stated, field, values[0])
    return stated


def _usable(field: str, values: list[str]) -> bool:
    return field != "authors" or any(not _is_address(value) for value in values)


def _is_address(value: str) -> bool:
    return re.match(r"(?:https?:)?//|www\.|@", value.strip()) is not None


def _loaded(text: str) -> Any:
    text = re.sub(
        r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:(?://\s*)?-->|//\s*\]\]>"
        r"|\]\]>)\s*$",
        "",
        text.strip(),
    )
    text = text.strip().rstrip(";")
    for attempt in (text, re.sub(r",\s*(?=[}\]])", "", text), unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    # Several objects one after the other, or one with litter behind it.
    found: list[Any] = []
    at, decoder = 0, json.JSONDecoder(strict=False)
    while at < len(text) and len(found) < 100:
        start = text.find("{", at)
        if start < 0:
            break
        try:
            value, at = decoder.raw_decode(text, start)
            found.append(value)
        except (ValueError, RecursionError):
            break
    return found


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 12:
        return
    if isinstance(value, list):
        for one in value:
            yield from _nodes(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key not in _ELSEWHERE and isinstance(inner, (dict, list)):
                yield from _nodes(inner, depth + 1)


def _types(node: dict[str, Any]) -> set[str]:
    named = node.get("@type", node.get("type"))
    names = named if isinstance(named, list) else [named]
    return {name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for name in names if isinstance(name, str)}


def _stated_by(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> Stated:
    def names(*keys: str) -> tuple[str, ...]:
        found = [name for key in keys for name in _names(node.get(key), by_id)]
        return tuple(dict.fromkeys(name for name in found if not _is_address(name)))

    page = node.get("mainEntityOfPage")
    url = node.get("url") or (page.get("@id") or page.get("url") if isinstance(page, dict) else page)
    return Stated(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        alt_headline=_text(node.get("alternativeHeadline")),
        summary=_text(node.get("description")) or _text(node.get("abstract")),
        body=_text(node.get("articleBody")) or _text(node.get("text")),
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")),
        updated=_text(node.get("dateModified")),
        authors=names("author") or names("creator"),
        section=next(iter(_listed(node.get("articleSection"), split=False)), ""),
        genres=tuple(_listed(node.get("genre"), split=False)),
        keywords=tuple(_listed(node.get("keywords"))),
        source=next(iter(names("publisher", "sourceOrganization", "provider")), ""),
        language=next(iter(_names(node.get("inLanguage"), by_id)), ""),
        original_url=_text(url),
        copyright=_text(node.get("copyrightNotice")) or next(iter(names("copyrightHolder")), ""),
        located=_text(node.get("dateline")) or next(iter(names("locationCreated")), ""),
        status=_text(node.get("creativeWorkStatus")),
        type="article",
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, (str, int))), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return unescape(value).strip() if isinstance(value, str) else ""


def _names(value: Any, by_id: dict[str, dict[str, Any]], depth: int = 0) -> list[str]:
    """Names of persons, organisations and places, in a string, an object, a reference or a list of them."""
    if depth > 4:
        return []
    if isinstance(value, list):
        return [name for one in value for name in _names(one, by_id, depth + 1)]
    if isinstance(value, dict):
        if "name" not in value and isinstance(value.get("@id"), str) and value["@id"] in by_id:
            value = by_id[value["@id"]]
        if isinstance(value.get("name"), list):
            return _names(value["name"], by_id, depth + 1)
        return [name] if (name := _text(value.get("name") or value.get("@value"))) else []
    return [name] if (name := _text(value)) else []


def _listed(value: Any, *, split: bool = True) -> list[str]:
    items = value if isinstance(value, list) else [value]
    texts = [_text(item) for item in items]
    if split:
        texts = [part for text in texts for part in re.split(r"\s*[,;、，]\s*", text)]
    return cast(list[str], list(dict.fromkeys(part.strip(" \"'#") for part in texts if part.strip(" \"'#"))))
