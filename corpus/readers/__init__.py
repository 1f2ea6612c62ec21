"""The formats we read, one module each, one row each; adding a format is adding a row.

A row's reader takes a Source whose boxes (gzip, zip ...) are already opened and gives its articles; a bad
item comes as an UnreadableSource among them, so the rest of the file goes on. Modules are imported when
first used: trafilatura, dateparser and py3langid take a second between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.source import Source

Read = Callable[[Source, ReadOptions], Iterator[Article | UnreadableSource]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: the suffixes its files carry, and how its first bytes look.

    `sniff` matches the first 4 KiB after byte order mark and white space, case aside. It is asked in the
    order of the table where the suffix does not decide; a row that is not `telling` (its pattern fits
    other things too) is then asked only about files without a suffix. `fits`, when given, is the weaker
    pattern that is enough for a file with one of the suffixes.
    """

    name: str
    suffixes: tuple[str, ...]
    pattern: bytes
    weaker: bytes | None = None
    telling: bool = True

    def sniff(self, head: bytes) -> bool:
        """Whether the head is this format's, whatever the file is called."""
        return _compiled(self.pattern).match(head) is not None

    def fits(self, head: bytes) -> bool:
        """Whether the head may be this format's in a file with its suffix."""
        return _compiled(self.pattern if self.weaker is None else self.weaker).match(head) is not None

    @property
    def read(self) -> Read:
        """`read(source, options)` of the format's module, imported now."""
        return cast(Read, import_module(f"corpus.readers.{self.name}").read)


def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_BEFORE_ROOT = rb"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+(?!html\b)[^>\[]*(?:\[.*?\]\s*)?>|\s)*"
_HTML_TAGS = rb"html|head|body|title|meta|link|article|section|main|div|p|h1|script"
_COLUMN = rb"\"?\s*(?:headline|title|body|text|content)\s*\"?"

# The narrower pattern stands first.
_TABLE = (
    Reader("feed", (".rss", ".atom", ".rdf"), _BEFORE_ROOT + rb"<(?:[a-z]+:)?(?:rss|feed|rdf)\b"),
    Reader(
        "html_page",
        (".html", ".htm", ".xhtml", ".shtml", ".mhtml"),
        rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*(?:<!DOCTYPE\s+html|<(?:" + _HTML_TAGS + rb")\b[^<]*>)",
    ),
    Reader("jsonl", (".jsonl", ".ndjson", ".jsonlines"), rb"\{[^\n]*\}\s*\n\s*\{", weaker=rb"\{"),
    Reader("json_file", (".json",), rb"\{\s*[\"}]|\[\s*[{\]]"),
    Reader(
        "csv_table",
        (".csv", ".tsv", ".tab"),
        rb"(?:[^\n]*[,;\t|])?" + _COLUMN + rb"(?:[,;\t|][^\n]*)?\n",
        telling=False,
        weaker=rb"",
    ),
    Reader("page_text", (".txt", ".text", ".md", ".markdown"), rb"", telling=False),
)

READERS: dict[str, Reader] = {reader.name: reader for reader in _TABLE}
