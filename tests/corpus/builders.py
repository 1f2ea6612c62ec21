"""The smallest valid things the corpus tests start from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.making import make_article
from corpus.options import ReadOptions
from corpus.reading import read_source
from corpus.source import Source

NOW = datetime(2026, 6, 30, tzinfo=UTC)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def options(**changes: Any) -> ReadOptions:
    return ReadOptions(**{"now": NOW, **changes})


def a_source(content: bytes = b"", name: str = "a.jsonl") -> Source:
    return Source.of_bytes(content, name)


def made(**fields: Any) -> Article:
    """An article made of these raw words, in English unless they say otherwise."""
    told = fields.pop("told", None) or options()
    return make_article(a_source(), told, **{"language": "en", "body": "The ferry sank.", **fields})


def read(content: bytes | str, name: str = "a.jsonl", told: ReadOptions | None = None) -> list[Any]:
    data = content.encode() if isinstance(content, str) else content
    return list(read_source(a_source(data, name), told or options()))


def one(record: dict[str, Any], told: ReadOptions | None = None) -> Article:
    """The article of one record."""
    [article] = read(json.dumps(record), "a.jsonl", told)
    assert isinstance(article, Article), article
    return article


def reasons(items: list[Any]) -> list[str]:
    return [item.reason for item in items if isinstance(item, UnreadableSource)]
