"""A record of key and value (a JSON object, a row of a table) as an article: whose keys mean what.

FIELD_KEYS is the table of corpus/README.md. Keys are compared without case and separators, so `pubDate`,
`pub_date` and "Pub Date" are one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from corpus.article import Article, Basis
from corpus.errors import UnreadableSource
from corpus.making import known_outlet, language_tag, make_article
from corpus.options import ReadOptions
from corpus.outlets import Outlet, zone_of
from corpus.readers.own_form import own_article
from corpus.readers.values import (
    NOTHING_MOST,
    date_in,
    is_absent,
    names_in,
    place_in,
    plain,
    plain_paragraphs,
    section_in,
    word_in,
    words_in,
)
from corpus.source import Source

# Ours -> the keys read as it, the best first: where a record has several, the first that is not empty
# counts. They are those of schema.org NewsArticle, JSON Feed 1.1, ninjs, NewsAPI, the Guardian's API, and
# of what news-please and newspaper write.
FIELD_KEYS: dict[str, tuple[str, ...]] = {
    "id": ("id", "guid", "uri", "_id", "@id", "article_id", "doc_id", "docid", "uuid", "identifier"),
    "headline": ("headline", "title", "hed", "headline_main", "web_title", "name"),
    "alt_headline": ("alt_headline", "alternative_headline", "kicker", "short_headline"),
    "summary": (
        "summary", "subtitle", "description", "standfirst", "abstract", "dek", "excerpt", "trail_text",
    ),
    "body": (
        "body", "text", "content", "article_body", "maintext", "body_text", "full_text", "content_text",
        "content_html", "body_html", "article", "story",
    ),
    "authors": ("authors", "author", "creator"),
    "by": ("by", "byline"),
    "located": ("located", "dateline", "place", "location", "location_created"),
    "published": (
        "published", "date", "pub_date", "date_published", "published_at", "published_date", "publish_date",
        "publication_date", "web_publication_date", "date_publish", "first_created", "datetime", "timestamp",
        "created", "created_at",
    ),
    "updated": (
        "updated", "modified", "date_modified", "updated_at", "modified_at", "last_modified", "date_modify",
        "version_created", "updated_date",
    ),
    "section": ("section", "article_section", "section_name", "category", "desk", "rubric"),
    "genres": ("genres", "genre"),
    "keywords": ("keywords", "tags", "categories", "subjects"),
    "places": ("places", "content_location"),
    "slugline": ("slugline",),
    "source": (
        "source", "publisher", "outlet", "publication", "newspaper", "source_name", "site_name", "provider",
        "source_domain",
    ),
    "language": ("language", "lang", "in_language"),
    "original_url": (
        "original_url", "url", "link", "canonical_url", "web_url", "permalink", "href", "main_entity_of_page",
    ),
    "copyright": ("copyright", "copyright_notice", "copyright_holder", "rights"),
    "status": ("status", "pub_status"),
    "urgency": ("urgency",),
    "version": ("version",),
    "type": ("type",),
}  # fmt: skip

# Known, and of no use here: naming them as unread would be noise.
_IGNORED = {
    "", "context", "wordcount", "image", "images", "imageurl", "thumbnail", "thumbnailurl", "media", "video",
    "videos", "origin", "sourceid", "attachments", "bannerimage", "urltoimage",
}  # fmt: skip
_TYPES = {"text", "picture", "video", "audio", "graphic", "composite"}
_UNKNOWN_MOST = 50
# The records of a file mostly have the same keys; which fields these are is found once for each set of keys
# of this size.
_KEYS_REMEMBERED = 64


def _folded(key: str) -> str:
    return re.sub(r"[\W_]+", "", key.lower().rpartition(":")[2])


_FIELD_OF_KEY = {
    _folded(key): (field, rank) for field, keys in FIELD_KEYS.items() for rank, key in enumerate(keys)
}
_ABSENT: tuple[str, int] = ("", 0)


@lru_cache(maxsize=8192)
def _place_of(key: str) -> tuple[str, int]:
    return _FIELD_OF_KEY.get(_folded(key), _ABSENT)


def field_of(key: str) -> str:
    """Our field that a record's key is read as; "" for none.

    >>> field_of("datePublished"), field_of("Pub Date"), field_of("dc:creator"), field_of("shoe size")
    ('published', 'published', 'authors', '')
    """
    return _place_of(key)[0]


class Records:
    """The records of one source on their way to articles; remembers the keys nothing understood."""

    def __init__(self, source: Source, options: ReadOptions):
        self._source, self._options = source, options
        self._unknown: dict[str, None] = {}

    def article(self, record: Any, key: str) -> Article | UnreadableSource:
        """The record's article, or what is wrong with it."""
        if not isinstance(record, dict):
            return self.fault(
                key, f"an article is an object with named values, not a {type(record).__name__}"
            )
        try:
            return own_article(record) or self._made(record, key)
        except UnreadableSource as error:
            return error
        except RecursionError:
            return self.fault(key, "nested too deep")

    def fault(self, key: str, reason: str) -> UnreadableSource:
        """A record that gives no article."""
        return UnreadableSource(f"{self._source.uri}#{key}" if key else self._source.uri, reason)

    @property
    def unknown(self) -> Sequence[str]:
        """The keys no field was found for, in the order they were met."""
        return list(self._unknown)

    def note_unknown(self, more: Iterable[str] = ()) -> None:
        """Name the keys no field was found for, once for the whole source; `more` were met in parts of it."""
        self._unknown.update(dict.fromkeys(more))
        if self._unknown:
            names = ", ".join(list(self._unknown)[:_UNKNOWN_MOST])
            self._options.note(self._source.uri, f"keys not read: {names}")

    def _made(self, record: dict[str, Any], key: str) -> Article:
        plan = (_plan if len(record) <= _KEYS_REMEMBERED else _plan.__wrapped__)(tuple(record))
        if plan.strange:
            self._heard_of(plan.strange)
        said: dict[str, Any] = {}
        for argument, read, keys in plan.alone:
            for name in keys:
                value = record[name]
                if (type(value) is str and len(value) > NOTHING_MOST) or not is_absent(value):
                    said[argument] = read(value)
                    break
        outlet = known_outlet(said.get("original_url", ""), self._options, said.get("source_name", ""))
        if plan.together:
            self._read_together(plan.together, record, said, outlet)
        return make_article(self._source, self._options, key=key, outlet=outlet, **said)

    def _read_together(
        self, fields: _Fields, record: dict[str, Any], said: dict[str, Any], outlet: Outlet | None
    ) -> None:
        """Add what is read of fields that say more together than each alone."""
        found: dict[str, Any] = {}
        for field, keys in fields:
            for name in keys:
                value = record[name]
                if not is_absent(value):
                    found[field] = value
                    break
        if "section" in found:
            said["section"], more = section_in(found["section"])
            if more:
                said["keywords"] = (*said.get("keywords", ()), *more)
        if "authors" in found or "by" in found:
            authors, by = found.get("authors"), word_in(found.get("by"))
            names = said["authors"] = names_in(authors if authors is not None else by)
            said["by"] = plain(by or (authors if isinstance(authors, str) else ", ".join(names)))
        if "published" in found or "updated" in found:
            zone, zone_known = zone_of(outlet, self._options.zone)
            language = language_tag(said.get("language", ""))
            for field in ("published", "updated"):
                if field in found:
                    said[field] = date_in(found[field], _BASIS, zone, language, zone_known=zone_known)

    def _heard_of(self, strange: Iterable[str]) -> None:
        for key in strange:
            if key not in self._unknown and len(self._unknown) < 1_000:
                self._unknown[key] = None


