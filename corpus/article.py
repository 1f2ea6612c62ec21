"""One news story as a value: what every reader makes and every other room takes.

The fields are those of the field map in corpus/README.md (ninjs 3.1 names where ninjs has a plain one).
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

Basis = Literal["page-text", "json-ld", "meta", "feed", "field", "url", "filename", "none"]
Precision = Literal["second", "minute", "day", "month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date as its source states it, never guessed and never the file's time.

    `value` is an aware datetime carrying the offset of the place the article was published in, so
    `value.date()` is the local day. With a precision of day, month or year it is the first instant of
    that period. `basis` says where the date stood ("field" is a key of a JSON or CSV record);
    `zone_assumed` that neither the text nor the outlet names a zone and the setting's was taken. A date that
    could not be understood, or cannot be true, has `value` None, its `raw` text and the `doubt` in words.
    """

    value: datetime | None
    basis: Basis
    precision: Precision = "day"
    raw: str = ""
    zone_assumed: bool = False
    doubt: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and self.value.utcoffset() is None:
            raise ValueError(f"a date needs its offset: {self.value!r}")

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and last local day the date may mean; None when there is no value.

        >>> from datetime import timezone
        >>> when = datetime(2026, 2, 1, tzinfo=timezone.utc)
        >>> Dated(value=when, basis="field", precision="month").days
        (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
        """
        if self.value is None:
            return None
        first = self.value.date()
        if self.precision == "month":
            return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        if self.precision == "year":
            return first, first.replace(month=12, day=31)
        return first, first


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news story in plain text: no markup, no entities, Unicode NFC.

    `body` keeps its paragraphs, one per line: a single newline parts two paragraphs. `by` is the byline
    as printed, `authors` the names in it; `located` is the dateline's place. `language` is a BCP 47 tag
    ("" when unknown). `source` is the outlet's name as shown, `source_id` its slug. `origin` names the
    file (and, inside it, the item) the article was read from; `version` counts from what the source says.

    Made by `corpus.making.make_article`, which normalises, bounds and identifies; a reader does not call
    this constructor itself.
    """

    id: str
    headline: str = ""
    alt_headline: str = ""
    summary: str = ""
    body: str = ""
    by: str = ""
    authors: tuple[str, ...] = ()
    located: str = ""
    published: Dated | None = None
    updated: Dated | None = None
    section: str = ""
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    slugline: str = ""
    source: str = ""
    source_id: str = ""
    language: str = ""
    original_url: str = ""
    copyright: str = ""
    status: str = ""
    urgency: int | None = None
    version: str = ""
    type: str = "text"
    word_count: int = 0
    origin: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs; paragraph 1 is the first of them."""
        return tuple(self.body.split("\n")) if self.body else ()


def slug(name: str) -> str:
    """A name as it stands in URLs and ids: lower case, words joined by hyphens, any script kept.

    >>> slug("The Dong-A Ilbo"), slug("동아일보"), slug("")
    ('the-dong-a-ilbo', '동아일보', '')
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    return "-".join(re.findall(r"\w+", folded.replace("'", "").replace("’", "").replace("_", " ")))


def article_id(source_id: str, *bases: str) -> str:
    """The identity of an article: 16 hex digits of the source and the first basis that is not empty.

    The bases in order of worth: the id the source supplied, the canonical URL, the path relative to its
    root plus the item's key. The text takes no part, so a corrected story keeps its id.
    """
    basis = next(filter(None, bases), "")
    text = f"{source_id}\x00{unicodedata.normalize('NFC', basis)}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def fingerprint(article: Article) -> str:
    """32 hex digits of all a reader of the article can see; equal exactly when nothing visible changed."""
    seen = article_to_dict(dataclasses.replace(article, origin="", word_count=0))
    text = repr(sorted(seen.items()))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def article_to_dict(article: Article) -> dict[str, Any]:
    """The article as JSON values, empty fields left out; `article_from_dict` is its inverse."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(article):
        value = getattr(article, field.name)
        if value in ("", (), None) or (field.name == "word_count" and not value):
            continue
        if isinstance(value, Dated):
            value = _dated_to_dict(value)
        elif isinstance(value, tuple):
            value = list(value)
        values[field.name] = value
    return values


def article_from_dict(values: dict[str, Any]) -> Article:
    """The article that `article_to_dict` wrote; empty fields may stand in it too."""
    known: dict[str, Any] = {}
    for field in dataclasses.fields(Article):
        if field.name not in values:
            continue
        value = values[field.name]
        if field.name in ("published", "updated") and value is not None:
            value = _dated_from_dict(value)
        elif isinstance(value, list):
            value = tuple(value)
        known[field.name] = value
    return Article(**known)


def _dated_to_dict(dated: Dated) -> dict[str, Any]:
    values = {field.name: getattr(dated, field.name) for field in dataclasses.fields(dated)}
    values["value"] = dated.value.isoformat() if dated.value else None
    return {name: value for name, value in values.items() if value not in ("", False)}


def _dated_from_dict(values: dict[str, Any]) -> Dated:
    value = values.get("value")
    return Dated(**{**values, "value": datetime.fromisoformat(value) if value else None})
