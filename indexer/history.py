"""What became of an article: where its id is held now, when it went, when its text was really rewritten.

Asked of the ledger, beside whoever is writing to it: each question opens the file for reading and closes it
again. Where there is no ledger, or none that can be read, nothing is known and nothing fails.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from rapidfuzz.distance import Indel

from corpus.article import Article
from indexer.errors import IndexerError
from indexer.ledger import Ledger, Tombstone, read_ledger

T = TypeVar("T")
log = logging.getLogger("newsdex.history")

# How much of its words a new text must change to count as a rewrite and not as a correction.
REWRITTEN = 0.1


class History:
    """The past of one index's articles."""

    def __init__(self, index: Path | str):
        self._index = Path(os.path.abspath(index))

    def moved_to(self, article_id: str) -> str | None:
        """The id under which an article whose file was moved is held now."""
        return self._ask(lambda ledger: ledger.redirect(article_id), None)

    def gone(self, article_id: str) -> Tombstone | None:
        """When and why an id stopped being held."""
        return self._ask(lambda ledger: ledger.tombstone(article_id), None)

    def rewritten(self, articles: Iterable[Article]) -> dict[str, datetime]:
        """When each of the articles, by id, was last really rewritten; without those that never were."""

        def look(ledger: Ledger) -> dict[str, datetime]:
            found = ((article.id, last_rewrite(article, ledger)) for article in articles)
            return {article_id: when for article_id, when in found if when}

        return self._ask(look, {})

    def _ask(self, question: Callable[[Ledger], T], unknown: T) -> T:
        try:
            opened = read_ledger(self._index)
            if opened is None:
                return unknown
            with contextlib.closing(opened) as ledger:
                return question(ledger)
        except (IndexerError, sqlite3.Error) as error:
            log.warning("the ledger was not asked: %s", error)
            return unknown


def last_rewrite(article: Article, ledger: Ledger) -> datetime | None:
    """When the newest text that differs from the one before it by more than REWRITTEN came."""
    versions = ledger.versions(article.id)
    # Each earlier text is kept with the moment at which the next took its place.
    following = [*(version.article for version in versions), article][1:]
    for version, after in reversed(list(zip(versions, following, strict=True))):
        if Indel.normalized_distance(_words(version.article), _words(after)) > REWRITTEN:
            return version.seen
    return None


def _words(article: Article) -> list[str]:
    return f"{article.headline} {article.summary} {article.body}".split()
