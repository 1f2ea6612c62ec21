"""What is stored of each document: rows of bytes, each packed by zstandard on its own.

    frames                       zstandard frames, one a row, end to end; an empty row has none; paged
    ends                         int64, where each row's frame ends, after a 0; paged
    dictionary                   what zstandard learned from the first rows; absent in small segments

A row is the document's stored fields as values.encoded writes a dictionary. Where the file's meta names a
`field` (newsdex's own schema stores one, the article's JSON), a row is that field's text alone, or byte 0xff,
which no UTF-8 begins with, and such a dictionary.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import zstandard

from indexer.whoosh_engine.columnar.files import Folder, SectionFile, SectionWriter, Spool
from indexer.whoosh_engine.columnar.values import decoded, encoded

KIND, EXTENSION = "stored", ".stored"

# 20,000 real articles of 3,360 bytes took, bytes and microseconds to pack each and to unpack one: 1,062, 16
# and 4.6 with this dictionary (level 2: 1,146, 13 and 5; level 4: 1,052, 20 and 4.7), 1,118, 16 and 5.4 with
# one of 64 KB. Three to a frame with 64 KB it was 1,112, 17 and 14.
LEVEL = 3
# A dictionary takes 40 ms to learn. Below some 2,000 rows it saves less than it takes.
_LEARNT_BYTES = 256 << 10
_LEARNT_FROM = 700
_AWAITED_ROWS = 2_000
# Rows are packed some at a time: each call gives up the interpreter's lock once.
_PACKED_BYTES = 256 << 10
# Longer rows are refused rather than unpacked blindly.
_MOST_BYTES = 1 << 30


_OTHERWISE = b"\xff"


def packed_row(fields: Mapping[str, Any], field: str | None) -> bytes:
    """The row of a document's stored fields in a file whose meta names `field`."""
    if field is None:
        return encoded(dict(fields)) if fields else b""
    text = fields.get(field)
    if len(fields) == 1 and type(text) is str:
        return text.encode("utf-8", "surrogatepass")
    return _OTHERWISE + encoded(dict(fields))


class StoredWriter:
    """Takes rows in the documents' order; `finish` writes them."""

    def __init__(self) -> None:
        self._compressor: zstandard.ZstdCompressor | None = None
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        # The first rows, from which the dictionary is learnt; then those not packed yet.
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._frames = Spool()
        self._ends = array("q", [0])

    def add(self, row: bytes) -> None:
        if len(row) > _MOST_BYTES:
            raise ValueError(f"a document of {len(row):,} bytes is too large to store")
        self._held.append(row)
        self._held_bytes += len(row)
        if self._compressor is None:
            if len(self._held) >= _AWAITED_ROWS:
                self._start(_learnt(self._held))
                self._pack()
        elif self._held_bytes >= _PACKED_BYTES:
            self._pack()

    def _start(self, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        self._dictionary = dictionary
        self._compressor = zstandard.ZstdCompressor(
            dict_data=dictionary,
            compression_params=zstandard.ZstdCompressionParameters.from_level(
                LEVEL, write_content_size=True, write_checksum=False, write_dict_id=False
            ),
        )

    def _pack(self) -> None:
        assert self._compressor is not None
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
        if self._dictionary is not None:
            file.section("dictionary", self._dictionary.as_bytes())
        self._frames.into(file, "frames", paged=True)
        file.section("ends", np.frombuffer(self._ends, np.int64), paged=True)
        file.meta["field"] = field


def _learnt(rows: list[bytes]) -> zstandard.ZstdCompressionDict | None:
    try:
        # Given k and d, zstandard does not try others, which takes four times as long.
        sample: list[Any] = rows[:: max(1, len(rows) // _LEARNT_FROM)]
        learnt = zstandard.train_dictionary(_LEARNT_BYTES, sample, k=512, d=8)
    except zstandard.ZstdError:
        return None  # too little to learn from
    learnt.precompute_compress(level=LEVEL)
    return learnt


class StoredFile:
    """The rows, open. Safe in threads."""

    def __init__(self, folder: Folder, segment_id: str, count: int):
        self._file = SectionFile(folder, segment_id + EXTENSION, KIND)
        self.field: str | None = self._file.meta.get("field")
        self._frames = self._file.paged("frames", np.uint8)
        self._ends = self._file.paged("ends", np.int64)
        self._count = count
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        if "dictionary" in self._file:
            learnt = self._file.whole("dictionary", np.uint8).tobytes()
            self._dictionary = zstandard.ZstdCompressionDict(learnt)
        self._thread = threading.local()
        if len(self._ends.array) != count + 1:
            raise self._file.damaged(f"rows of {len(self._ends.array) - 1} documents, not {count}")

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        self._file.let_go()

    def row(self, doc: int) -> bytes:
        """What is stored of a document; IndexError when there is no such document."""
        if not 0 <= doc < self._count:
            raise IndexError(f"there is no document {doc}")
        start, stop = self._ends.checked(doc, doc + 2).tolist()
        if start == stop:
            return b""
        frame = self._frames.checked(start, stop).tobytes()
        # A decompressor serves one thread at a time.
        decompressor = getattr(self._thread, "decompressor", None)
        if decompressor is None:
            decompressor = zstandard.ZstdDecompressor(dict_data=self._dictionary)
            self._thread.decompressor = decompressor
        try:
            if not 0 <= zstandard.frame_content_size(frame) <= _MOST_BYTES:
                raise zstandard.ZstdError("a row without a size, or too large")
            row: bytes = decompressor.decompress(frame)
        except zstandard.ZstdError as error:
            raise self._file.damaged(f"document {doc}: {error}") from error
        return row

    def text(self, doc: int, field: str) -> bytes:
        """One stored text of a document, as UTF-8; KeyError when it has none of that name."""
        row = self.row(doc)
        if field == self.field and row[:1] != _OTHERWISE:
            return row
        return str(self._fields(doc, row)[field]).encode("utf-8", "surrogatepass")

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
