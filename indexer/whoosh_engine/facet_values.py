"""The values of one facet over all documents of a generation, by ordinal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.article import slug
from indexer.fields import NONE_VALUE
from indexer.whoosh_engine.counting_kernels import count_values, mark_holders

Mask = NDArray[np.bool_]

# One segment's column of names: the distinct values, each several names, and of each document its place
# among them.
NameColumn = tuple[Sequence[tuple[str, ...]], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Values:
    """Document d has the values ordinals[starts[d]:starts[d + 1]], numbers of `values`; labels by ordinal.

    `rank` is the place of each value among all by label.
    """

    starts: NDArray[np.int32]
    ordinals: NDArray[np.int32]
    values: tuple[str, ...]
    labels: tuple[str, ...]
    rank: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        counts: NDArray[np.int64],
        ordinals: NDArray[np.int64],
        values: Sequence[str],
        labels: Sequence[str],
    ) -> Values:
        """From how many values each document has, and all of them end to end."""
        starts = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=starts[1:])
        rank = np.empty(len(labels), np.int64)
        rank[sorted(range(len(labels)), key=labels.__getitem__)] = np.arange(len(labels))
        return cls(starts, np.ascontiguousarray(ordinals, np.int32), tuple(values), tuple(labels), rank)

    def counted(self, docs: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
        """How many of the documents have each value, and how many have none."""
        counts = np.zeros(len(self.values), np.int64)
        return counts, count_values(docs, self.starts, self.ordinals, counts)

    def most(self, counts: NDArray[np.int64], size: int) -> list[int]:
        """The ordinals counted most, at most `size`, then by label; none counted 0."""
        held = np.flatnonzero(counts)
        # One number to sort by; both parts are below 2 to the 31.
        keys = (-counts[held] << 32) + self.rank[held]
        if 0 < size < len(held):
            chosen = np.argpartition(keys, size - 1)[:size]
            held, keys = held[chosen], keys[chosen]
        ordered: list[int] = held[np.argsort(keys)][:size].tolist()
        return ordered

    def chosen(self, wanted: Iterable[str]) -> NDArray[np.int64]:
        """The ordinals of values given as counted, else as shown, else in any spelling with the same slug."""
        return np.array(sorted({at for name in wanted for at in self.meant_by(name)}), dtype=np.int64)

    def meant_by(self, name: str) -> list[int]:
        """The ordinals of the values that one name means; a value's own name means no other."""
        for known in (self.values, self.labels):
            if name in known:
                return [at for at, each in enumerate(known) if each == name]
        like = slug(name)
        return [at for at, each in enumerate(self.values) if like and slug(each) == like]

    def mask(self, wanted: tuple[str, ...], count: int) -> Mask:
        """The documents that have one of the values; "~none" stands for having none."""
        mask = np.zeros(count, dtype=bool)
        flags = np.zeros(len(self.values), dtype=bool)
        flags[self.chosen(wanted)] = True
        if flags.any():
            mark_holders(self.starts, self.ordinals, flags, mask)
        if NONE_VALUE in wanted:
            mask |= self.starts[1:] == self.starts[:-1]
        return mask


def values_of_names(columns: Sequence[NameColumn]) -> Values:
    """The values of a field, segment after segment; a document may have several."""
    ordinal = _ordinals(name for distinct, _ in columns for names in distinct for name in names)
    counts, ordinals = [], []
    for distinct, places in columns:
        size = np.array([len(names) for names in distinct], np.int64)
        flat = np.array([ordinal[name] for names in distinct for name in names], np.int64)
        starts = np.cumsum(size) - size
        here = size[places]
        # Of each document the stretch of `flat` that its value has.
        before = np.cumsum(here) - here
        counts.append(here)
        ordinals.append(flat[np.arange(int(here.sum())) + np.repeat(starts[places] - before, here)])
    return Values.of(_joined(counts), _joined(ordinals), list(ordinal), list(ordinal))


def values_of_sources(columns: Sequence[NameColumn]) -> Values:
    """The sources, given as (value, label); shown by the label that most documents have, else the first."""
    ordinal = _ordinals(names[0] for distinct, _ in columns for names in distinct if names)
    shown: dict[str, dict[str, tuple[int, int]]] = {}
    counts, ordinals, base = [], [], 0
    for distinct, places in columns:
        number = np.array([ordinal[names[0]] if names else -1 for names in distinct], np.int64)
        uses = np.bincount(places, minlength=len(distinct)).tolist()
        first = np.zeros(len(distinct), np.int64)
        first[places[::-1]] = np.arange(len(places))[::-1]
        for names, count, doc in zip(distinct, uses, first.tolist(), strict=True):
            if names and count:
                more, at = shown.setdefault(names[0], {}).get(names[1], (0, base + doc))
                shown[names[0]][names[1]] = more + count, at
        here = number[places]
        counts.append((here >= 0).astype(np.int64))
        ordinals.append(here[here >= 0])
        base += len(places)
    labels = [
        max(shown[value].items(), key=lambda item: (item[1][0], -item[1][1]))[0] if value in shown else value
        for value in ordinal
    ]
    return Values.of(_joined(counts), _joined(ordinals), list(ordinal), labels)


def _ordinals(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(names)))}


def _joined(arrays: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(arrays) if arrays else np.empty(0, np.int64)
