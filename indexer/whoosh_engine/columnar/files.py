"""One frame for all files of a segment: named sections, and a checksum for every byte that is read.

    magic, kind                      "newsdex\\0", then what the file holds, for people with a hex viewer
    sections                         each from a multiple of eight bytes on
    contents                         JSON: {"kind", "meta", "sections": {name: [start, length, crc32, paged]}}
    foot                             where the contents are, their crc32, LAYOUT, magic

A section is either checked as a whole when it is first asked for, or *paged*: a table of the crc32 of each
8 KB page stands behind it (as section "<name> pages", itself checked as a whole), and a page is checked the
first time something in it is read. So a file opens in the time that its contents take, a look-up in gigabytes
costs a few pages, and nothing that was altered is believed: it is IndexDamaged with the file's name. Padding
is not checked, for nothing reads it.

A page costs 2-4 microseconds to check, its entry 0.05 % of the file.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged

MAGIC = b"newsdex\0"
LAYOUT = 1
"""Of every file here; raised when any changes its meaning."""
PAGE = 8192

_FOOT = struct.Struct("<QQII8s")
_SPOOL_MEMORY = 8 << 20
_COPY = 1 << 20


class Folder(Protocol):
    """Where the files of segments are."""

    def create(self, name: str) -> BinaryIO: ...

    def open(self, name: str) -> mmap.mmap | bytes:
        """The file's bytes; FileNotFoundError when there is none."""
        ...

    def shown(self, name: str) -> str:
        """The file as errors name it."""
        ...


class DiskFolder:
    """A folder of the file system: files are memory-mapped, and synced to disk when written."""

    def __init__(self, path: Path | str):
        self.path = Path(path)

    def create(self, name: str) -> BinaryIO:
        return open(self.path / name, "wb")

    def open(self, name: str) -> mmap.mmap | bytes:
        with open(self.path / name, "rb") as file:
            if not os.fstat(file.fileno()).st_size:
                return b""  # which mmap refuses
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def shown(self, name: str) -> str:
        return str(self.path / name)


class SectionWriter:
    """A file being written. Sections one after the other; `meta` is put down at the end.

    `folder` is the one of the file system that it lies in, None where it lies elsewhere.
    """

    def __init__(self, handle: BinaryIO, kind: str, folder: Path | None = None):
        self.folder = folder
        self._handle = handle
        self._kind = kind
        self._sections: dict[str, tuple[int, int, int, bool]] = {}
        self._at = 0
        self.meta: dict[str, Any] = {}
        self._put(MAGIC + kind.encode("ascii").ljust(8))

    def section(self, name: str, data: Any, *, paged: bool = False) -> None:
        """A section from an array or bytes at once."""
        with self.growing(name, paged=paged) as part:
            part.write(data)

    @contextmanager
    def growing(self, name: str, *, paged: bool = False) -> Iterator[GrowingSection]:
        """A section written piece by piece."""
        self._put(bytes(-self._at % 8))
        start = self._at
        part = GrowingSection(self._put, paged)
        yield part
        pages = part.finish()
        self._sections[name] = (start, self._at - start, part.checksum, paged)
        if paged:
            self.section(f"{name} pages", pages)

    def finish(self) -> None:
        contents = json.dumps(
            {"kind": self._kind, "meta": self.meta, "sections": self._sections}, separators=(",", ":")
        ).encode("utf-8")
        start = self._at
        self._put(contents)
        self._put(_FOOT.pack(start, len(contents), zlib.crc32(contents), LAYOUT, MAGIC))

    def _put(self, data: Any) -> None:
        self._handle.write(data)
        self._at += len(data)


class GrowingSection:
    """What SectionWriter.growing yields."""

    def __init__(self, put: Any, paged: bool):
        self._put = put
        self._paged = paged
        self._pages: list[int] = []
        self._held = b""
        self.checksum = 0

    def write(self, data: Any) -> None:
        view = _bytes_of(data)
        if not len(view):
            return
        self._put(view)
        if not self._paged:
            self.checksum = zlib.crc32(view, self.checksum)
            return
        if self._held:
            missing = PAGE - len(self._held)
            self._held += bytes(view[:missing])
            view = view[missing:]
            if len(self._held) < PAGE:
                return
            self._pages.append(zlib.crc32(self._held))
        whole = len(view) // PAGE * PAGE
        self._pages.extend(zlib.crc32(view[at : at + PAGE]) for at in range(0, whole, PAGE))
        self._held = bytes(view[whole:])

    def finish(self) -> NDArray[np.uint32]:
        if self._held:
            self._pages.append(zlib.crc32(self._held))
        return np.array(self._pages, "<u4")


def _bytes_of(data: Any) -> memoryview:
    """An array, or whatever holds bytes, as bytes."""
    if isinstance(data, np.ndarray):
        data = np.ascontiguousarray(data).view(np.uint8).data if data.size else b""
    return memoryview(data)


class Spool:
    """Bytes of a section whose turn in the file comes later; in memory, beyond 8 MB in a temporary file.

    It has no name, so nothing is left of it. For a million articles such files are gigabytes, for which there
    is room in the index's `folder`; the system's for temporary files is often memory.
    """

    def __init__(self, folder: Path | None) -> None:
        where = None if folder is None else str(folder)
        self._file = tempfile.SpooledTemporaryFile(_SPOOL_MEMORY, dir=where)  # noqa: SIM115

    def write(self, data: NDArray[Any]) -> None:
        self._file.write(_bytes_of(data))

    def into(self, writer: SectionWriter, name: str, *, paged: bool) -> None:
        self._file.seek(0)
        with writer.growing(name, paged=paged) as part:
            while piece := self._file.read(_COPY):
                part.write(piece)
        self._file.close()


