"""What is stored of each document: rows of bytes, each packed by zstandard on its own.

    frames                       zstandard frames, one a row, end to end; an empty row has none; paged
    ends                         int64, where each row's frame ends, after a 0; paged
    dictionary <n>               what zstandard learned from some rows; small segments have none

The file's meta says under `runs` from which row on which dictionary serves, -1 for none: a merge copies
frames as they are, with what they were packed with.

A row is the document's stored fields as values.encoded writes a dictionary. Where the file's meta names a
`field` (newsdex's own schema stores one, the article's JSON), a row is that field's text alone, or byte 0xff,
which no UTF-8 begins with, and such a dictionary.
"""

from __future__ import annotations

import bisect
import threading
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.columnar.files import Folder, SectionFile, SectionWriter, Spool
from indexer.whoosh_engine.columnar.packing import AWAITED_ROWS, Packing
from indexer.whoosh_engine.columnar.values import decoded, encoded

KIND, EXTENSION = "stored", ".stored"

# 20,000 real articles of 3,360 bytes took, bytes and microseconds to pack each and to unpack one: 1,062, 16
# and 4.6 with this dictionary (level 2: 1,146, 13 and 5; level 4: 1,052, 20 and 4.7), 1,118, 16 and 5.4 with
# one of 64 KB. Three to a frame with 64 KB it was 1,112, 17 and 14.
LEVEL = 3
# Dictionaries in one file. Rows packed with a further one are packed anew.
_DICTIONARIES_MOST = 16
# Rows are packed some at a time: each call gives up the interpreter's lock once.
_PACKED_BYTES = 256 << 10
# Longer rows are refused rather than unpacked blindly.
_MOST_BYTES = 1 << 30


_OTHERWISE = b"\xff"
# No dictionary.
_NONE = -1


def packed_row(fields: Mapping[str, Any], field: str | None) -> bytes:
    """The row of a document's stored fields in a file whose meta names `field`."""
    if field is None:
        return encoded(dict(fields)) if fields else b""
    text = fields.get(field)
    if len(fields) == 1 and type(text) is str:
        return text.encode("utf-8", "surrogatepass")
    return _OTHERWISE + encoded(dict(fields))


