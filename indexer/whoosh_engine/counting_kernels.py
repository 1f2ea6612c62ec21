"""Compiled loops over the matched documents of a search: counts, bounds and the first few in order.

`docs` are int64 documents of the generation; columns are indexed by them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.bits import WORD, ones
from indexer.whoosh_engine.columnar.compiled import bare_kernel

Array = NDArray[Any]

INSERTED_MOST = 100
"""Up to so many first ones are kept in order while all are looked at; for more, all are parted."""


@bare_kernel
def count_values(docs: Array, starts: Array, ordinals: Array, counts: Array) -> int:
    """Add to `counts` int64[values] how many documents have each value; how many have none.

    Document d has the values ordinals[starts[d]:starts[d + 1]].
    """
    without = 0
    for at in range(len(docs)):
        first, stop = starts[docs[at]], starts[docs[at] + 1]
        if first == stop:
            without += 1
        for place in range(first, stop):
            counts[ordinals[place]] += 1
    return without


@bare_kernel
def mark_holders(starts: Array, ordinals: Array, wanted: Array, mask: Array) -> None:
    """Make `mask` bool[documents] true where a document has a value that is true in `wanted`."""
    for doc in range(len(mask)):
        for place in range(starts[doc], starts[doc + 1]):
            if wanted[ordinals[place]]:
                mask[doc] = True


@bare_kernel
def count_periods(docs: Array, periods: Array, start: int, counts: Array) -> None:
    """Add to `counts` how many documents fall in each period from `start` on; others are left out."""
    for at in range(len(docs)):
        period = periods[docs[at]] - start
        if 0 <= period < len(counts):
            counts[period] += 1


@bare_kernel
def span_of(docs: Array, column: Array, none: int) -> Any:
    """The least and the largest value other than `none`, and how many documents have one."""
    least, most, count = 0, 0, 0
    for at in range(len(docs)):
        value = column[docs[at]]
        if value != none:
            if count == 0 or value < least:
                least = value
            if count == 0 or value > most:
                most = value
            count += 1
    return least, most, count


@bare_kernel
def ends_of(docs: Array, column: Array, none: int, ids: Array) -> Any:
    """The documents of the least and of the largest value other than `none`, of those level that with the
    lower id; -1 when there is none."""
    first, last = -1, -1
    for at in range(len(docs)):
        doc = docs[at]
        value = column[doc]
        if value == none:
            continue
        if first < 0:
            first, last = doc, doc
            continue
        if value < column[first] or (value == column[first] and ids[doc] < ids[first]):
            first = doc
        if value > column[last] or (value == column[last] and ids[doc] < ids[last]):
            last = doc
    return first, last


@bare_kernel
def least_of_best(scores: Array, best: Array) -> Any:
    """The least of the highest scores, as many as `best` float32 has room for; taken as float32.

    There must be as many. By insertion, as first_places.
    """
    held = 0
    for at in range(len(scores)):
        level = np.float32(scores[at])
        if held == len(best):
            if level <= best[held - 1]:
                continue
            held -= 1
        place = held
        while place > 0 and level > best[place - 1]:
            best[place] = best[place - 1]
            place -= 1
        best[place] = level
        held += 1
    return best[held - 1]


@bare_kernel
def first_by_key(bits: Array, base: int, keys: Array, ids: Array, first: Array, held: int) -> int:
    """Put into `first` int64[k], in order, the k first documents by (key, id); how many it holds then.

    first[:held] are known already. Added are those of a set (columnar/bits.py), whose document d has the
    number base + d in the generation. By insertion, as first_places; from the last word on, since archives
    grow at their newer end.
    """
    for back in range(len(bits)):
        at = len(bits) - 1 - back
        word = bits[at]
        while word:
            doc = base + at * WORD + ones(~word & (word - np.uint64(1)))
            word &= word - np.uint64(1)
            key = keys[doc]
            if held == len(first):
                worst = first[held - 1]
                if key > keys[worst] or (key == keys[worst] and ids[doc] > ids[worst]):
                    continue
                held -= 1
            place = held
            while place > 0:
                before = first[place - 1]
                if key > keys[before] or (key == keys[before] and ids[doc] > ids[before]):
                    break
                first[place] = before
                place -= 1
            first[place] = doc
            held += 1
    return held


@bare_kernel
def mark_days(
    first_days: Array,
    last_days: Array,
    instants: Array,
    first_day: int,
    last_day: int,
    first_second: int,
    last_second: int,
    mask: Array,
) -> None:
    """Make `mask` bool[documents] tell which have days and an instant within the bounds.

    Of a document dated to a month the days are its first and last.
    """
    for doc in range(len(mask)):
        mask[doc] = (
            (last_days[doc] >= first_day)
            & (first_days[doc] <= last_day)
            & (instants[doc] >= first_second)
            & (instants[doc] <= last_second)
        )


@bare_kernel
def first_places(keys: Array, docs: Array, ids: Array, places: Array) -> int:
    """Fill `places` int64[k] with where the k lowest by (key, id) stand, in that order; how many there are.

    By insertion: most documents are not among the k and cost one comparison.
    """
    held = 0
    for at in range(len(keys)):
        if held == len(places):
            worst = places[held - 1]
            if keys[at] > keys[worst] or (keys[at] == keys[worst] and ids[docs[at]] > ids[docs[worst]]):
                continue
            held -= 1
        place = held
        while place > 0 and (
            keys[at] < keys[places[place - 1]]
            or (keys[at] == keys[places[place - 1]] and ids[docs[at]] < ids[docs[places[place - 1]]])
        ):
            places[place] = places[place - 1]
            place -= 1
        places[place] = at
        held += 1
    return held
