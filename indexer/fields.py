"""The fields of an article as they are searched, filtered, counted and shown: one table.

Schema, query language, endpoint, help page and the README's table all read FIELDS. Adding a row adds a
field; the digest of the table is part of every manifest, so an index made for another table says so.

The words of headline, byline, summary and body stand in one exact field and one stem field; what differs
is the range of word positions (`positions`) and how much a word counts there (`weight`), which is BM25F in
the form of Robertson, Zaragoza and Taylor 2004: frequencies are weighted and added before they saturate.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from corpus.article import Article
from corpus.options import BYLINE_MOST, HEADLINE_MOST, SUMMARY_MOST

Kind = Literal["words", "name", "date"]

# Between two ranges of positions lie more places than a NEAR may span, so that nothing matches across them.
SLOP_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the map.

    `kind`: "words" is searched word by word; "name" also by its words, and filtered and counted as a whole
    value; "date" is filtered by ranges. `positions` is the range of word positions of a "words" field,
    `weight` how often an occurrence there counts. `facet` is the name under which a "name" field is
    filtered and counted ("" when it is not), `aliases` are further names in the query language.
    """

    name: str
    kind: Kind
    label: str
    aliases: tuple[str, ...] = ()
    weight: float = 1.0
    positions: range | None = None
    facet: str = ""


_BYLINE_FROM = HEADLINE_MOST + 2 * SLOP_MOST
_SUMMARY_FROM = _BYLINE_FROM + BYLINE_MOST + 2 * SLOP_MOST
_BODY_FROM = _SUMMARY_FROM + SUMMARY_MOST + 2 * SLOP_MOST

# The headline's weight: mean MAP / nDCG@10 of the two judged sets of tests/relevance that have titles is
# .310/.415 at 1, .320/.426 at 3, .324/.430 at 4, .325/.428 at 5 and .324/.425 at 8.
FIELDS: tuple[Field, ...] = (
    Field(name="headline", kind="words", label="Headline", aliases=("title",), weight=4.0,
          positions=range(HEADLINE_MOST)),
    Field(name="by", kind="words", label="Byline", aliases=("byline", "author"),
          positions=range(_BYLINE_FROM, _BYLINE_FROM + BYLINE_MOST)),
    Field(name="summary", kind="words", label="Summary", weight=2.0,
          positions=range(_SUMMARY_FROM, _SUMMARY_FROM + SUMMARY_MOST)),
    Field(name="body", kind="words", label="Text", aliases=("text",), positions=range(_BODY_FROM, 2**31 - 1)),
    Field(name="source", kind="name", label="Source", aliases=("publisher", "outlet"), facet="source"),
    Field(name="section", kind="name", label="Section", facet="section"),
    Field(name="authors", kind="name", label="Author", facet="author"),
    Field(name="located", kind="name", label="Place", aliases=("place", "dateline"), facet="place"),
    Field(name="language", kind="name", label="Language", aliases=("lang",), facet="language"),
    Field(name="keywords", kind="name", label="Keywords", aliases=("keyword", "tag", "tags")),
    Field(name="published", kind="date", label="Published", aliases=("date",)),
    Field(name="updated", kind="date", label="Updated"),
)
BY_NAME = {field.name: field for field in FIELDS}
WORD_FIELDS = tuple(field for field in FIELDS if field.kind == "words")
NAME_FIELDS = tuple(field for field in FIELDS if field.kind == "name")
# Facets that are no field of their own but read off the date.
DATE_FACETS = ("year", "month")
FACETS = (*(field.facet for field in FIELDS if field.facet), *DATE_FACETS)
# The value that stands for "has none" in filters and counts.
NONE_VALUE = "~none"


def field_named(name: str) -> Field | None:
    """The field of that name or alias in any case, hyphens read as underscores; None when there is none.

    >>> field_named("Title").name, field_named("place").name, field_named("nosuch")
    ('headline', 'located', None)
    """
    wanted = name.casefold().replace("-", "_")
    return next((field for field in FIELDS if wanted == field.name or wanted in field.aliases), None)


def names_of(article: Article, field: str) -> tuple[str, ...]:
    """The article's values of one "name" field as they are shown; () when it has none."""
    value = getattr(article, field)
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(dict.fromkeys(filter(None, value)))


def words_of(article: Article, field: str) -> str:
    """The article's text of one "words" field, as it is indexed, marked and shown.

    The byline's text is the byline as printed, or the authors' names where none was printed.
    """
    if field == "by":
        return article.by or ", ".join(article.authors)
    return str(getattr(article, field))


def fields_digest() -> str:
    """12 hex digits of the table, for the manifest."""
    return hashlib.blake2b(repr(FIELDS).encode(), digest_size=6).hexdigest()
