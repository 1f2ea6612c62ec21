"""Columns: one value for each document.

    lengths <n>          uint8, the documents' lengths in a field as Whoosh's 256 codes; fields share them
    number <name>        numbers in as few bytes as they need: 0 for the column's default, else one more than
                         the distance to the least value; as they are where that takes more than 4 bytes
    string <name> ...    the distinct byte strings in order ("values", "ends"), and each document's place
                         among them ("ordinals")
    other <name>         what a column of Whoosh's that is neither wrote

Each is checked as a whole when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.data import StringColumn as StringColumn
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.columnar.files import Folder, SectionFile, SectionWriter

KIND, EXTENSION = "columns", ".columns"

_UNSIGNED = ("<u1", "<u2", "<u4")


class ColumnsWriter:
    """Writes columns into a file; every column of the same `count` of documents."""

    def __init__(self, file: SectionWriter, count: int):
        self._file = file
        self._lengths: dict[bytes, str] = {}
        self._meta: dict[str, dict[str, Any]] = {"lengths": {}, "numbers": {}, "strings": {}, "others": {}}
        file.meta.update(self._meta, count=count)

    def lengths(self, field: str, codes: NDArray[np.uint8], total: int) -> None:
        """The lengths of all documents in a field, and the sum of the exact ones."""
        held = codes.tobytes()
        section = self._lengths.get(held)
        if section is None:
            section = self._lengths[held] = f"lengths {len(self._lengths)}"
            self._file.section(section, codes)
        self._meta["lengths"][field] = {"section": section, "total": total}

    def numbers(self, name: str, values: NDArray[Any], default: int | float) -> None:
        packed, described = _packed(values, default)
        self._meta["numbers"][name] = {"type": values.dtype.str, "default": default, **described}
        self._file.section(f"number {name}", packed)

    def strings(self, name: str, column: StringColumn) -> None:
        width = _width(len(column.values))
        self._meta["strings"][name] = {"type": width}
        self._file.section(f"string {name} values", column.values.blob)
        self._file.section(f"string {name} ends", column.values.offsets)
        self._file.section(f"string {name} ordinals", column.ordinals.astype(width))

    def other(self, name: str, data: bytes) -> None:
        self._meta["others"][name] = {}
        self._file.section(f"other {name}", data)


def _packed(values: NDArray[Any], default: int | float) -> tuple[NDArray[Any], dict[str, Any]]:
    if values.dtype.kind not in "iu":
        return values, {"packed": None, "least": 0}
    stated = values[values != default]
    if not len(stated):
        return np.empty(0, np.uint8), {"packed": "", "least": 0}
    least, most = int(stated.min()), int(stated.max())
    if most - least + 2 > 1 << 32:
        return values, {"packed": None, "least": 0}
    width = _width(most - least + 2)
    # Wraps around in 64 bits, and so comes out right for any type.
    codes = (values.astype(np.uint64) - np.uint64(least % (1 << 64))) + np.uint64(1)
    codes[values == default] = 0
    return codes.astype(width), {"packed": width, "least": least}


def _width(count: int) -> str:
    """The smallest type that holds the numbers below `count`."""
    return next(each for each in _UNSIGNED if count <= 1 << (8 * int(each[2])))


class ColumnsFile:
    """The columns, open."""

    def __init__(self, folder: Folder, segment_id: str, count: int):
        self._file = SectionFile(folder, segment_id + EXTENSION, KIND)
        self.shown = self._file.shown
        meta = self._file.meta
        # Whoosh may open postings of which it was not told the documents.
        self._count = count or int(meta["count"])
        if meta["count"] != self._count:
            raise self._file.damaged(f"columns of {meta['count']} documents, not {count}")
        self._numbers: dict[str, NDArray[Any]] = {}
        self._strings: dict[str, StringColumn] = {}

    def let_go(self) -> None:
        """Forget the columns that were read so far; see SectionFile.let_go."""
        self._numbers.clear()
        self._strings.clear()
        self._file.let_go()

    def __contains__(self, name: str) -> bool:
        meta = self._file.meta
        return any(name in meta[kind] for kind in ("numbers", "strings", "others"))

    @property
    def lengths(self) -> Mapping[str, Any]:
        """The fields that have lengths."""
        lengths: Mapping[str, Any] = self._file.meta["lengths"]
        return lengths

    def length_codes(self, field: str) -> NDArray[np.uint8] | None:
        """The documents' lengths in a field as Whoosh's codes; None where the field has none."""
        described = self.lengths.get(field)
        if described is None:
            return None
        return self._sized(self._file.whole(described["section"], np.uint8), field)

    def total_length(self, field: str) -> int:
        return int(self.lengths[field]["total"]) if field in self.lengths else 0

    def is_numbers(self, name: str) -> bool:
        return name in self._file.meta["numbers"]

    def is_strings(self, name: str) -> bool:
        return name in self._file.meta["strings"]

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of numbers, in the type it was given in."""
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = self._unpacked(name)
        return known

    def _unpacked(self, name: str) -> NDArray[Any]:
        described = self._file.meta["numbers"][name]
        dtype = np.dtype(described["type"])
        packed = described["packed"]
        if packed == "":
            return np.full(self._count, described["default"], dtype)
        held = self._sized(self._file.whole(f"number {name}", packed or dtype), name)
        if packed is None:
            return held
        values = held.astype(np.uint64) + np.uint64((described["least"] - 1) % (1 << 64))
        unpacked = values.astype(dtype)
        unpacked[held == 0] = described["default"]
        return unpacked

    def strings(self, name: str) -> StringColumn:
        known = self._strings.get(name)
        if known is None:
            known = self._strings[name] = self._read_strings(name)
        return known

    def _read_strings(self, name: str) -> StringColumn:
        ordinals = self._file.whole(f"string {name} ordinals", self._file.meta["strings"][name]["type"])
        values = self._file.whole(f"string {name} values", np.uint8)
        ends = self._file.whole(f"string {name} ends", np.int64)
        sound = len(ends) and ends[0] == 0 and ends[-1] == len(values) and (np.diff(ends) >= 0).all()
        if not sound or (len(ordinals) and int(ordinals.max()) >= len(ends) - 1):
            raise self._file.damaged(f"the values of {name} do not fit together")
        return StringColumn(Strings(values, ends), self._sized(ordinals, name))

    def other(self, name: str) -> bytes:
        return self._file.whole(f"other {name}", np.uint8).tobytes()

    def _sized(self, array: NDArray[Any], name: str) -> NDArray[Any]:
        if len(array) != self._count:
            raise self._file.damaged(f"{name} has {len(array)} values for {self._count} documents")
        return array
