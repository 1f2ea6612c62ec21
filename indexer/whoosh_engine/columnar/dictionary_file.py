"""The terms of a segment, in order, and where the lists of each begin.

    entries                          blocks of 64 terms, front coded (terms_kernels); paged
    ends                             int64, where each block of entries ends
    firsts, first ends               the first term of each block, end to end

and as meta, for each field: its number of terms, its first block, and how its postings are to be read
(FieldLayout). A look-up is a binary search over `firsts`, then one block is decoded.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import terms_kernels as kernels
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.columnar.files import Folder, SectionFile, SectionWriter, Spool
from indexer.whoosh_engine.columnar.terms_kernels import ENTRIES, STARTS

KIND = "terms"
EXTENSION = ".terms"

_KEPT_BLOCKS = 512
_NO_TERMS = Strings.of(())
_NO_LISTS = np.empty((0, 5), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLayout:
    """How a field's postings are written.

    `gap`, `common`: see postings_kernels. `places`: one of terms_kernels.NO_PLACES, POSITIONS, VALUES;
    `low` and `pivot` fold positions (positions_kernels). `values` says what Whoosh keeps with a posting:
    "none", "frequency" (the weight, four bytes), "mask", "positions" or "bytes" (whatever its format wrote).
    `unplaced` is how many blocks of fields without positions come before this field's. `average` is the
    length of a document that blocks are bounded for (postings_kernels.put_terms).
    """

    values: str = "none"
    gap: int = 1
    common: int = -1
    places: int = kernels.NO_PLACES
    low: int = 0
    pivot: int = 0
    unplaced: int = 0
    average: float = 0.0


class Entry(NamedTuple):
    """Where a term's lists are: words and bytes in the postings file, the same in the positions file.

    `first_block` is its first block among those of all terms, `long` its place among the terms that have
    blocks.
    """

    frequency: int
    words: int
    word_count: int
    bytes: int
    byte_count: int
    first_block: int
    long: int
    place_words: int
    place_word_count: int
    place_bytes: int
    place_byte_count: int


class DictionaryWriter:
    """Writes the entries of field after field, terms in order, into a file that is being written."""

    def __init__(self, file: SectionWriter):
        self._file = file
        self._entries = Spool(file.folder)
        self._starts = np.zeros(STARTS, np.int64)
        self._ends: list[NDArray[np.int64]] = []
        self._firsts: list[Strings] = []
        self._blocks = 0
        self._fields: dict[str, dict[str, Any]] = {}
        self._field: dict[str, Any] = {}
        self._size = 0
        # Terms that do not fill a block yet.
        self._terms = _NO_TERMS
        self._lists = _NO_LISTS

    def start_field(self, name: str, layout: FieldLayout) -> None:
        """ValueError when the name does not come after those before it."""
        if self._fields and name <= next(reversed(self._fields)):
            raise ValueError(f"the field {name} after {next(reversed(self._fields))}")
        self._flush(len(self._terms))
        self._field = {"terms": 0, "first_block": self._blocks, **asdict(layout)}
        self._fields[name] = self._field

    def add(self, terms: Strings, lists: NDArray[np.int64]) -> None:
        """Further terms of the field that was started last; `lists` as for terms_kernels.put_entries."""
        self._terms = Strings.end_to_end((self._terms, terms))
        self._lists = np.concatenate((self._lists, lists))
        self._field["terms"] += len(terms)
        self._flush(len(self._terms) // ENTRIES * ENTRIES)

    def _flush(self, count: int) -> None:
        """Write the first so many of the terms held."""
        if not count:
            return
        terms = self._terms.slice(0, count)
        blocks = -(-count // ENTRIES)
        data = np.empty(
            len(terms.blob) + count * kernels.ENTRY_BYTES + blocks * kernels.BLOCK_BYTES, np.uint8
        )
        ends = np.empty(blocks, np.int64)
        size = kernels.put_entries(
            read_only(terms.blob), read_only(terms.offsets), np.ascontiguousarray(self._lists[:count]),
            self._field["places"], self._starts, data, ends,
        )  # fmt: skip
        self._entries.write(data[:size])
        self._ends.append(ends + self._size)
        self._size += size
        self._firsts.append(terms.take(np.arange(0, count, ENTRIES)))
        self._blocks += blocks
        self._terms, self._lists = self._terms.slice(count, len(self._terms)), self._lists[count:]

    def finish(self) -> None:
        self._flush(len(self._terms))
        self._entries.into(self._file, "entries", paged=True)
        self._file.section("ends", np.concatenate(self._ends) if self._ends else np.empty(0, np.int64))
        firsts = Strings.end_to_end(self._firsts)
        self._file.section("firsts", firsts.blob)
        self._file.section("first ends", firsts.offsets)
        self._file.meta["fields"] = self._fields


class Dictionary:
    """The dictionary file, open."""

    def __init__(self, folder: Folder, segment_id: str):
        file = SectionFile(folder, segment_id + EXTENSION, KIND)
        blocks = _Blocks(file)
        try:
            self.fields = {
                name: FieldTerms(blocks, name, dict(described))
                for name, described in file.meta["fields"].items()
            }
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise file.damaged(f"fields: {error!r}") from error
        if sum(-(-len(field) // ENTRIES) for field in self.fields.values()) != len(blocks):
            raise file.damaged("its blocks of terms do not fit together")
        self._file = file

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        self._file.let_go()


class _Blocks:
    """The blocks of terms of all fields.

    Apart from Dictionary, so that the fields do not refer back to what holds them: the file is let go of with
    the last reader, and not only when Python has looked for cycles.
    """

    def __init__(self, file: SectionFile):
        self._entries = file.paged("entries", np.uint8)
        self._ends = file.whole("ends", np.int64)
        firsts = Strings(file.whole("firsts", np.uint8), file.whole("first ends", np.int64))
        self._kept: dict[int, _Block] = {}
        bounds = firsts.offsets
        sound = len(self._ends) == len(bounds) - 1 and bounds[-1] == len(firsts.blob)
        if not sound or bounds[0] or (np.diff(bounds) < 0).any():
            raise file.damaged("its blocks of terms do not fit together")
        # Python's own bisect over Python's own strings: 3 microseconds a look-up instead of 27 through numpy.
        self._firsts = list(firsts)

    def __len__(self) -> int:
        return len(self._ends)

    def block_of(self, term: bytes, low: int, high: int) -> int:
        """The last of the blocks low:high whose first term is not after `term`; low when there is none."""
        return max(low, bisect.bisect_right(self._firsts, term, low, high) - 1)

    def block(self, at: int, count: int, places: int) -> _Block:
        """Block `at`, which holds `count` terms."""
        known = self._kept.get(at)
        if known is None:
            known = self._decoded(at, count, places)
            if len(self._kept) >= _KEPT_BLOCKS:
                self._kept.clear()
            self._kept[at] = known
        return known

    def all_entries(
        self, first: int, stop: int, count: int, places: int
    ) -> tuple[Strings, NDArray[np.int64]]:
        """The terms and columns of the blocks first:stop, which hold `count` terms; none are kept."""
        start = int(self._ends[first - 1]) if first else 0
        ends = self._ends[first:stop] - start
        data = self._entries.checked(start, start + int(ends[-1]) if len(ends) else start)
        table = np.empty((count, kernels.COLUMNS), np.int64)
        offsets = np.zeros(count + 1, np.int64)
        blob = np.empty(8 * count, np.uint8)
        state = np.zeros(2, np.int64)
        while lacking := int(kernels.get_blocks(data, ends, places, blob, offsets, table, state)):
            if lacking < 0:
                raise self._entries.damaged(f"the blocks {first}:{stop} are no blocks of terms")
            blob = np.append(blob, np.empty(len(blob) // 2 + lacking, np.uint8))
        return Strings(blob[: state[1]], offsets), table

    def _decoded(self, at: int, count: int, places: int) -> _Block:
        start = int(self._ends[at - 1]) if at else 0
        data = self._entries.checked(start, int(self._ends[at]))
        table = np.empty((count, kernels.COLUMNS), np.int64)
        offsets = np.empty(count + 1, np.int64)
        room = 16 * count
        while True:
            blob = np.empty(room, np.uint8)
            size = int(kernels.get_entries(data, places, blob, offsets, table))
            # Each term is at most as long as all that was written for those before it and itself.
            if size < 0 or size > count * len(data):
                raise self._entries.damaged(f"block {at} is no block of terms")
            if size <= room:
                return _Block(list(Strings(blob[:size], offsets)), table)
            room = size


class _Block(NamedTuple):
    terms: list[bytes]
    table: NDArray[np.int64]


class FieldTerms:
    """The terms of one field, counted from 0 in order of their bytes."""

    def __init__(self, blocks: _Blocks, name: str, described: dict[str, Any]):
        self.name = name
        self._blocks = blocks
        self._count = int(described.pop("terms"))
        self._first = int(described.pop("first_block"))
        self._stop = self._first + -(-self._count // ENTRIES)
        self.layout = FieldLayout(**described)

    def __len__(self) -> int:
        return self._count

    def find(self, term: bytes) -> Entry | None:
        """The entry of a term, None when the field has no such term."""
        at, exact = self.rank(term)
        return self.entry(at) if exact else None

    def rank(self, term: bytes) -> tuple[int, bool]:
        """The place of the first term that is not before `term`, and whether it is that term."""
        if not self._count:
            return 0, False
        block = self._blocks.block_of(term, self._first, self._stop)
        held = self._block(block)
        at = bisect.bisect_left(held.terms, term)
        exact = at < len(held.terms) and held.terms[at] == term
        return (block - self._first) * ENTRIES + at, exact

    def term(self, at: int) -> bytes:
        return self._block(self._first + at // ENTRIES).terms[at % ENTRIES]

    def entry(self, at: int) -> Entry:
        return Entry(*self._block(self._first + at // ENTRIES).table[at % ENTRIES].tolist())

    def terms(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The terms start:stop."""
        for block, low, high in self._spans(start, stop):
            yield from block.terms[low:high]

    def frequencies(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[bytes, int]]:
        """The terms start:stop with their document frequencies."""
        for block, low, high in self._spans(start, stop):
            yield from zip(
                block.terms[low:high], block.table[low:high, kernels.FREQUENCY].tolist(), strict=True
            )

    def strings(self, start: int = 0, stop: int | None = None) -> Strings:
        """The terms start:stop end to end."""
        return self.entries(start, stop)[0]

    def table(self, start: int = 0, stop: int | None = None) -> NDArray[np.int64]:
        """The entries of the terms start:stop, one a row in the columns of terms_kernels."""
        return self.entries(start, stop)[1]

    def entries(self, start: int = 0, stop: int | None = None) -> tuple[Strings, NDArray[np.int64]]:
        """Both of them."""
        stop = self._count if stop is None else stop
        first, last = start // ENTRIES, -(-stop // ENTRIES)
        before = first * ENTRIES
        count = min(last * ENTRIES, self._count) - before
        terms, table = self._blocks.all_entries(
            self._first + first, self._first + last, count, self.layout.places
        )
        return terms.slice(start - before, stop - before), table[start - before : stop - before]

    def starting_with(self, prefix: bytes) -> tuple[int, int]:
        """The places start:stop of the terms that begin with `prefix`."""
        following = prefix.rstrip(b"\xff")
        start = self.rank(prefix)[0]
        if not following:
            return start, self._count
        return start, self.rank(following[:-1] + bytes([following[-1] + 1]))[0]

    def _spans(self, start: int, stop: int | None) -> Iterator[tuple[_Block, int, int]]:
        stop = self._count if stop is None else stop
        while start < stop:
            high = min(ENTRIES, stop - start // ENTRIES * ENTRIES)
            yield self._block(self._first + start // ENTRIES), start % ENTRIES, high
            start = (start // ENTRIES + 1) * ENTRIES

    def _block(self, at: int) -> _Block:
        count = min(ENTRIES, self._count - (at - self._first) * ENTRIES)
        return self._blocks.block(at, count, self.layout.places)