class StoredWriter:
    """Takes rows in the documents' order; `finish` writes them.

    `packing` has the dictionary, or learns it of the first rows; `folder` is where there is room for what
    waits to be written, by default the system's place for it.
    """

    def __init__(self, packing: Packing | None = None, folder: Path | None = None) -> None:
        self._packing = packing or Packing()
        self._compressor: zstandard.ZstdCompressor | None = None
        self._dictionaries: list[bytes] = []
        self._own = _NONE
        self._runs: list[tuple[int, int]] = []
        # The first rows, from which the dictionary is learnt; then those not packed yet.
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._frames = Spool(folder)
        self._ends = array("q", [0])
        if self._packing.dictionary is not None:
            self._start(self._packing.dictionary)

    def add(self, row: bytes) -> None:
        if len(row) > _MOST_BYTES:
            raise ValueError(f"a document of {len(row):,} bytes is too large to store")
        self._held.append(row)
        self._held_bytes += len(row)
        if self._compressor is None:
            if len(self._held) >= AWAITED_ROWS:
                self._start(self._packing.learn(self._held))
                self._pack()
        elif self._held_bytes >= _PACKED_BYTES:
            self._pack()

    def add_frames(self, frames: Strings, dictionary: bytes) -> None:
        """Take rows that were packed with a dictionary; an empty frame is an empty row."""
        if self._compressor is None:
            self._start(dictionary)
        self._pack()
        if dictionary not in self._dictionaries:
            if len(self._dictionaries) >= _DICTIONARIES_MOST:
                decompressor = _decompressor(dictionary)
                for frame in frames:
                    self.add(_unpacked(decompressor, frame))
                return
            self._dictionaries.append(dictionary)
        self._run(self._dictionaries.index(dictionary))
        self._frames.write(frames.blob)
        self._ends.frombytes((frames.offsets[1:] + self._ends[-1]).tobytes())

    def _start(self, dictionary: bytes | None) -> None:
        learnt = None
        if dictionary is not None:
            learnt = zstandard.ZstdCompressionDict(dictionary)
            learnt.precompute_compress(level=LEVEL)
            self._own = len(self._dictionaries)
            self._dictionaries.append(dictionary)
        self._compressor = zstandard.ZstdCompressor(
            dict_data=learnt,
            compression_params=zstandard.ZstdCompressionParameters.from_level(
                LEVEL, write_content_size=True, write_checksum=False, write_dict_id=False
            ),
        )

    def _run(self, dictionary: int) -> None:
        """The rows from here on are packed with it."""
        if not self._runs or self._runs[-1][1] != dictionary:
            self._runs.append((len(self._ends) - 1, dictionary))

    def _pack(self) -> None:
        if not self._held:
            return
        assert self._compressor is not None
        self._run(self._own)
        rows: list[Any] = [row for row in self._held if row]
        packed = self._compressor.multi_compress_to_buffer(rows, threads=1) if rows else ()
        frames: Iterator[Any] = iter(packed)
        for row in self._held:
            end = self._ends[-1]
            if row:
                frame = next(frames)
                self._frames.write(np.frombuffer(frame, np.uint8))
                end += len(frame)
            self._ends.append(end)
        self._held.clear()
        self._held_bytes = 0

    def finish(self, file: SectionWriter, field: str | None) -> None:
        if self._compressor is None:
            self._start(None)
        self._pack()
        for number, dictionary in enumerate(self._dictionaries):
            file.section(f"dictionary {number}", dictionary)
        self._frames.into(file, "frames", paged=True)
        file.section("ends", np.frombuffer(self._ends, np.int64), paged=True)
        file.meta.update(field=field, runs=self._runs)


def _decompressor(dictionary: bytes | None) -> zstandard.ZstdDecompressor:
    learnt = None if dictionary is None else zstandard.ZstdCompressionDict(dictionary)
    return zstandard.ZstdDecompressor(dict_data=learnt)


def _unpacked(decompressor: zstandard.ZstdDecompressor, frame: bytes | memoryview) -> bytes:
    """The row of a frame; ZstdError when it is none."""
    if not frame:
        return b""
    if not 0 <= zstandard.frame_content_size(frame) <= _MOST_BYTES:
        raise zstandard.ZstdError("a row without a size, or too large")
    return decompressor.decompress(frame)