class Abreast:
    """Paged sections of a file that grow at once: the first in the file, the others in spools."""

    def __init__(self, file: SectionWriter, first: str, *others: str):
        self._file = file
        self._growing = ExitStack()
        self._parts: dict[str, GrowingSection | Spool] = {
            first: self._growing.enter_context(file.growing(first, paged=True))
        }
        self._parts.update((name, Spool(file.folder)) for name in others)

    def write(self, name: str, data: NDArray[Any]) -> None:
        self._parts[name].write(data)

    def finish(self) -> None:
        self._growing.close()
        for name, part in self._parts.items():
            if isinstance(part, Spool):
                part.into(self._file, name, paged=True)


@contextmanager
def writing(folder: Folder, name: str, kind: str) -> Iterator[SectionWriter]:
    """A file of that kind, whole and on disk when the block is left without an error."""
    handle = folder.create(name)
    try:
        writer = SectionWriter(handle, kind, folder.path if isinstance(folder, DiskFolder) else None)
        yield writer
        writer.finish()
        if isinstance(folder, DiskFolder):
            handle.flush()
            os.fsync(handle.fileno())
    finally:
        handle.close()


class Pages:
    """A paged section as an array. `checked(start, stop)` before anything is read from it."""

    def __init__(self, array: NDArray[Any], checksums: NDArray[np.uint32], shown: str, name: str):
        self.array = array
        # Python takes an item out of it four times as fast as out of the array.
        self.items = array.data
        self._count, self._size = len(array), array.itemsize
        self._bytes = _bytes_of(array)
        self._checksums = checksums
        self._right = bytearray(len(checksums))
        self._shown, self._name = shown, name

    def checked(self, start: int, stop: int) -> NDArray[Any]:
        """The items start:stop; IndexDamaged when they are not there or not what was written."""
        self.check(start, stop)
        return self.array[start:stop]

    def check(self, start: int, stop: int) -> None:
        """As checked, for whoever takes them out of `array` or `items` itself."""
        if not 0 <= start <= stop <= self._count:
            raise IndexDamaged(self._shown, f"{self._name}: {start}:{stop} of {self._count}")
        if start == stop:
            return
        size = self._size
        first, last = start * size // PAGE, (stop * size - 1) // PAGE + 1
        # Threads may check a page twice, which does no harm.
        page = self._right.find(0, first, last)
        while page >= 0:
            if zlib.crc32(self._bytes[page * PAGE : (page + 1) * PAGE]) != self._checksums[page]:
                raise IndexDamaged(self._shown, f"{self._name}: page {page} is not what was written")
            self._right[page] = 1
            page = self._right.find(0, page, last)

    def damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(self._shown, f"{self._name}: {reason}")


class SectionFile:
    """A file of a segment, open. Everything it gives was checked, or checks itself (Pages)."""

    def __init__(self, folder: Folder, name: str, kind: str):
        self.shown = folder.shown(name)
        self._buffer = folder.open(name)
        self._whole: dict[str, NDArray[Any]] = {}
        try:
            contents = self._contents(kind)
            self.meta: Mapping[str, Any] = contents["meta"]
            self._sections: Mapping[str, tuple[int, int, int, bool]] = contents["sections"]
        except (ValueError, KeyError, TypeError, struct.error) as error:
            raise self.damaged(str(error)) from error

    def _contents(self, kind: str) -> Mapping[str, Any]:
        size = len(self._buffer)
        if size < len(MAGIC) + _FOOT.size:
            raise ValueError(f"it ends after {size} bytes")
        start, length, checksum, layout, magic = _FOOT.unpack(self._buffer[-_FOOT.size :])
        if magic != MAGIC or self._buffer[: len(MAGIC)] != MAGIC:
            raise ValueError("it does not end as a file of this kind does")
        if layout != LAYOUT:
            raise ValueError(f"its layout is {layout}, not {LAYOUT}")
        if start + length != size - _FOOT.size:
            raise ValueError("its contents are not where it says")
        contents = self._buffer[start : start + length]
        if zlib.crc32(contents) != checksum:
            raise ValueError("its contents are not what was written")
        read: Mapping[str, Any] = json.loads(contents)
        if read["kind"] != kind:
            raise ValueError(f"it holds {read['kind']}, not {kind}")
        return read

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def let_go(self) -> None:
        """Give back the memory of what was read so far; it is read again when asked for.

        A merge reads its parts from end to end. Their pages would count as this process's memory until the
        system needs it: of 100,000 articles 250 MB.
        """
        if isinstance(self._buffer, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._buffer.madvise(mmap.MADV_DONTNEED)

    def whole(self, name: str, dtype: Any) -> NDArray[Any]:
        """A section as an array, checked when first asked for."""
        known = self._whole.get(name)
        if known is None:
            known, checksum = self._view(name, dtype)
            if zlib.crc32(_bytes_of(known)) != checksum:
                raise self.damaged(f"{name} is not what was written")
            self._whole[name] = known
        return known

    def paged(self, name: str, dtype: Any) -> Pages:
        array, _ = self._view(name, dtype)
        checksums = self.whole(f"{name} pages", "<u4")
        if len(checksums) != -(-array.nbytes // PAGE):
            raise self.damaged(f"{name} has {len(checksums)} checksums for {array.nbytes} bytes")
        return Pages(array, checksums, self.shown, name)

    def _view(self, name: str, dtype: Any) -> tuple[NDArray[Any], int]:
        try:
            start, length, checksum, _ = self._sections[name]
            array = np.frombuffer(self._buffer, np.uint8, length, start) if length else np.empty(0, np.uint8)
            return array.view(dtype), checksum
        except (KeyError, ValueError, TypeError) as error:
            raise self.damaged(f"section {name}: {error}") from error

    def damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(self.shown, reason)
