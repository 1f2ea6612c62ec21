"""Which documents hold words side by side or near one another: word positions, of few documents each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.doc_set import Bits, Docs, bits_of, no_bits
from indexer.whoosh_engine.segment import Places
from indexer.whoosh_engine.set_kernels import NEAR, PERHAPS, near_places
from indexer.whoosh_engine.windows import any_window


class Bearings(NamedTuple):
    """What says where the slots of a plan stand, in one segment of `documents`."""

    slots: Sequence[tuple[str, ...]]
    places: Callable[[Sequence[str], Docs], Places]
    followed: Callable[[Sequence[str], Docs, Places, int, bool], tuple[NDArray[np.int64], Places]]
    frequency: Callable[[Sequence[str]], int]
    documents: int


def in_order(bearings: Bearings, among: Docs) -> Bits:
    """The documents in which the slots stand side by side; `among` are those that hold all of them."""
    # Rare words first: what they leave is all that the positions of common ones are read of.
    filled = [at for at, terms in enumerate(bearings.slots) if terms]
    filled.sort(key=lambda at: bearings.frequency(bearings.slots[at]))
    first = filled[0]
    if not len(among):
        return no_bits(bearings.documents)
    reached = bearings.places(bearings.slots[first], among)
    for at in filled[1:]:
        kept, reached = bearings.followed(bearings.slots[at], among, reached, at - first, at == filled[-1])
        among = among[kept]
    return bits_of(among, bearings.documents)


def within(bearings: Bearings, among: Docs, slop: int) -> Bits:
    """The documents in which the slots stand close together; `among` are those that hold all of them."""
    places = [bearings.places(terms, among) for terms in bearings.slots]
    before = np.cumsum([0, *(len(each.positions) for each in places)])
    offsets = np.stack([each.offsets + start for each, start in zip(places, before, strict=False)])
    positions = np.concatenate([each.positions for each in places])
    told = near_places(offsets, positions, len(places) + slop)
    for doc in np.flatnonzero(told == PERHAPS).tolist():
        held = [positions[low:high].tolist() for low, high in offsets[:, doc : doc + 2].tolist()]
        told[doc] = NEAR if any_window(held, slop) else 0
    return bits_of(among[told == NEAR], bearings.documents)
