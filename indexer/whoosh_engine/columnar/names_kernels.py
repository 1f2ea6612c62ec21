"""The compiled loops of byte strings by number: found or entered by a hash table, and cut for sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import bare_inlined, bare_kernel

Array = NDArray[Any]

# As in kernels.py.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_LOW = np.uint64(0xFFFFFFFF)
_SEPARATOR = 10


@bare_inlined
def hash_of(data: Array, at: int, stop: int) -> np.uint64:
    """The hash of the bytes data[at:stop]: multiplicative, as in kernels.py."""
    mixed = _GOLDEN
    for place in range(at, stop):
        mixed = (mixed ^ np.uint64(data[place])) * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _GOLDEN
    return mixed ^ (mixed >> np.uint64(29))


@bare_inlined
def _is_name(data: Array, at: int, stop: int, arena: Array, start: int, end: int) -> bool:
    if end - start != stop - at:
        return False
    while at < stop and data[at] == arena[start]:
        at += 1
        start += 1
    return bool(at == stop)


@bare_inlined
def number_of(data: Array, at: int, stop: int, slots: Array, arena: Array, starts: Array, known: int) -> int:
    """The number of the bytes data[at:stop], which is `known` when they were entered just now.

    Names are arena[starts[i]:starts[i + 1]]; `slots` are those of kernels.py. There must be room for one
    more in all three.
    """
    mixed = hash_of(data, at, stop)
    mask = np.uint64(len(slots) - 1)
    place = mixed & mask
    while True:
        slot = slots[place]
        if slot == 0:
            break
        if slot >> np.uint64(32) == mixed >> np.uint64(32):
            number = int(slot & _LOW) - 1
            if _is_name(data, at, stop, arena, starts[number], starts[number + 1]):
                return number
        place = (place + np.uint64(1)) & mask
    slots[place] = (mixed & ~_LOW) | np.uint64(known + 1)
    end = starts[known]
    for offset in range(stop - at):
        arena[end + offset] = data[at + offset]
    starts[known + 1] = end + stop - at
    return known


@bare_kernel
def number_lines(data: Array, slots: Array, arena: Array, starts: Array, known: int, numbers: Array) -> int:
    """The numbers of names that stand in `data` with a newline behind each; how many are known then."""
    at, count = 0, 0
    for place in range(len(data)):
        if data[place] == _SEPARATOR:
            number = number_of(data, at, place, slots, arena, starts, known)
            known = max(known, number + 1)
            numbers[count] = number
            count += 1
            at = place + 1
    return known


@bare_kernel
def enter_names(arena: Array, starts: Array, known: int, slots: Array) -> None:
    """Enter the known names into empty slots, after these have grown."""
    mask = np.uint64(len(slots) - 1)
    for number in range(known):
        mixed = hash_of(arena, starts[number], starts[number + 1])
        place = mixed & mask
        while slots[place] != 0:
            place = (place + np.uint64(1)) & mask
        slots[place] = (mixed & ~_LOW) | np.uint64(number + 1)


@bare_kernel
def eight_bytes(arena: Array, starts: Array, chosen: Array, depth: int, keys: Array) -> None:
    """The eight bytes from `depth` on of each chosen name as a number that sorts as they do; zeros behind."""
    for i in range(len(chosen)):
        at, stop = starts[chosen[i]] + depth, starts[chosen[i] + 1]
        key = np.uint64(0)
        for place in range(at, at + 8):
            key <<= np.uint64(8)
            if place < stop:
                key |= np.uint64(arena[place])
        keys[i] = key
