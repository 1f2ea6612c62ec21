"""Who gives which article: the ledger's rows of it, and which of several texts of one id wins."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from corpus.article import Article, Dated

if TYPE_CHECKING:
    from indexer.files import Candidate
    from indexer.looking import Item, Looked

# Of `articles.held`: not held; held; in a rebuild, of the old index and not met again yet; in an update,
# written in this run.
GONE, HELD, BEFORE, NEW = 0, 1, 2, 3


# What a reader of the article can see but for text and dates. corpus.article.fingerprint takes the id along.
_UNSEEN = ("id", "origin", "word_count")
_SEEN = attrgetter(
    *(field.name for field in fields(Article) if field.name not in (*_UNSEEN, "body", "published", "updated"))
)


def mark_of(article: Article) -> bytes:
    """16 bytes of what a reader of the article can see; its id takes no part, so a moved text keeps it."""
    seen = (_SEEN(article), _dated(article.published), _dated(article.updated))
    text = f"{seen!r}\0{article.body}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def _dated(dated: Dated | None) -> tuple[Any, ...] | None:
    # A zone by name and its offset are the same date: the index keeps the offset.
    if dated is None:
        return None
    value = dated.value.isoformat() if dated.value is not None else ""
    return value, dated.basis, dated.precision, dated.raw, dated.zone_assumed, dated.doubt


def worth_of(article: Article) -> tuple[float | None, int]:
    """What decides between texts of one id: when it was updated, and its version number."""
    version = _number(article.version) if article.version else 0
    for dated in (article.updated, article.published):
        if dated is not None and dated.value is not None:
            return dated.value.timestamp(), version
    return None, version


def _number(version: str) -> int:
    digits = re.match(r"\D*(\d{1,18})", version, re.ASCII)
    return int(digits[1]) if digits else 0


@dataclass(frozen=True, slots=True)
class Given:
    """A row of `gives` with what decides between rivals; `order` is the reading order."""

    file: int
    place: int
    mark: bytes
    updated: float
    version: int
    hidden: bool
    order: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `articles`."""

    first_indexed: int
    mark: bytes
    held: int
    file: int
    since: int

    def holds(self, given: Given) -> bool:
        return self.held in (HELD, NEW) and (self.mark, self.file) == (given.mark, given.file)


class Claims:
    """The ledger's tables `files`, `gives`, `articles` and `tombstones`, as a build asks them."""

    def __init__(self, db: sqlite3.Connection):
        self._db = db

    def enter_file(self, candidate: Candidate, looked: Looked) -> int:
        """Enter a file that is about to be read; its number."""
        values = (
            os.fsencode(candidate.root), candidate.size, candidate.mtime_ns,
            looked.content, looked.read_ns, looked.format,
        )  # fmt: skip
        if candidate.known is not None:
            self._db.execute(
                "UPDATE files SET root = ?, size = ?, mtime_ns = ?, hash = ?, read_ns = ?, format = ?"
                " WHERE id = ?",
                (*values, candidate.known),
            )
            return candidate.known
        row = self._db.execute(
            "INSERT INTO files (root, size, mtime_ns, hash, read_ns, format, path, articles, problems, notes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0, '[]', '[]')",
            (*values, os.fsencode(candidate.path)),
        )
        return int(row.lastrowid or 0)

    def touch_file(self, candidate: Candidate, looked: Looked) -> None:
        """Note when a file was looked into whose content is what it was."""
        self._db.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, read_ns = ? WHERE id = ?",
            (candidate.size, candidate.mtime_ns, looked.read_ns, candidate.known),
        )

    def add(self, claims: Iterable[tuple[int, int, Item]]) -> None:
        """Enter (file, place, item)."""
        self._db.executemany(
            "INSERT INTO gives VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                (file, place, item.id, item.mark, item.updated, item.version, item.hidden)
                for file, place, item in claims
            ),
        )

    def take_all(self, file: int) -> list[tuple[Any, ...]]:
        """Take out all that a file gives; returns the rows, for `keep`."""
        rows = self._db.execute("SELECT * FROM gives WHERE file = ? ORDER BY place", (file,)).fetchall()
        self._db.execute("DELETE FROM gives WHERE file = ?", (file,))
        return rows

    def keep(self, rows: Iterable[tuple[Any, ...]], ids: Iterable[str]) -> None:
        """Let a file go on giving those of its former rows that are not `ids`, before all it gives now."""
        given = set(ids)
        kept = [row for row in rows if row[2] not in given]
        for step, row in enumerate(kept):
            values = (row[0], step - len(kept), *row[2:7], 1)
            self._db.execute("INSERT INTO gives VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def winner(self, article_id: str) -> Given | None:
        rows = self._db.execute(
            "SELECT g.file, g.place, g.fingerprint, g.updated, g.version, g.hidden, f.path,"
            " coalesce(r.place, -1) FROM gives g JOIN files f ON f.id = g.file"
            " LEFT JOIN roots r ON r.path = f.root WHERE g.article = ?",
            (article_id,),
        )
        given = [
            Given(
                file, place, mark, float("-inf") if updated is None else updated, version, bool(hidden),
                (root, *os.fsdecode(path).split(os.sep), "", place),
            )
            for file, place, mark, updated, version, hidden, path, root in rows
        ]  # fmt: skip
        if not given:
            return None
        best = max(given, key=lambda each: (each.updated, each.version, each.order))
        return min((each for each in given if each.mark == best.mark), key=lambda each: each.order)

    def rows(self, ids: Iterable[str]) -> dict[str, Row]:
        rows = self._db.execute(
            "SELECT id, first_indexed, fingerprint, held, file, since FROM articles"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return {row[0]: Row(*row[1:]) for row in rows}

    def contested(self, ids: Iterable[str]) -> set[str]:
        rows = self._db.execute(
            "SELECT article FROM gives WHERE article IN (SELECT value FROM json_each(?))"
            " GROUP BY article HAVING count(*) > 1",
            (json.dumps(list(ids)),),
        )
        return {row[0] for row in rows}

    def forgotten(self, ids: Iterable[str]) -> set[str]:
        rows = self._db.execute(
            "SELECT id FROM tombstones WHERE reason = 'forgotten' AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return {row[0] for row in rows}
