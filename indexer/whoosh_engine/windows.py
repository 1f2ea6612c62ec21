"""NEAR over word positions: which places of several slots lie close enough together."""

from __future__ import annotations

from collections.abc import Sequence


def windows(places: Sequence[Sequence[int]], slop: int) -> list[tuple[int, int]]:
    """Every (first, last) range of places in which all slots find places of their own.

    `places` has the ascending word positions of each slot. A range begins at a place of some slot and is
    as long as the slots and `slop` further places; each slot takes a place that no other takes.

    >>> windows([[1, 9], [3]], slop=1), windows([[5], [5]], slop=3)
    ([(1, 3)], [])
    """
    width = len(places) + slop
    starts = sorted({place for each in places for place in each})
    found = []
    for start in starts:
        inside = [[place for place in each if start <= place < start + width] for each in places]
        if all(inside) and any(here[0] == start for here in inside) and _all_placed(inside):
            found.append((start, max(place for here in inside for place in here)))
    return found


def any_window(places: Sequence[Sequence[int]], slop: int) -> bool:
    """Whether there is a window at all."""
    return bool(windows(places, slop))


def _all_placed(inside: Sequence[Sequence[int]]) -> bool:
    """Whether every slot can have a place of its own (Kuhn's augmenting paths for bipartite matching)."""
    taken: dict[int, int] = {}

    def place_for(slot: int, tried: set[int]) -> bool:
        for place in inside[slot]:
            if place not in tried:
                tried.add(place)
                if place not in taken or place_for(taken[place], tried):
                    taken[place] = slot
                    return True
        return False

    return all(place_for(slot, set()) for slot in range(len(inside)))
