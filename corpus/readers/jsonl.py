"""JSON Lines (jsonlines.org): one record a line, streamed, whatever the file's size."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.readers.record import Records
from corpus.source import Source, decode


def read(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    """One article a line; blank lines are skipped. The item's key is its line number."""
    records = Records(source, options)
    try:
        yield from read_lines(_lines(source), 1, records)
    except UnreadableSource as error:
        # The stream broke off: what was read before it counts.
        yield error
    records.note_unknown()


def read_lines(lines: Iterable[bytes], first: int, records: Records) -> Iterator[Article | UnreadableSource]:
    """The articles of lines numbered from `first`, which may be a part of a source."""
    for number, line in enumerate(lines, start=first):
        if line and not line.isspace():
            yield _article(line, str(number), records)


def _article(line: bytes, key: str, records: Records) -> Article | UnreadableSource:
    try:
        value = loads(line)
    except ValueError as error:
        return records.fault(key, f"not JSON: {error}")
    return records.article(value, key)


def _lines(source: Source) -> Iterable[bytes]:
    if is_utf16(source):
        return (line.encode("utf-8", "surrogatepass") for line in source.text().split("\n"))
    return source.lines()


def is_utf16(source: Source) -> bool:
    """Whether its lines are not those of its bytes."""
    return source.head(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def loads(content: bytes) -> Any:
    """The JSON value, NaN and control characters in strings let through; ValueError when it is none."""
    try:
        return _DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Strict, and short of words for what is wrong.
        pass
    try:
        return _LENIENT_DECODER.decode(_text(content))
    except RecursionError:
        raise ValueError("nested too deep") from None


_DECODER = msgspec.json.Decoder()
_LENIENT_DECODER = json.JSONDecoder(strict=False)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return decode(content)[0]
