"""The articles as the other engines take them: plain values read off the JSON lines.

Only what a search application would do itself: the usual names of keys, and a date. newsdex does not come
through here; it reads the file with its own reader.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import zstandard

_KEYS = {
    "headline": ("headline", "title"),
    "summary": ("summary", "subtitle", "description", "standfirst"),
    "body": ("body", "text", "content"),
    "by": ("by", "byline", "author"),
    "published": ("published", "date", "pubDate", "datePublished"),
    "source": ("source", "publisher", "outlet"),
    "section": ("section",),
    "place": ("located", "dateline"),
    "language": ("language", "lang"),
    "url": ("original_url", "url", "link"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One article; texts are "" and the date None where the line lacks them."""

    id: str
    headline: str
    summary: str
    body: str
    by: str
    source: str
    section: str
    place: str
    language: str
    url: str
    published: datetime | None


def records(jsonl: Path) -> Iterator[Record]:
    """Every article of the file, streamed."""
    with lines_of(jsonl) as lines:
        for number, line in enumerate(lines):
            if line.strip():
                yield record_of(json.loads(line), number)


def prefix(jsonl: Path, articles: int, into: Path, *, language: str = "en") -> int:
    """Write the first `articles` lines, unpacked; returns how many there were.

    Each states its language; `language` is written where the file does not say, so that no engine is
    measured at guessing it.
    """
    with lines_of(jsonl) as lines, into.open("w", encoding="utf-8") as out:
        count = 0
        for line in itertools.islice((line.strip() for line in lines if line.strip()), articles):
            item = json.loads(line)
            if not any(item.get(key) for key in _KEYS["language"]):
                line = json.dumps({**item, "language": language}, ensure_ascii=False)
            out.write(line + "\n")
            count += 1
    return count


@contextmanager
def lines_of(jsonl: Path) -> Iterator[TextIO]:
    """The lines of a file that may be packed by gzip or zstd."""
    with jsonl.open("rb") as raw:
        stream: Any = raw
        if jsonl.suffix == ".zst":
            stream = zstandard.ZstdDecompressor().stream_reader(raw)
        elif jsonl.suffix == ".gz":
            stream = gzip.GzipFile(fileobj=raw)
        yield io.TextIOWrapper(stream, encoding="utf-8")


def record_of(item: dict[str, Any], number: int) -> Record:
    """The article of one line; its number is its id where it states none."""
    found: dict[str, Any] = {}
    for field, keys in _KEYS.items():
        found[field] = next((str(item[key]) for key in keys if item.get(key)), "")
    return Record(id=str(item.get("id") or number), **{**found, "published": _date(found["published"])})


def _date(text: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
