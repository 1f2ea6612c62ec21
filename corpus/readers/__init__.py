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
from corpus.making import ReadOptions
from corpus.source import Source

Read = Callable[[Source, ReadOptions], Iterator[Article | UnreadableSource]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: the suffixes its files carry, and how its first bytes look.

    `sniff` is asked about the first 4 KiB, as bytes after byte order mark and white space, in the order
    of the table; it decides where the suffix says nothing or belongs to several formats. `module` holds
    `read(source, options)`.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    module: str

    @property
    def read(self) -> Read:
        """The module's `read`, imported now."""
        return cast(Read, import_module(self.module).read)


def looks_like(pattern: bytes) -> Callable[[bytes], bool]:
    """A sniffer: the head matches the pattern from its first byte (case aside, dot matches newlines)."""
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda head: compiled.match(head) is not None


_XML_ROOT = rb"(<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>|<\?.*?\?>|\s)*"

# Order is the order of asking: the narrower pattern stands first.
_TABLE = (
    Reader(
        "feed",
        (".rss", ".atom"),
        looks_like(_XML_ROOT + rb"<([a-z]+:)?(rss|feed|RDF)\b"),
        "corpus.readers.feed",
    ),
    Reader(
        "html_page",
        (".html", ".htm", ".xhtml", ".shtml"),
        looks_like(
            _XML_ROOT + rb"<(html|head|body|title|meta|article|div|p|script|main|section|h1)\b|<!DOCTYPE html"
        ),
        "corpus.readers.html_page",
    ),
    Reader(
        "jsonl",
        (".jsonl", ".ndjson", ".jsonlines"),
        looks_like(rb"\{[^\n]*\}\s*\n\s*\{"),
        "corpus.readers.jsonl",
    ),
    Reader("json_file", (".json",), looks_like(rb"\{\s*(\"|\})|\[\s*(\{|\])"), "corpus.readers.json_file"),
    Reader(
        "csv_table",
        (".csv", ".tsv", ".tab"),
        looks_like(
            rb"[^\n]*\b(headline|title|body|text|content)\b\"?[,;\t|][^\n]*\n|[^\n]*[,;\t|]\"?(headline|title|body|text|content)\b\"?\s*\n"
        ),
        "corpus.readers.csv_table",
    ),
    Reader(
        "page_text",
        (".txt", ".text", ".md", ".markdown"),
        lambda head: bool(head),
        "corpus.readers.page_text",
    ),
)

READERS: dict[str, Reader] = {reader.name: reader for reader in _TABLE}
