"""The order of results: sort keys, ties, and the cursor that goes on after a hit.

Every order ends with the article's id, so that it is total and the same after a rebuild. Undated articles
come last in the date orders, either way.
"""

from __future__ import annotations

import base64
import json

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer.errors import CursorInvalid
from indexer.query import Query, Sort
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columns import LAST_KEY, Columns
from indexer.whoosh_engine.counting_kernels import INSERTED_MOST, first_by_key, first_places
from indexer.whoosh_engine.matches import Matches


def sort_keys(
    sort: Sort, docs: NDArray[np.int64], scores: NDArray[np.float64] | None, columns: Columns
) -> NDArray[np.float64 | np.int64]:
    """A number for each document; lower comes first. Only relevance needs the scores."""
    if sort == "relevance":
        assert scores is not None
        # Scores that differ only by rounding are level.
        return -scores.astype(np.float32).astype(np.float64)
    return columns.keys(sort)[docs]


def first_by_column(sort: Sort, found: Matches, columns: Columns, most: int) -> NDArray[np.int64]:
    """Those of the matches that are among the `most` first ones by a sort other than relevance; or all."""
    if not 0 < most <= INSERTED_MOST or most >= len(found):
        return found.docs
    keys, ids = columns.keys(sort), read_only(columns.ids)
    first, held = np.empty(most, np.int64), 0
    for base, matched in found.parts:
        held = first_by_key(matched.bits, base, keys, ids, first, held)
    return first


def first_in_order(
    keys: NDArray[np.float64 | np.int64], docs: NDArray[np.int64], columns: Columns, start: int, stop: int
) -> NDArray[np.int64]:
    """The places [start, stop) of the whole order by (key, id), without sorting all of it."""
    stop = min(stop, len(keys))
    if start >= stop:
        return np.empty(0, np.int64)
    if stop <= INSERTED_MOST:
        places = np.empty(stop, np.int64)
        first_places(keys, docs, columns.ids, places)
        return places[start:]
    if stop < len(keys):
        bound = np.partition(keys, stop - 1)[stop - 1]
        among = np.flatnonzero(keys <= bound)
    else:
        among = np.arange(len(keys))
    order = np.lexsort((columns.ids[docs[among]], keys[among]))
    return among[order[start:stop]]


def after(
    cursor: str, sort: Sort, keys: NDArray[np.float64 | np.int64], ids: NDArray[np.uint64]
) -> tuple[NDArray[np.bool_], int, int]:
    """What comes after a cursor, how many results were before, and the generation it was made in."""
    try:
        made_for, key, last_id, before, generation = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        number = int(last_id, 16)
        kinds = type(key) in (int, float) and type(before) is int and type(generation) is int
    except (ValueError, TypeError, RecursionError) as error:
        raise CursorInvalid from error
    # What fits no column was not made here either: infinities, negative counts, ids of more than 64 bits.
    if not (kinds and made_for == sort and abs(key) <= LAST_KEY and before >= 0 and 0 <= number < 2**64):
        raise CursorInvalid
    following = (keys > key) | ((keys == key) & (ids > np.uint64(number)))
    return following, before, generation


def cursor_after(sort: Sort, key: float | int, article_id: int, shown: int, generation: int) -> str:
    """The cursor that goes on after an article; `shown` is how many results came up to it."""
    values = [sort, key, f"{article_id:016x}", shown, generation]
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode()


def sort_of(query: Query, ranked: bool) -> Sort:
    """The sort used: what was asked for, else relevance where there are words to rank by, else newest."""
    return query.sort or ("relevance" if ranked else "newest")
