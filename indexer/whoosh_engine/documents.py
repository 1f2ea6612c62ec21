"""An article as the values that Whoosh's writer takes: postings, columns and the stored JSON."""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pickle import dumps
from typing import Any

from whoosh.util.numeric import byte_to_length, length_to_byte

from corpus.article import Article, Dated, article_to_dict
from indexer.analysis import tokens
from indexer.fields import NAME_FIELDS, SLOP_MOST, WORD_FIELDS, names_of, words_of
from indexer.stems import Stemmer, mark_of
from indexer.whoosh_engine.schema import NO_DAY, NO_INSTANT, SEPARATOR, TIMED_BITS, Posting

# Between two values of one name field, so that no phrase matches across them.
VALUE_GAP = 2 * SLOP_MOST

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
    values: dict[str, Any] = {
        "stored": json.dumps(article_to_dict(article), ensure_ascii=False, separators=(",", ":")),
        "col_id": int(article.id, 16),
        "col_indexed": int(indexed.timestamp()),
    }
    values |= _date_columns("col_published", "col_first_day", "col_last_day", article.published)
    values |= _date_columns("col_updated", "col_updated_first_day", "col_updated_last_day", article.updated)
    values["col_timed"] = sum(
        bit for bit, dated in zip(TIMED_BITS.values(), (article.published, article.updated), strict=True)
        if dated is not None and dated.precision in ("second", "minute")
    )  # fmt: skip
    for field in NAME_FIELDS:
        if field.facet:
            names = names_of(article, field.name)
            if names:
                values[f"col_{field.name}"] = _column_bytes(article, field.name, names)
    return values


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


def _column_bytes(article: Article, field: str, names: tuple[str, ...]) -> bytes:
    if field == "source":
        names = (article.source_id, article.source)
    elif field == "language":
        # Readers choose English, not en-GB; the article keeps its full tag.
        names = tuple(name.partition("-")[0].lower() for name in names)
    return SEPARATOR.join(names).encode("utf-8", "surrogatepass")


def _date_columns(instant: str, first: str, last: str, dated: Dated | None) -> dict[str, int]:
    if dated is None or dated.value is None or dated.days is None:
        return {instant: NO_INSTANT, first: NO_DAY, last: NO_DAY}
    first_day, last_day = dated.days
    return {
        instant: int(dated.value.timestamp()),
        first: first_day.toordinal(),
        last: last_day.toordinal(),
    }
