"""Boxes around files: gzip, bzip2, xz, zstd and zip, opened in memory and as a stream.

Nothing is written to disk under a member's name; names only label. What is packed far tighter than text
can be (a bomb), encrypted, broken off or nested too deep is reported, and the rest goes on.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

import zstandard

from corpus.errors import UnreadableSource
from corpus.source import Source, printable

DEPTH_MOST = 4
MEMBERS_MOST = 200_000
# Deflate and zstd make news text 3 to 15 times smaller, a feed fetched hourly perhaps 100 times. A stream
# is refused when it has given FREE_BYTES and is still larger than this many times what it was read from.
RATIO_MOST = 200
FREE_BYTES = 64 * 2**20
# One byte of zstd can stand for 32 KiB, so what is handed to the decompressor bounds what comes out.
_CHUNK = 8 * 2**10

_NO_BOX = {
    b"[Content_Types].xml": "an Office document; save it as text or HTML",
    b"mimetypeapplication/vnd.oasis": "an OpenDocument file; save it as text or HTML",
    b"mimetypeapplication/epub+zip": "an EPUB book; save it as text or HTML",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A compression format: the bytes it begins with, the suffixes it adds, its decompressor."""

    name: str
    magic: bytes
    suffixes: tuple[str, ...]
    decompressor: Callable[[], Any]


BOXES = (
    Box("gzip", b"\x1f\x8b\x08", (".gz", ".gzip"), partial(zlib.decompressobj, wbits=31)),
    Box(
        "zstd",
        b"\x28\xb5\x2f\xfd",
        (".zst", ".zstd"),
        lambda: zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj(),
    ),
    Box("bzip2", b"BZh", (".bz2",), bz2.BZ2Decompressor),
    Box("xz", b"\xfd7zXZ\x00", (".xz",), lambda: lzma.LZMADecompressor(memlimit=2**28)),
)
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError, zipfile.BadZipFile)


def unpack(source: Source, depth: int = 0) -> Iterator[Source | UnreadableSource]:
    """The files in the source: itself when it is no box, else its members, boxes among them opened too.

    Members are to be read while the iteration stands at them. A member that cannot be read comes as an
    UnreadableSource, as does what a zip cannot hand out.
    """
    try:
        head = source.head(64)
    except UnreadableSource as error:
        yield error
        return
    box = next((box for box in BOXES if head.startswith(box.magic)), None)
    if box is None and not head.startswith(_ZIP_MAGIC):
        yield source
    elif (what := next((what for mark, what in _NO_BOX.items() if mark in head), "")) and box is None:
        yield UnreadableSource(source.uri, what)
    elif depth == DEPTH_MOST:
        yield UnreadableSource(source.uri, f"boxes nested more than {DEPTH_MOST} deep")
    elif box is not None:
        yield from unpack(_content(source, box), depth + 1)
    else:
        yield from _members(source, depth)


def _content(source: Source, box: Box) -> Source:
    name = source.name
    suffix = next((suffix for suffix in box.suffixes if name.lower().endswith(suffix)), "")
    if name.lower().endswith(".tgz"):
        name, suffix = name[:-4] + ".tar", ""
    label = name[: -len(suffix)] if suffix and len(suffix) < len(name) else name
    return _member(source, label, lambda: io.BufferedReader(_Unpacked(source, box), 2**20))


def _member(source: Source, label: str, opener: Callable[[], BinaryIO]) -> Source:
    return replace(
        source,
        uri=f"{source.uri}!{label}",
        relative=f"{source.relative}!{label}",
        path=None,
        media_type="",
        opener=opener,
        _notes={},
    )


