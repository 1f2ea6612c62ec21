"""A large file of JSON lines in parts: cut by one process, read by others.

What comes of it is what reading the file whole gives, but for a fault of ours in a reader, which costs a
block and not what follows it.
"""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterator
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
    """Whole lines of a source; `first` is the number of the first, counted from 1."""

    first: int
    content: bytes


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


def blocks(source: Source, size: int) -> Iterator[Block]:
    """The source in blocks of about so many bytes, less than the longest line may have.

    Raises UnreadableSource as Source.lines does, after the lines before the fault were given.
    """
    number, rest = 1, b""
    with source.open() as stream:
        while True:
            pieces, fault = _read(stream, size, source)
            content = rest + b"".join(pieces)
            if (content.find(b"\n", len(rest)) + 1 or len(content)) > LINE_MOST:
                raise UnreadableSource(source.uri, f"a line is longer than {LINE_MOST:,} bytes")
            end = content.rfind(b"\n") + 1
            # At the end of the stream what is left is a line too; where it broke off it may be half of one.
            whole = len(content) if not pieces and fault is None else end
            rest = content[whole:]
            if whole:
                lines = content[:whole]
                yield Block(number, lines.removeprefix(codecs.BOM_UTF8) if number == 1 else lines)
                number += lines.count(b"\n")
            if fault is not None:
                raise fault
            if not pieces:
                return


def read_block(
    source: Source, block: Block, options: ReadOptions, unread: list[str]
) -> Iterator[Article | UnreadableSource]:
    """The articles of a block, with problems among them; keys that no field takes are added to `unread`."""
    lines = (line.rstrip(b"\r") for line in block.content.split(b"\n"))
    records = Records(source, options)
    yield from guarded("jsonl", source, jsonl.read_lines(lines, block.first, records))
    unread.extend(records.unknown)


def note_unread(source: Source, unread: list[str], options: ReadOptions) -> None:
    """Tell of the keys that no field takes in any block of a source, as reading it whole does."""
    Records(source, options).note_unknown(unread)


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