class StoredFile:
    """The rows, open. Safe in threads."""

    def __init__(self, folder: Folder, segment_id: str, count: int):
        self._file = SectionFile(folder, segment_id + EXTENSION, KIND)
        self.field: str | None = self._file.meta.get("field")
        self._frames = self._file.paged("frames", np.uint8)
        self._ends = self._file.paged("ends", np.int64)
        self._count = count
        self._runs = self._read_runs()
        self._firsts = [first for first, _ in self._runs]
        self._thread = threading.local()
        if len(self._ends.array) != count + 1:
            raise self._file.damaged(f"rows of {len(self._ends.array) - 1} documents, not {count}")

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        self._file.let_go()

    def row(self, doc: int) -> bytes:
        """What is stored of a document; IndexError when there is no such document."""
        return self.rows((doc,))[0]

    def rows(self, docs: Sequence[int]) -> list[bytes]:
        """As row, of each of some documents in any order."""
        ends, frames = self._ends, self._frames
        rows = []
        for doc in docs:
            if not 0 <= doc < self._count:
                raise IndexError(f"there is no document {doc}")
            ends.check(doc, doc + 2)
            start, stop = ends.items[doc], ends.items[doc + 1]
            frames.check(start, stop)
            try:
                decompressor = self._decompressor(self._packed_with(doc)[1])
                rows.append(_unpacked(decompressor, frames.items[start:stop]))
            except zstandard.ZstdError as error:
                raise self._file.damaged(f"document {doc}: {error}") from error
        return rows

    def copy(self, docs: NDArray[np.int64], writer: StoredWriter) -> None:
        """Add the rows of some documents, ascending, to a file being written; packed as they are."""
        while len(docs):
            last, number = self._packed_with(int(docs[0]))
            count = int(np.searchsorted(docs, last))
            self._copy(docs[:count], number, writer)
            docs = docs[count:]

    def _copy(self, docs: NDArray[np.int64], number: int, writer: StoredWriter) -> None:
        if number == _NONE:
            for doc in docs.tolist():
                writer.add(self.row(doc))
            return
        first, stop = int(docs[0]), int(docs[-1]) + 1
        ends = self._ends.checked(first, stop + 1)
        if (np.diff(ends) < 0).any():
            raise self._file.damaged(f"documents {first}:{stop} are not one behind the other")
        frames = Strings(self._frames.checked(int(ends[0]), int(ends[-1])), ends - ends[0])
        try:
            writer.add_frames(
                frames if len(docs) == stop - first else frames.take(docs - first), self._dictionary(number)
            )
        except zstandard.ZstdError as error:
            raise self._file.damaged(f"documents {first}:{stop}: {error}") from error

    def _read_runs(self) -> list[tuple[int, int]]:
        """The first row and the dictionary of each run of rows."""
        try:
            runs = [(int(first), int(number)) for first, number in self._file.meta["runs"]]
        except (KeyError, TypeError, ValueError) as error:
            raise self._file.damaged(f"runs: {error!r}") from error
        if (self._count and (not runs or runs[0][0])) or runs != sorted(runs):
            raise self._file.damaged("its runs of rows do not fit together")
        return runs

    def _packed_with(self, doc: int) -> tuple[int, int]:
        """Where the run of a document's row ends, and its dictionary."""
        at = bisect.bisect_right(self._firsts, doc)
        return self._firsts[at] if at < len(self._firsts) else self._count, self._runs[at - 1][1]

    def _dictionary(self, number: int) -> bytes:
        return self._file.whole(f"dictionary {number}", np.uint8).tobytes()

    def _decompressor(self, number: int) -> zstandard.ZstdDecompressor:
        """One of this thread's own: it serves one at a time."""
        known: dict[int, zstandard.ZstdDecompressor] | None = getattr(self._thread, "decompressors", None)
        if known is None:
            known = self._thread.decompressors = {}
        if number not in known:
            known[number] = _decompressor(None if number == _NONE else self._dictionary(number))
        return known[number]

    def text(self, doc: int, field: str) -> bytes:
        """One stored text of a document, as UTF-8; KeyError when it has none of that name."""
        return self.texts((doc,), field)[0]

    def texts(self, docs: Sequence[int], field: str) -> list[bytes]:
        """As text, of each of some documents in any order."""
        rows = self.rows(docs)
        own = field == self.field
        for at, row in enumerate(rows):
            if not own or row[:1] == _OTHERWISE:
                rows[at] = str(self._fields(docs[at], row)[field]).encode("utf-8", "surrogatepass")
        return rows

    def fields(self, doc: int) -> dict[str, Any]:
        """The stored fields of a document."""
        return self._fields(doc, self.row(doc))

    def _fields(self, doc: int, row: bytes) -> dict[str, Any]:
        try:
            if self.field is None:
                fields = decoded(row) if row else {}
            elif row[:1] == _OTHERWISE:
                fields = decoded(row[1:])
            else:
                return {self.field: row.decode("utf-8", "surrogatepass")}
            if not isinstance(fields, dict):
                raise ValueError(f"a {type(fields).__name__}, not a dictionary")
        except (ValueError, TypeError, ArithmeticError) as error:
            raise self._file.damaged(f"document {doc}: {error}") from error
        return fields