class _Unpacked(io.RawIOBase):
    """The bytes in a compressed stream, all its frames one after the other.

    Raises UnreadableSource where the stream is damaged, breaks off, or unpacks like a bomb.
    """

    def __init__(self, source: Source, box: Box):
        self._source, self._box = source, box
        self._packed = source.open()
        self._decompressor: Any = None
        self._ready = memoryview(b"")
        self._rest = b""
        self._taken = self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            try:
                block = self._next()
            except _BROKEN as error:
                raise self._fault(f"damaged {self._box.name} data: {error}") from error
            if block is None:
                return 0
            self._ready = memoryview(block)
            self._given += len(block)
            if self._given > FREE_BYTES and self._given > RATIO_MOST * self._taken:
                raise self._fault(f"unpacks to more than {RATIO_MOST} times its size, as only a bomb does")
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _next(self) -> bytes | None:
        """The next unpacked bytes (there may be none yet), or None at the end."""
        packed = self._rest or self._packed.read(_CHUNK)
        if not self._rest:
            self._taken += len(packed)
        self._rest = b""
        if self._decompressor is None:
            # Padding with zero bytes after a frame is what tape and block devices leave.
            packed = packed.lstrip(b"\0") if self._given else packed
            if not packed:
                more = self._packed.peek(1) if isinstance(self._packed, io.BufferedReader) else b""
                return b"" if more else None
            self._decompressor = self._box.decompressor()
        elif not packed:
            raise self._fault(f"the {self._box.name} data breaks off; what stands before was read")
        block: bytes = self._decompressor.decompress(packed)
        if self._decompressor.eof:
            self._rest = self._decompressor.unused_data
            self._decompressor = None
        return block

    def _fault(self, reason: str) -> UnreadableSource:
        return UnreadableSource(self._source.uri, reason)

    def close(self) -> None:
        self._packed.close()
        super().close()


class _Checked(io.RawIOBase):
    """A member of a zip, its faults told as UnreadableSource and its size held against what was packed."""

    def __init__(self, uri: str, stream: Any, packed: int):
        self._uri, self._stream, self._packed, self._given = uri, stream, packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            block = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise UnreadableSource(self._uri, f"damaged zip data: {error}") from error
        self._given += len(block)
        if self._given > FREE_BYTES and self._given > RATIO_MOST * self._packed:
            raise UnreadableSource(
                self._uri, f"unpacks to more than {RATIO_MOST} times its size, as only a bomb does"
            )
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _members(source: Source, depth: int) -> Iterator[Source | UnreadableSource]:
    try:
        stream = source.open() if source.path else io.BytesIO(source.bytes())
        archive = zipfile.ZipFile(stream)
    except UnreadableSource as error:
        yield error
        return
    except (*_BROKEN, NotImplementedError) as error:
        yield UnreadableSource(source.uri, f"a damaged zip: {error}")
        return
    with stream, archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        size = stream.seek(0, io.SEEK_END)
        if fault := _bomb(members, size):
            yield UnreadableSource(source.uri, fault)
            return
        for member in sorted(members, key=lambda member: member.filename):
            label = printable(member.filename.replace("\\", "/")).strip("/") or "unnamed"
            if any(part.startswith(".") and part != ".." for part in label.split("/")) or label.startswith(
                "__MACOSX/"
            ):
                continue
            if member.flag_bits & 1:
                yield UnreadableSource(f"{source.uri}!{label}", "encrypted; unpack it yourself first")
                continue
            inner = _member(source, label, partial(_open_member, archive, member, f"{source.uri}!{label}"))
            yield from unpack(inner, depth + 1)


def _bomb(members: list[zipfile.ZipInfo], size: int) -> str:
    """Why the members cannot be an honest zip's; "" when they can."""
    if len(members) > MEMBERS_MOST:
        return f"holds {len(members):,} members, more than {MEMBERS_MOST:,}; split it"
    if sum(member.compress_size for member in members) > size:
        return "its members overlap, as only a bomb's do"
    unpacked = sum(member.file_size for member in members)
    if unpacked > FREE_BYTES and unpacked > RATIO_MOST * size:
        return f"unpacks to more than {RATIO_MOST} times its size, as only a bomb does"
    return ""


def _open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, uri: str) -> BinaryIO:
    try:
        stream = archive.open(member)
    except (*_BROKEN, NotImplementedError, RuntimeError) as error:
        raise UnreadableSource(uri, f"cannot be unpacked: {error}") from error
    return io.BufferedReader(_Checked(uri, stream, max(member.compress_size, 1)), 2**18)
