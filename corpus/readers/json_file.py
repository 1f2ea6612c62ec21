"""A JSON file: one article, a list of them, or an object that holds the list (JSON Feed, news APIs)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.readers import jsonl
from corpus.readers.record import Records, field_of
from corpus.source import Source, decode

# Where news APIs and exports keep their list, the commonest first; "docs" is Solr's, "hits" Elastic's.
LIST_KEYS = ("articles", "items", "results", "data", "docs", "hits", "response", "stories", "news", "records")


def read(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    """The file's articles; an item's key is its place in the list, counted from 1 ("" for a single one)."""
    content = source.bytes()
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = decode(content)[0].encode()
    try:
        value = jsonl.loads(content)
    except ValueError as error:
        if "Extra data" in str(error):
            # Many a .json is JSON Lines.
            yield from jsonl.read(source, options)
            return
        raise UnreadableSource(source.uri, f"not JSON: {error}") from error
    del content
    records = Records(source, options)
    items = items_in(value)
    if items is None:
        yield records.article(value, "")
    else:
        outer = outlet_words(value)
        for number, item in enumerate(items, start=1):
            if outer and isinstance(item, dict):
                item = outer | item
            yield records.article(item, str(number))
    records.note_unknown()


def items_in(value: Any, depth: int = 3) -> list[Any] | None:
    """The list of records in what a file holds, or None when it is a record itself."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not depth or any(field_of(key) == "body" for key in _texts(value)):
        return None
    for key in LIST_KEYS:
        found = items_in(value[key], depth - 1) if isinstance(value.get(key), (list, dict)) else None
        if found is not None and (not found or any(isinstance(item, dict) for item in found)):
            return found
    return None


def _texts(record: dict[str, Any]) -> list[str]:
    return [key for key, value in record.items() if isinstance(value, str)]


def outlet_words(value: Any) -> dict[str, Any]:
    """What JSON Feed 1.1 says once for all its items: the outlet's name and language."""
    if not isinstance(value, dict) or "jsonfeed.org" not in str(value.get("version", "")):
        return {}
    said = {"source": value.get("title"), "language": value.get("language")}
    return {key: word for key, word in said.items() if isinstance(word, str)}
