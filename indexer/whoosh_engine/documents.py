"""An article as the values that Whoosh's writer takes: postings, columns and the stored JSON."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pickle import dumps
from typing import Any

from whoosh.util.numeric import byte_to_length, length_to_byte

from corpus.article import Article, Dated
from indexer.analysis import tokens
from indexer.fields import NAME_FIELDS, SLOP_MOST, WORD_FIELDS, names_of, words_of
from indexer.stems import Stemmer, mark_of
from indexer.whoosh_engine.schema import (
    NAMES,
    NO_DAY,
    NO_INSTANT,
    NUMBERS,
    SEPARATOR,
    TIMED_BITS,
    Posting,
)
from indexer.whoosh_engine.stored_article import encode

# Between two values of one name field, so that no phrase matches across them.
VALUE_GAP = 2 * SLOP_MOST

# The columns of schema.NUMBERS that are known before the words are counted.
COUNTED_BEFORE = tuple(name for name in NUMBERS if name != "col_words")
# The fields of schema.NAMES.
FACET_FIELDS = tuple(field.name for field in NAME_FIELDS if field.facet)

_COUNT = struct.Struct("!I")


@lru_cache(maxsize=100_000)
def stored_length(words: int) -> int:
    """The length that Whoosh keeps for an article of so many words: the next entry of its 255-step table.

    Handed over already rounded, the sum over an index is the same before and after a merge, and scores do
    not depend on the number of segments.
    """
    return int(byte_to_length(length_to_byte(words))) if words else 0


def document_of(article: Article, stemmer: Stemmer, indexed: datetime) -> dict[str, Any]:
    """The keyword arguments of Whoosh's add_document for one article."""
    text, stems, words = _word_postings(article, stemmer)
    length = stored_length(words)
    values = columns_of(article, indexed)
    values |= {
        "id": article.id,
        "text": _with_length(text, length),
        "stems": _with_length(stems, length),
        "col_words": words,
    }
    for field in NAME_FIELDS:
        names = names_of(article, field.name)
        if names:
            values[field.name] = list(_name_postings(names))
    return values


def columns_of(article: Article, indexed: datetime) -> dict[str, Any]:
    """What document_of gives beside postings and what is counted from them: columns and the stored JSON."""
    values: dict[str, Any] = {"stored": encode(article).decode("utf-8", "surrogatepass")}
    values |= zip(COUNTED_BEFORE, numbers_of(article, indexed), strict=True)
    for name, field in zip(NAMES, FACET_FIELDS, strict=True):
        names = facet_names(article, field, names_of(article, field))
        if names:
            values[name] = facet_bytes(field, names)
    return values


def numbers_of(article: Article, indexed: datetime) -> tuple[int, ...]:
    """The columns of COUNTED_BEFORE, in its order."""
    timed = 0
    for bit, dated in zip(TIMED_BITS.values(), (article.published, article.updated), strict=True):
        if dated is not None and dated.precision in ("second", "minute"):
            timed |= bit
    published, updated = _date_columns(article.published), _date_columns(article.updated)
    return (*published, *updated, timed, int(indexed.timestamp()), int(article.id, 16))


def _word_postings(article: Article, stemmer: Stemmer) -> tuple[list[Posting], list[Posting], int]:
    mark = mark_of(article.language)
    positions: dict[str, list[int]] = {}
    weights: dict[str, float] = {}
    stem_weights: dict[str, float] = {}
    stem_masks: dict[str, int] = {}
    words = 0
    for bit, field in enumerate(WORD_FIELDS):
        assert field.positions is not None
        base, bound, mask = field.positions.start, len(field.positions), 1 << bit
        last = -1
        for term, position, _start, _stop, kind in tokens(words_of(article, field.name)):
            if position >= bound:
                break
            last = position
            place = base + position
            known = positions.get(term)
            if known is None:
                positions[term] = [place]
                weights[term] = field.weight
            elif known[-1] != place:
                known.append(place)
                weights[term] += field.weight
            if kind == "word":
                for stem in stemmer.stems(term, mark):
                    stem_weights[stem] = stem_weights.get(stem, 0.0) + field.weight
                    stem_masks[stem] = stem_masks.get(stem, 0) | mask
        words += last + 1
    text = [
        (term.encode("utf-8", "surrogatepass"), 0, weights[term], positions_value(places))
        for term, places in positions.items()
    ]
    stems = [
        (stem.encode("utf-8", "surrogatepass"), 0, weight, bytes((stem_masks[stem],)))
        for stem, weight in stem_weights.items()
    ]
    return text, stems, words


def positions_value(places: list[int]) -> bytes:
    """Positions as whoosh.formats.Positions stores them: a count, then a pickled list of deltas."""
    deltas = places[:1]
    deltas += [after - before for before, after in itertools.pairwise(places)]
    return _COUNT.pack(len(deltas)) + dumps(deltas, 2)


def _with_length(postings: list[Posting], length: int) -> list[Posting]:
    """The postings with the article's length on the first: Whoosh's writer adds up their second values."""
    if postings:
        term, _, weight, value = postings[0]
        postings[0] = (term, length, weight, value)
    return postings


def _name_postings(names: Iterable[str]) -> Iterable[Posting]:
    places: dict[str, list[int]] = {}
    base = 0
    for name in names:
        last = base
        for token in tokens(name):
            last = base + token.position
            known = places.setdefault(token.term, [])
            if not known or known[-1] != last:
                known.append(last)
        base = last + VALUE_GAP
    for term, where in places.items():
        yield term.encode("utf-8", "surrogatepass"), len(where), float(len(where)), positions_value(where)


def facet_names(article: Article, field: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """What the column of a "name" field says of an article that has these names: facet_bytes of it."""
    return (article.source_id, article.source) if field == "source" and names else names


def facet_bytes(field: str, names: tuple[str, ...]) -> bytes:
    if field == "language":
        # Readers choose English, not en-GB; the article keeps its full tag.
        names = tuple(name.partition("-")[0].lower() for name in names)
    return SEPARATOR.join(names).encode("utf-8", "surrogatepass")


def _date_columns(dated: Dated | None) -> tuple[int, int, int]:
    """The first and last day and the instant."""
    if dated is None or dated.value is None or (days := dated.days) is None:
        return NO_DAY, NO_DAY, NO_INSTANT
    first_day, last_day = days
    return first_day.toordinal(), last_day.toordinal(), int(dated.value.timestamp())
