"""Tables with a header line: comma, semicolon, tab or bar between the fields, quoted as in RFC 4180."""

from __future__ import annotations

import codecs
import csv
import io
import sys
from collections.abc import Iterator
from typing import TextIO

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.readers.record import Records, field_of
from corpus.source import Source

_SAMPLE = 64 * 2**10
_DELIMITERS = ",;\t|"


def read(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    """One article a row; the item's key is the row's number, the first after the header being 1.

    Raises UnreadableSource when no column of the header is a headline or a body.
    """
    # The limit is the process's; a body is longer than the 128 KiB it begins with.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    records = Records(source, options)
    with _text(source) as stream:
        delimiter = _delimiter(stream.readline())
        stream.seek(0)
        rows = csv.reader(stream, delimiter=delimiter, doublequote=True, skipinitialspace=True)
        try:
            header = [name.strip() for name in next(rows)]
            if not {field_of(name) for name in header} & {"headline", "body"}:
                raise UnreadableSource(
                    source.uri, "its first line names no headline, title, body, text or content column"
                )
            for number, row in enumerate(rows, start=1):
                if any(row):
                    yield _article(header, row, str(number), records)
        except csv.Error as error:
            yield UnreadableSource(source.uri, f"broken off at line {rows.line_num}: {error}")
    records.note_unknown()


def _article(header: list[str], row: list[str], key: str, records: Records) -> Article | UnreadableSource:
    if len(row) > len(header) and any(row[len(header) :]):
        return records.fault(key, f"{len(row)} fields where the header has {len(header)}; check its quotes")
    return records.article(dict(zip(header, row, strict=False)), key)


def _delimiter(header: str) -> str:
    """The separator that stands most often in the header line; a comma where there is none."""
    return max(_DELIMITERS, key=header.count)


def _text(source: Source) -> TextIO:
    """The table as text: UTF-8 is streamed, any other encoding is decoded whole.

    A seekable stream, because the header is looked at twice.
    """
    if source.path is not None and _is_utf8(source):
        return open(source.path, encoding="utf-8-sig", newline="")
    return io.StringIO(source.text(), newline="")


def _is_utf8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with source.open() as stream:
        try:
            while piece := stream.read(2**20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
