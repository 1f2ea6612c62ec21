"""Byte strings by number, in order of first meeting: one hash table over one row of bytes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import names_kernels as kernels
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.columnar.growing import grown

_FIRST_SLOTS = 1 << 12


class Names:
    """Distinct byte strings, without zero bytes and newlines; some 40 bytes each.

    `slots`, `arena` and `starts` are what names_kernels work on, `count` how many names there are.

    >>> names = Names()
    >>> names.numbers(["sank", "ferry", "sank"]).tolist(), list(names.strings.take(names.order()))
    ([0, 1, 0], [b'ferry', b'sank'])
    """

    def __init__(self) -> None:
        self.count = 0
        self.slots = np.zeros(_FIRST_SLOTS, np.uint64)
        self.arena = np.zeros(8 * _FIRST_SLOTS, np.uint8)
        self.starts = np.zeros(_FIRST_SLOTS, np.int64)

    def __len__(self) -> int:
        return self.count

    @property
    def nbytes(self) -> int:
        return self.slots.nbytes + self.arena.nbytes + self.starts.nbytes

    def make_room(self, names: int, size: int) -> None:
        """Room for so many more names of so many bytes together."""
        count = self.count + names
        if 2 * count > len(self.slots):
            slots = len(self.slots)
            while slots < 2 * count:
                slots *= 2
            self.slots = np.zeros(slots, np.uint64)
            kernels.enter_names(self.arena, self.starts, self.count, self.slots)
        if count + 1 > len(self.starts):
            self.starts = grown(self.starts, count + 1)
        end = int(self.starts[self.count]) + size
        if end > len(self.arena):
            self.arena = grown(self.arena, end)

    def numbers(self, names: Sequence[str]) -> NDArray[np.int32]:
        """The number of each name; new ones are entered."""
        if not names:
            return np.empty(0, np.int32)
        data = np.frombuffer(("\n".join(names) + "\n").encode("utf-8", "surrogatepass"), np.uint8)
        self.make_room(len(names), len(data))
        numbers = np.empty(len(names), np.int32)
        self.count = kernels.number_lines(data, self.slots, self.arena, self.starts, self.count, numbers)
        return numbers

    def order(self) -> NDArray[np.int64]:
        """All numbers in the order of their bytes.

        By eight bytes at a time, the later ones only where the earlier agree.
        """
        arena, starts = self.arena, self.starts
        order, places, chosen = (np.arange(self.count) for _ in range(3))
        # `places` in the order hold `chosen` names that are alike so far, in groups.
        groups = np.zeros(self.count, np.int64)
        depth = 0
        while len(places):
            keys = np.empty(len(chosen), np.uint64)
            kernels.eight_bytes(arena, starts, chosen, depth, keys)
            by_key = np.lexsort((keys, groups)) if depth else np.argsort(keys)
            chosen, keys, groups = chosen[by_key], keys[by_key], groups[by_key]
            order[places] = chosen
            begins = np.append(True, (keys[1:] != keys[:-1]) | (groups[1:] != groups[:-1]))
            alike = ~begins | np.append(~begins[1:], False)
            depth += 8
            places, chosen, groups = places[alike], chosen[alike], np.cumsum(begins)[alike]
        return order

    @property
    def strings(self) -> Strings:
        """The names by number; good until the next one is entered."""
        starts = self.starts[: self.count + 1]
        return Strings(self.arena[: starts[-1]], starts)
