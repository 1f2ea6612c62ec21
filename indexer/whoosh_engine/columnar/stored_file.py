"""What is stored of each document: rows of bytes, packed by zstandard in blocks of about 8 KB.

    blocks                       zstandard frames, end to end; paged
    dictionary                   what zstandard learned from the first rows; absent in small segments
    ends, firsts                 int64 where each block ends, and its first row; one more at the end
    row ends                     uint32, where each row ends within its block; paged

A row is the document's stored fields as values.encoded writes a dictionary. Where the file's meta names a
`field` (newsdex's own schema stores one, the article's JSON), a row is that field's text alone, or byte 0xff,
which no UTF-8 begins with, and such a dictionary.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Mapping
from typing import Any

import numpy as np
import zstandard

from indexer.whoosh_engine.columnar.files import Folder, SectionFile, SectionWriter, Spool
from indexer.whoosh_engine.columnar.values import decoded, encoded

KIND, EXTENSION = "stored", ".stored"

# 20,000 real articles of 3,150 bytes took, bytes and microseconds to pack each: level 3 with a dictionary in
# blocks of 8 KB 1,105 and 16; without 1,351 and 15, in blocks of 16 KB 1,290 and 13 (level 1: 1,332 and 9;
# level 6: 1,249 and 35). A block unpacks in 15 microseconds, one of 16 KB in 20.
BLOCK_BYTES = 8 << 10
LEVEL = 3
# A dictionary takes 64 KB and 25 ms to learn, and saves some 200 bytes an article.
_LEARNT_BYTES = 64 << 10
_LEARNT_FROM = 500
_FEWEST_ROWS, _AWAITED_ROWS = 1_000, 2_000
# No block is larger by more than its last row; rows beyond this are refused rather than unpacked blindly.
_MOST_BYTES = 1 << 30
_KEPT = 16


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
        # The first rows, from which the dictionary is learnt.
        self._awaiting: list[bytes] = []
        self._blocks = Spool()
        self._ends, self._firsts = [0], [0]
        self._row_ends = array("I")
        self._held: list[bytes] = []
        self._held_bytes = 0

    def add(self, row: bytes) -> None:
        if self._compressor is not None:
            self._put(row)
            return
        self._awaiting.append(row)
        if len(self._awaiting) >= _AWAITED_ROWS:
            self._start()

    def _start(self) -> None:
        rows, self._awaiting = self._awaiting, []
        self._dictionary = _learnt(rows)
        self._compressor = zstandard.ZstdCompressor(
            level=LEVEL, dict_data=self._dictionary, write_checksum=False
        )
        for row in rows:
            self._put(row)

    def _put(self, row: bytes) -> None:
        self._held.append(row)
        self._held_bytes += len(row)
        if self._held_bytes > _MOST_BYTES:
            raise ValueError(f"a document of {len(row):,} bytes is too large to store")
        self._row_ends.append(self._held_bytes)
        if self._held_bytes >= BLOCK_BYTES:
            self._pack()

    def _pack(self) -> None:
        assert self._compressor is not None
        block = self._compressor.compress(b"".join(self._held))
        self._blocks.write(np.frombuffer(block, np.uint8))
        self._ends.append(self._ends[-1] + len(block))
        self._firsts.append(len(self._row_ends))
        self._held.clear()
        self._held_bytes = 0

    def finish(self, file: SectionWriter, field: str | None) -> None:
        if self._compressor is None:
            self._start()
        if self._held:
            self._pack()
        if self._dictionary is not None:
            file.section("dictionary", self._dictionary.as_bytes())
        self._blocks.into(file, "blocks", paged=True)
        file.section("ends", np.array(self._ends, np.int64))
        file.section("firsts", np.array(self._firsts, np.int64))
        file.section("row ends", np.array(self._row_ends, np.uint32), paged=True)
        file.meta["field"] = field


def _learnt(rows: list[bytes]) -> zstandard.ZstdCompressionDict | None:
    if len(rows) < _FEWEST_ROWS:
        return None
    try:
        # Given k and d, zstandard does not try others, which takes four times as long.
        sample: list[Any] = rows[:: max(1, len(rows) // _LEARNT_FROM)]
        learnt = zstandard.train_dictionary(_LEARNT_BYTES, sample, k=1024, d=8)
    except zstandard.ZstdError:
        return None  # too little to learn from
    learnt.precompute_compress(level=LEVEL)
    return learnt


class StoredFile:
    """The rows, open. Safe in threads."""

    def __init__(self, folder: Folder, segment_id: str, count: int):
        self._file = SectionFile(folder, segment_id + EXTENSION, KIND)
        self.field: str | None = self._file.meta.get("field")
        self._blocks = self._file.paged("blocks", np.uint8)
        self._ends = self._file.whole("ends", np.int64)
        self._firsts = self._file.whole("firsts", np.int64)
        self._row_ends = self._file.paged("row ends", np.uint32)
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        if "dictionary" in self._file:
            learnt = self._file.whole("dictionary", np.uint8).tobytes()
            self._dictionary = zstandard.ZstdCompressionDict(learnt)
        self._kept: dict[int, bytes] = {}
        self._thread = threading.local()
        if len(self._ends) != len(self._firsts) or self._firsts[-1] != count:
            raise self._file.damaged(f"rows of {self._firsts[-1:]} documents, not {count}")

    def let_go(self) -> None:
        """See SectionFile.let_go."""
        self._file.let_go()

    def row(self, doc: int) -> bytes:
        """What is stored of a document; IndexError when there is no such document."""
        if not 0 <= doc < int(self._firsts[-1]):
            raise IndexError(f"there is no document {doc}")
        at = int(np.searchsorted(self._firsts, doc, side="right")) - 1
        first = int(self._firsts[at])
        ends = self._row_ends.checked(max(first, doc - 1), doc + 1)
        block = self._block(at)
        start, stop = (int(ends[0]) if doc > first else 0), int(ends[-1])
        if not start <= stop <= len(block):
            raise self._file.damaged(f"document {doc} is not in its block")
        return block[start:stop]

    def text(self, doc: int, field: str) -> str:
        """One stored text of a document; KeyError when it has none of that name."""
        return str(self.fields(doc)[field])

    def fields(self, doc: int) -> dict[str, Any]:
        """The stored fields of a document."""
        row = self.row(doc)
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

    def _block(self, at: int) -> bytes:
        known = self._kept.get(at)
        if known is not None:
            return known
        packed = self._blocks.checked(int(self._ends[at]), int(self._ends[at + 1])).tobytes()
        # A decompressor serves one thread at a time.
        decompressor = getattr(self._thread, "decompressor", None)
        if decompressor is None:
            decompressor = zstandard.ZstdDecompressor(dict_data=self._dictionary)
            self._thread.decompressor = decompressor
        try:
            if not 0 <= zstandard.frame_content_size(packed) <= _MOST_BYTES + BLOCK_BYTES:
                raise zstandard.ZstdError("a block without a size, or too large")
            block: bytes = decompressor.decompress(packed)
        except zstandard.ZstdError as error:
            raise self._file.damaged(f"block {at}: {error}") from error
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[at] = block
        return block
