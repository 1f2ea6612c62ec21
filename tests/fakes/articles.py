"""The article that tests make."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from corpus.article import Article, Dated, slug
from tests.fakes.matching import tokens_of


def an_article(**changes: Any) -> Article:
    """The smallest valid article, with what a test says of it; `published` may be an ISO date or datetime.

    >>> an_article(published="2026-01-15").published.days[0].isoformat()
    '2026-01-15'
    """
    for name in ("published", "updated"):
        if isinstance(changes.get(name), str):
            text = changes[name]
            value = datetime.fromisoformat(text)
            changes[name] = Dated(
                value=value if value.tzinfo else value.replace(tzinfo=UTC),
                basis="field",
                precision="day" if len(text) == 10 else "second",
                raw=text,
            )
    if "source" in changes:
        changes.setdefault("source_id", slug(changes["source"]))
    article = Article(**{"id": "1", "headline": "Ferry sinks", "body": "All were saved.", **changes})
    return dataclasses.replace(article, word_count=len(tokens_of(article.body)))
