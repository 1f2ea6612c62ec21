"""A large file of JSON lines in parts: cut by one process, read by others.

Of a plain file only places are handed on, of a packed one what was unpacked.

What comes of it is what reading the file whole gives, but for a fault of ours in a reader, which costs a
block and not what follows it.
"""

from __future__ import annotations

import codecs
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from corpus.article import Article
from corpus.containers import unpack
from corpus.detect import detect
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.readers import jsonl
from corpus.readers.record import Records
from corpus.reading import guarded
from corpus.source import LINE_MOST, Source, reason_of


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a source; `first` is the number of the first, counted from 1.

    They are `size` bytes from `start` on. `content` has them where they were unpacked; of a file that lies
    plain on disk it is None, and whoever reads the block takes them from there: the file is `file`.
    """

    first: int
    start: int
    size: int
    content: bytes | None
    file: tuple[int, int] | None = None


def lined(source: Source) -> Source | None:
    """The one stream of JSON lines that the source is or holds packed; None where it is anything else.

    Text in UTF-16 is none: its line ends are not those of its bytes.
    """
    inner = list(itertools.islice(unpack(source), 2))
    if len(inner) != 1 or isinstance(inner[0], UnreadableSource):
        return None
    try:
        fits = detect(inner[0]).name == "jsonl" and not jsonl.is_utf16(inner[0])
    except UnreadableSource:
        return None
    return inner[0] if fits else None


def blocks(source: Source, size: int, hear: Callable[[bytes], object] = len) -> Iterator[Block]:
    """The source in blocks of about so many bytes, less than the longest line may have.

    `hear` is given all that is read, in order. Raises UnreadableSource as Source.lines does, after the lines
    before the fault were given.
    """
    first, start, rest, unended = 1, 0, b"", 0
    with source.open() as stream:
        file = _file_of(stream) if source.path is not None else None
        while True:
            pieces, fault = _read(stream, size, source)
            content = b"".join(pieces)
            hear(content)
            if unended + (content.find(b"\n") + 1 or len(content)) > LINE_MOST:
                raise UnreadableSource(source.uri, f"a line is longer than {LINE_MOST:,} bytes")
            ended = content.rfind(b"\n") + 1
            # At the end of the stream what is left is a line too; where it broke off it may be half of one.
            whole = unended + ended if ended or (not pieces and fault is None) else 0
            if whole:
                yield Block(first, start, whole, None if file else rest + content[:ended], file)
                first, start = first + content.count(b"\n"), start + whole
            if not file:
                rest = content[ended:] if whole else rest + content
            unended += len(content) - whole
            if fault is not None:
                raise fault
            if not pieces:
                return


def read_block(
    source: Source, block: Block, options: ReadOptions, unread: list[str]
) -> Iterator[Article | UnreadableSource]:
    """The articles of a block, with problems among them; keys that no field takes are added to `unread`."""
    records = Records(source, options)
    yield from guarded("jsonl", source, jsonl.read_lines(_lines(source, block), block.first, records))
    unread.extend(records.unknown)


def note_unread(source: Source, unread: list[str], options: ReadOptions) -> None:
    """Tell of the keys that no field takes in any block of a source, as reading it whole does."""
    Records(source, options).note_unknown(unread)


def _lines(source: Source, block: Block) -> Iterator[bytes]:
    content = _placed(source, block) if block.content is None else block.content
    if block.start == 0:
        content = content.removeprefix(codecs.BOM_UTF8)
    for line in content.split(b"\n"):
        yield line.rstrip(b"\r")


def _placed(source: Source, block: Block) -> bytes:
    """The bytes of a block that lie in the source's file."""
    with source.open(0) as stream:
        try:
            stream.seek(block.start)
            content = stream.read(block.size)
        except OSError as error:
            raise UnreadableSource(source.uri, reason_of(error)) from error
        if len(content) < block.size or _file_of(stream) != block.file:
            raise UnreadableSource(source.uri, "it changed while it was read; update again")
    return content


def _file_of(stream: BinaryIO) -> tuple[int, int]:
    """Which file it is, whatever has its name meanwhile."""
    status = os.fstat(stream.fileno())
    return status.st_dev, status.st_ino


def _read(stream: BinaryIO, size: int, source: Source) -> tuple[list[bytes], UnreadableSource | None]:
    """About `size` bytes, fewer only at the end or where the stream breaks off, which comes beside them."""
    pieces: list[bytes] = []
    try:
        # Not read(), which loses what it has when the stream breaks off.
        while size > 0 and (piece := stream.read1(size)):  # type: ignore[attr-defined]
            pieces.append(piece)
            size -= len(piece)
    except UnreadableSource as error:
        return pieces, error
    except (OSError, EOFError) as error:
        return pieces, UnreadableSource(source.uri, reason_of(error))
    return pieces, None
