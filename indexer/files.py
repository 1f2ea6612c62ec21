"""One file of the user's: how it is named, opened, told apart from what it was."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from corpus.detect import detect
from corpus.errors import UnreadableSource
from corpus.making import ReadOptions
from corpus.source import Source, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file to be looked into; `known` and `known_hash` are the ledger's, None for a new file."""

    path: Path
    root: Path
    size: int
    mtime_ns: int
    known: int | None
    known_hash: bytes | None
    known_root: Path | None

    def source(self, options: ReadOptions) -> Source:
        """The file as readers take it: named below its root, shown as seen from here."""
        relative = self.path.name if self.path == self.root else os.path.relpath(self.path, self.root)
        return Source(
            uri=shown(self.path), relative=printable(relative), path=self.path, max_bytes=options.max_bytes
        )

    def counted_source(self, options: ReadOptions, tell: Callable[[int], None]) -> Source:
        """The same, telling how many more bytes were read; what is read twice counts once."""
        told = 0

        def heard(position: int) -> None:
            nonlocal told
            if position > told:
                tell(position - told)
                told = position

        return dataclasses.replace(self.source(options), opener=partial(_open_counted, self.path, heard))


def hash_of(path: Path) -> bytes:
    """16 bytes of the file's content; OSError when it cannot be read."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, new_hash).digest()


def new_hash() -> Any:
    """What hash_of makes of bytes as they come. SHA-256 in hardware takes as long: 0.9 s a gigabyte."""
    return hashlib.blake2b(digest_size=16)


def format_of(source: Source) -> str:
    """The name of the file's format, or its suffix where it is a box or nothing we read."""
    try:
        return detect(source).name
    except UnreadableSource:
        return os.path.splitext(source.name)[1].lower().lstrip(".") or "unknown"


def shown(path: Path) -> str:
    """A path as people see it: from the current folder when it is inside, else whole."""
    text, here = str(path), os.getcwd()
    return printable(text[len(here) + 1 :] if text.startswith(f"{here}{os.sep}") else text)


class _Counted(io.FileIO):
    """A file that tells how far it has been read."""

    def __init__(self, path: Path, tell: Callable[[int], None]):
        super().__init__(path)
        self._tell = tell

    def readinto(self, buffer: Any) -> int | None:
        size = super().readinto(buffer)
        self._tell(self.tell())
        return size

    def readall(self) -> bytes:
        content = super().readall()
        self._tell(self.tell())
        return content


def _open_counted(path: Path, tell: Callable[[int], None]) -> BinaryIO:
    return io.BufferedReader(_Counted(path, tell), 2**18)