_Fields = tuple[tuple[str, tuple[str, ...]], ...]


class _Plan(NamedTuple):
    """What records with certain keys are read by: fields, each with its keys, the best first.

    `alone` are those of _ALONE with the argument of make_article and the function that reads the value;
    `together` the others; `strange` the keys that no field takes.
    """

    alone: tuple[tuple[str, Callable[[Any], Any], tuple[str, ...]], ...]
    together: _Fields
    strange: tuple[str, ...]


@lru_cache(maxsize=256)
def _plan(keys: tuple[str, ...]) -> _Plan:
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    strange: list[str] = []
    for place, key in enumerate(keys):
        field, rank = _place_of(key)
        if field:
            # Of keys that are one but for case and separators the last counts, as it does in JSON.
            ranked.setdefault(field, []).append((rank, -place, key))
        elif _folded(key) not in _IGNORED:
            strange.append(key)
    fields = {field: tuple(key for *_, key in sorted(found)) for field, found in ranked.items()}
    return _Plan(
        tuple((*_ALONE[field], names) for field, names in fields.items() if field in _ALONE),
        tuple((field, names) for field, names in fields.items() if field not in _ALONE),
        tuple(strange),
    )


_BASIS: Basis = "field"


def _line(value: Any) -> str:
    return plain(word_in(value))


def _urgency(value: Any) -> int | None:
    try:
        return int(value) if value is not None else None
    except (TypeError, ValueError, OverflowError):
        return None


def _type(value: Any) -> str:
    word = word_in(value).lower()
    return word if word in _TYPES else "text"


# The fields that are read from their value alone: the argument of make_article, and how.
_ALONE: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "id": ("supplied_id", word_in),
    "headline": ("headline", _line),
    "alt_headline": ("alt_headline", _line),
    "summary": ("summary", _line),
    "body": ("body", plain_paragraphs),
    "located": ("located", lambda value: place_in(word_in(value))),
    "genres": ("genres", words_in),
    "keywords": ("keywords", words_in),
    "places": ("places", words_in),
    "slugline": ("slugline", word_in),
    "source": ("source_name", word_in),
    "language": ("language", word_in),
    "original_url": ("original_url", word_in),
    "copyright": ("copyright", word_in),
    "status": ("status", word_in),
    "urgency": ("urgency", _urgency),
    "version": ("version", word_in),
    "type": ("type", _type),
}
