"""Which format a file is in: by its suffix, then by its first bytes."""

from __future__ import annotations

import codecs
import os

from corpus.errors import UnknownFormat, UnreadableSource
from corpus.readers import READERS, Reader
from corpus.source import Source

HEAD_BYTES = 4096

# What is no news text, and what a person can do about it.
_OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "a PDF; save its text as .txt"),
    (0, b"\x89PNG", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (8, b"WEBP", "a WebP image"),
    (0, b"II*\x00", "a TIFF image"),
    (0, b"MM\x00*", "a TIFF image"),
    (4, b"ftyp", "a video or HEIF image"),
    (8, b"WAVE", "a sound file"),
    (0, b"ID3", "an MP3 sound file"),
    (0, b"OggS", "an Ogg sound or video file"),
    (0, b"fLaC", "a FLAC sound file"),
    (0, b"SQLite format 3\x00", "a SQLite database; export its rows as JSONL or CSV"),
    (0, b"PAR1", "a Parquet table; export its rows as JSONL or CSV"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document; save it as text or HTML"),
    (0, b"{\\rtf", "a Rich Text document; save it as text or HTML"),
    (0, b"%!PS", "a PostScript file"),
    (257, b"ustar", "a tar archive; unpack it first"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (0, b"Rar!", "a RAR archive; unpack it first"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90\x00", "a program"),
)


def detect(source: Source) -> Reader:
    """The reader for the source.

    Raises UnreadableSource for an empty or binary file, saying what it is, and UnknownFormat where
    neither suffix nor content speaks for a format.
    """
    head = source.head(HEAD_BYTES)
    for place, mark, what in _OTHERS:
        if head.startswith(mark, place):
            raise UnreadableSource(source.uri, what)
    text = _as_utf8(head)
    if not text.strip(b" \t\r\n\f\0"):
        raise UnreadableSource(
            source.uri, "an empty file" if len(head) < HEAD_BYTES else "nothing but blanks"
        )
    if b"\0" in text:
        raise UnreadableSource(source.uri, "a binary file, not text")
    return _by_suffix_and_head(source, text.lstrip())


def _by_suffix_and_head(source: Source, head: bytes) -> Reader:
    suffix = os.path.splitext(source.name)[1].lower()
    claimed = [reader for reader in READERS.values() if suffix in reader.suffixes]
    for reader in claimed:
        if reader.telling and reader.fits(head):
            return reader
    # What calls itself one thing and plainly is another (a feed saved as .html) is read as what it is.
    for reader in READERS.values():
        if reader.telling and reader.sniff(head):
            return reader
    if claimed:
        return claimed[0]
    # Files without a suffix, and numbered ones (story.0413), are how some archives keep plain text.
    if not suffix or suffix[1:].isdigit():
        return next(reader for reader in READERS.values() if reader.sniff(head))
    raise UnknownFormat(source.uri)


def _as_utf8(head: bytes) -> bytes:
    """The head without byte order mark; UTF-16 and UTF-32 turned into UTF-8 so that ASCII patterns fit."""
    if head.startswith(codecs.BOM_UTF8):
        return head[len(codecs.BOM_UTF8) :]
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return head[: len(head) // 4 * 4].decode("utf-32", "ignore").encode()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "ignore").encode()
    return head
