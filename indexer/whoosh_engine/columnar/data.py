"""A segment in memory: for each field its sorted terms and their postings, and what is kept by document.

Documents are numbered from 0 in the order they were added. All arrays are contiguous and only read once
made; they may be memory-mapped.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.fields import NAME_FIELDS
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.merge_kernels import gather
from indexer.whoosh_engine.schema import NAMES, NUMBERS

# Fields of exact terms with positions: headline, byline, summary and body in one, and each "name" field.
PLACED = ("text", *(field.name for field in NAME_FIELDS))
# All searched fields, in the order in which Whoosh writes them.
INVERTED = tuple(sorted(("id", "stems", *PLACED)))


@dataclass(frozen=True, slots=True)
class Strings:
    """Byte strings end to end: string i is blob[offsets[i]:offsets[i + 1]].

    `blob` is uint8, `offsets` int64 of one more than there are strings, starting at 0. Text is UTF-8 with
    lone surrogates passed (as Whoosh's own terms are).

    >>> list(Strings.of([b"ferry", b"", b"sank"]))
    [b'ferry', b'', b'sank']
    """

    blob: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, strings: Iterable[bytes]) -> Strings:
        held = list(strings)
        offsets = np.zeros(len(held) + 1, np.int64)
        np.cumsum([len(each) for each in held], out=offsets[1:])
        return cls(np.frombuffer(b"".join(held), np.uint8), offsets)

    @classmethod
    def end_to_end(cls, parts: Sequence[Strings]) -> Strings:
        """The strings of all parts."""
        bases = np.cumsum([0, *(len(part.blob) for part in parts)])
        moved = [part.offsets[1:] + base for part, base in zip(parts, bases, strict=False)]
        return cls(
            np.concatenate([np.empty(0, np.uint8), *(part.blob for part in parts)]),
            np.concatenate([np.zeros(1, np.int64), *moved]),
        )

    def slice(self, first: int, last: int) -> Strings:
        """The strings first:last; their bytes are shared."""
        offsets = self.offsets[first : last + 1]
        return Strings(self.blob[offsets[0] : offsets[-1]], offsets - offsets[0])

    def take(self, chosen: NDArray[np.int64]) -> Strings:
        """The strings at those places, in that order."""
        offsets = np.zeros(len(chosen) + 1, np.int64)
        np.cumsum(np.diff(self.offsets)[chosen], out=offsets[1:])
        blob = np.empty(int(offsets[-1]), np.uint8)
        gather(read_only(self.blob), read_only(self.offsets), read_only(chosen), blob, offsets)
        return Strings(blob, offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, at: int) -> bytes:
        return self.blob[self.offsets[at] : self.offsets[at + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        whole, bounds = self.blob.tobytes(), self.offsets.tolist()
        return (whole[start:stop] for start, stop in itertools.pairwise(bounds))


@dataclass(frozen=True, slots=True)
class StringColumn:
    """Document d has the value values[ordinals[d]]; values are distinct and in order.

    >>> column = StringColumn.of([b"sank", b"ferry", b"sank"])
    >>> list(column), column.ordinals.tolist()
    ([b'sank', b'ferry', b'sank'], [1, 0, 1])
    """

    values: Strings
    ordinals: NDArray[Any]

    @classmethod
    def of(cls, held: Iterable[bytes]) -> StringColumn:
        held = list(held)
        return cls.placed(held, np.arange(len(held)))

    @classmethod
    def placed(cls, values: Sequence[bytes], places: NDArray[Any]) -> StringColumn:
        """Document d has values[places[d]]; these may be in any order and the same, but none is left over."""
        distinct = sorted(set(values))
        ranks = {value: rank for rank, value in enumerate(distinct)}
        ordinals = np.array([ranks[value] for value in values], np.int32)
        return cls(Strings.of(distinct), ordinals[places])

    def __iter__(self) -> Iterator[bytes]:
        values = list(self.values)
        return (values[ordinal] for ordinal in self.ordinals.tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPostings:
    """One field: its terms in order of their bytes, and of each the documents that hold it.

    Term i has the postings offsets[i]:offsets[i + 1]; none has an empty list. Posting p says document
    `docs[p]` (int32, ascending within a term, each once) with `weights[p]` (float32). What else a posting
    holds depends on the field:

        text, names   the word positions positions[position_offsets[p]:position_offsets[p + 1]], int32,
                      ascending, at least one; the weight is the sum of the field weights of the positions
        stems         `masks[p]`, uint8: in which "words" fields it stands, a bit each in WORD_FIELDS' order;
                      the weight is the sum of the field weights of its occurrences
        id            nothing more; the weight is 1

    Weights are small whole numbers as long as those in fields.FIELDS are.
    """

    terms: Strings
    offsets: NDArray[np.int64]
    docs: NDArray[np.int32]
    weights: NDArray[np.float32]
    masks: NDArray[np.uint8] | None = None
    position_offsets: NDArray[np.int64] | None = None
    positions: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentData:
    """One segment.

    `fields` has every name of INVERTED, with empty arrays where no document holds anything. `lengths`
    (int32) are the articles' words as `documents.stored_length` rounds them, the length that `text` and
    `stems` share. `numbers` holds the columns of schema.NUMBERS in their types, `names` those of
    schema.NAMES (b"" where the article has none), `stored` the articles' JSON.
    """

    count: int
    fields: Mapping[str, FieldPostings]
    lengths: NDArray[np.int32]
    numbers: Mapping[str, NDArray[Any]]
    names: Mapping[str, StringColumn]
    stored: Strings


def number_columns(values: Iterable[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    """The columns of schema.NUMBERS of documents given as `documents.document_of` describes them."""
    held = list(values)
    return {
        name: np.array([each.get(name, default) for each in held], dtype=np.dtype(code))
        for name, (code, default) in NUMBERS.items()
    }


def name_columns(values: Iterable[Mapping[str, Any]]) -> dict[str, StringColumn]:
    """The columns of schema.NAMES of such documents."""
    held = list(values)
    return {name: StringColumn.of(each.get(name, b"") for each in held) for name in NAMES}
