"""Where bytes come from: a file under one of the given paths, or a member of a box such as a zip.

A Source is opened again each time it is read, so it costs nothing to hold, and a file of several
gigabytes can be read line by line.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from corpus.errors import UnreadableSource
from corpus.options import MAX_BYTES
from corpus.text import repair

# Source has a method of this name, which hides the type inside the class.
Bytes = bytes

LINE_MOST = 64 * 2**20
_PIECE = 2**20
# Lines of 3 KB are read in a third of the time that the usual 8 KB at a time takes.
_LINES_AT_A_TIME = 2**18

# Longest marks first: the UTF-32 little-endian mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Line ends, escapes of terminals, and marks that turn the direction of text.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Names by which pages call windows-1252 (WHATWG Encoding Standard, section 4.2).
_LATIN = {"ascii", "us-ascii", "latin1", "latin-1", "iso-8859-1", "iso8859-1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file, or one member of a box, whose bytes are read on demand.

    `uri` is shown to people; `relative` is the path below the root it was found under, in NFC with
    forward slashes, members of boxes joined by "!" ("2024/a.zip!b.txt"): identity builds on it. `path`
    is None for a member. `max_bytes` bounds what `bytes()` and `text()` take into memory; `open()` and
    `lines()` stream.
    """

    uri: str
    relative: str
    path: Path | None = None
    media_type: str = ""
    max_bytes: int = MAX_BYTES
    opener: Callable[[], BinaryIO] | None = field(default=None, repr=False, compare=False)
    _notes: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_bytes(cls, content: Bytes, uri: str, relative: str = "", media_type: str = "") -> Source:
        """A source that holds `content`; `relative` is the uri when not given."""
        return cls(
            uri=uri, relative=relative or uri, media_type=media_type, opener=partial(io.BytesIO, content)
        )

    @property
    def name(self) -> str:
        """The last part of the path: the file's name, or the member's."""
        return self.relative.rsplit("!", 1)[-1].rsplit("/", 1)[-1]

    def open(self, buffering: int = -1) -> BinaryIO:
        """A fresh stream of the bytes; raises UnreadableSource when it cannot be opened.

        `buffering` is how many bytes of a file are asked for at a time, as in the built-in open.
        """
        try:
            if self.opener is not None:
                return self.opener()
            if self.path is None:
                raise ValueError(f"a source needs a path or an opener: {self.uri}")
            return open(self.path, "rb", buffering)
        except OSError as error:
            raise UnreadableSource(self.uri, reason_of(error)) from error

    def head(self, size: int = 4096) -> Bytes:
        """The first bytes, at most `size`."""
        with self.open() as stream:
            return self._read(stream, size)

    def bytes(self) -> Bytes:
        """All the bytes; raises UnreadableSource beyond `max_bytes`."""
        with self.open() as stream:
            content = self._read(stream, self.max_bytes + 1)
        if len(content) > self.max_bytes:
            raise UnreadableSource(
                self.uri, f"larger than {self.max_bytes:,} bytes; split it or raise max_bytes"
            )
        return content

    def lines(self) -> Iterator[Bytes]:
        """Lines without their line ends, streamed; a UTF-8 mark at the head is dropped.

        Raises UnreadableSource at a line above 64 MiB, or where the stream breaks off; lines before that
        have been given.
        """
        with self.open(_LINES_AT_A_TIME) as stream:
            first = True
            while True:
                try:
                    line = stream.readline(LINE_MOST + 1)
                except (OSError, EOFError) as error:
                    raise UnreadableSource(self.uri, reason_of(error)) from error
                if not line:
                    return
                if len(line) > LINE_MOST:
                    raise UnreadableSource(self.uri, f"a line is longer than {LINE_MOST:,} bytes")
                if first:
                    line, first = line.removeprefix(codecs.BOM_UTF8), False
                yield line.rstrip(b"\r\n")

    def text(self, charset: str = "") -> str:
        """All of it as NFC text with "\\n" line ends, mojibake repaired.

        By byte order mark, `charset` or the media type's charset, UTF-8, then what charset-normalizer
        finds most likely. `encoding_repaired` afterwards says what had to be done.
        """
        text, note = decode(self.bytes(), charset or _charset_of(self.media_type))
        repaired = repair(text)
        if repaired != text:
            note = "; ".join(filter(None, (note, "mojibake repaired")))
        self._notes["encoding"] = note
        repaired = repaired.replace("\r\n", "\n").replace("\r", "\n")
        return unicodedata.normalize("NFC", repaired)

    @property
    def encoding_repaired(self) -> str:
        """What `text()` had to guess or repair, in words; "" for sound UTF-8 or the declared charset."""
        if "encoding" not in self._notes:
            self.text()
        return self._notes["encoding"]

    def _read(self, stream: BinaryIO, size: int) -> Bytes:
        # In pieces: read(size) would ask for the whole bound's memory at once.
        pieces: list[Bytes] = []
        try:
            while size > 0 and (piece := stream.read(min(size, _PIECE))):
                pieces.append(piece)
                size -= len(piece)
        except (OSError, EOFError) as error:
            raise UnreadableSource(self.uri, reason_of(error)) from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def decode(content: bytes, charset: str = "") -> tuple[str, str]:
    """The text of the bytes, and a note when its encoding had to be guessed.

    >>> decode("naïve".encode("utf-8")), decode("naïve".encode("latin-1"), "iso-8859-1")
    (('naïve', ''), ('naïve', ''))
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace"), ""
    for name in (charset, "utf-8"):
        wanted = "cp1252" if name.strip().lower() in _LATIN else name
        # A page that declares Latin-1 and holds valid UTF-8 is UTF-8 (most such pages are).
        for attempt in ("utf-8", wanted) if wanted == "cp1252" else (wanted,):
            try:
                if attempt:
                    return content.decode(attempt), ""
            except (UnicodeDecodeError, LookupError):
                continue
    return _guessed(content)


def _guessed(content: bytes) -> tuple[str, str]:
    # A few bad bytes in what is UTF-8 otherwise are damage, not another encoding.
    lenient = content.decode("utf-8", "replace")
    bad = lenient.count("\ufffd") - content.count(b"\xef\xbf\xbd")
    if bad * 20 < sum(byte > 127 for byte in content[:200_000]):
        return lenient, f"{bad} bytes that are not UTF-8 were replaced"
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000]).best()
    name = best.encoding if best else "cp1252"
    try:
        return content.decode(name), f"read as {name}, which it does not state"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "read as cp1252, which it does not state"


def walk(
    paths: Iterable[str | os.PathLike[str]], *, max_bytes: int = MAX_BYTES
) -> Iterator[Source | UnreadableSource]:
    """The files under the paths, in a stable order: each file once, names sorted, hidden ones left out.

    A path that is missing or may not be read comes as an UnreadableSource among the sources. Symbolic
    links are followed; a folder or file already visited is not visited again, so loops end.
    """
    seen: set[tuple[int, int]] = set()
    for given in paths:
        yield from _walk(Path(given), "", seen, max_bytes)


def _walk(
    path: Path, relative: str, seen: set[tuple[int, int]], max_bytes: int
) -> Iterator[Source | UnreadableSource]:
    uri = printable(str(path))
    try:
        status = path.stat()
        mark = (status.st_dev, status.st_ino)
        if mark in seen:
            return
        if not stat.S_ISDIR(status.st_mode):
            seen.add(mark)
            if stat.S_ISREG(status.st_mode):
                yield Source(
                    uri=uri, relative=relative or printable(path.name), path=path, max_bytes=max_bytes
                )
            else:
                yield UnreadableSource(uri, "neither a file nor a folder")
            return
        seen.add(mark)
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries)
    except FileNotFoundError:
        yield UnreadableSource(uri, "a link to nothing" if path.is_symlink() else "no such file or folder")
        return
    except OSError as error:
        yield UnreadableSource(uri, reason_of(error))
        return
    for name in names:
        if not name.startswith("."):
            below = f"{relative}/{printable(name)}" if relative else printable(name)
            yield from _walk(path / name, below, seen, max_bytes)


def printable(name: str) -> str:
    """A file name as text that every output can carry: NFC; controls and bytes that are no text escaped.

    >>> printable("a\\nb\\x1b[31m.txt"), printable("caf\\udce9.txt")
    ('a\\\\nb\\\\x1b[31m.txt', 'caf\\\\xe9.txt')
    """
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    text = _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    return unicodedata.normalize("NFC", text).replace(os.sep, "/")


def _charset_of(media_type: str) -> str:
    _, _, parameter = media_type.lower().partition("charset=")
    return parameter.split(";")[0].strip(" \"'")


def reason_of(error: BaseException) -> str:
    """Why a file cannot be opened or read, in a few words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return f"cannot be read: {error}"
