"""What a build writes and takes out: it moves the pen, and lets the ledger and the counts know."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any

from corpus.article import Article
from indexer.claims import BEFORE, GONE, HELD, NEW, Row
from indexer.ledger import ARTICLES_BY_FILE, Ledger, moment, seconds
from indexer.looking import Kept
from indexer.pen import Pen
from indexer.report import Tally

# `changed` has the texts that were held and are replaced, and of which file the new one is.
_TEMPORARY = """
CREATE TEMP TABLE IF NOT EXISTS moved (fingerprint BLOB PRIMARY KEY, id TEXT, first INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS changed (id TEXT PRIMARY KEY, old BLOB, file INTEGER) WITHOUT ROWID;
DELETE FROM temp.moved;
DELETE FROM temp.changed;
"""


class Written:
    """The index and the ledger's table `articles`, which says what is in it.

    `run` is the number of the generation being made, `fresh` whether it takes nothing over from the old.
    """

    def __init__(self, ledger: Ledger, pen: Pen, tally: Tally, *, run: int, fresh: bool, now: datetime):
        self._db, self._ledger, self._pen, self._tally, self._now = ledger.db, ledger, pen, tally, now
        self._run, self._fresh, self._seconds = run, fresh, seconds(now)
        self._before, self._written = (BEFORE, HELD) if fresh else (HELD, NEW)
        # Old ids and new ones of articles whose file was moved.
        self.moves: list[tuple[str, str]] = []
        # Of what was written: the rows of `articles`, and the ids that were not held before.
        self._rows: list[tuple[Any, ...]] = []
        self._came: list[str] = []
        for statement in _TEMPORARY.strip().split(";"):
            self._db.execute(statement)
        if fresh:
            self._db.execute("UPDATE articles SET held = ? WHERE held = ?", (BEFORE, HELD))
        self._any_moved = False
        # What a first build need not ask for each of its articles.
        self.any_before = _any(self._db, "articles")
        self.any_tombstones = _any(self._db, "tombstones")

    def begin(self) -> None:
        """All is told that files took away with them; what they give comes."""
        self._any_moved = _any(self._db, "temp.moved")
        if self._fresh:
            # Kept up for each article, with a million of them, it took a quarter of the ledger's time.
            self._db.execute("DROP INDEX IF EXISTS articles_file")

    def end(self) -> None:
        """All is written."""
        if self._fresh:
            self._db.execute(ARTICLES_BY_FILE)
        self._db.execute("UPDATE articles SET held = ? WHERE held = ?", (HELD, NEW))

    def not_met(self) -> list[str]:
        """Ids of a rebuild that were held and that nothing gave."""
        if not self._fresh:
            return []
        rows = self._db.execute("SELECT id FROM articles WHERE held = ? ORDER BY id", (BEFORE,))
        return [article_id for (article_id,) in rows]

    def file_vanished(self, file: int) -> None:
        """What the file gave may come again under another name."""
        self._db.execute(
            "INSERT OR IGNORE INTO temp.moved SELECT fingerprint, id, first_indexed FROM articles"
            " WHERE file = ? AND held != ?",
            (file, GONE),
        )

    def wrote_other(self, row: Row, mark: bytes) -> bool:
        """Whether it was written in this run, with another text than that of the mark."""
        return row.held == self._written and row.mark != mark

    def write(
        self, article_id: str, kept: Kept, mark: bytes, file: int, row: Row | None, *, again: bool = False
    ) -> None:
        """Write an article; `again` when its file was read again for it."""
        first, since = (row.first_indexed, row.since) if row is not None else (self._seconds, self._run)
        if row is None or row.held == GONE:
            since = self._run
            self._tally.counts["added"] += 1
            self._came.append(article_id)
            if row is None and self._any_moved:
                first = self._moved_from(article_id, mark, first)
        elif row.mark == mark and row.file == file and row.held in (HELD, NEW):
            return
        elif row.held == self._before and row.mark != mark:
            self._db.execute("INSERT OR IGNORE INTO temp.changed VALUES (?, ?, NULL)", (article_id, row.mark))
        if row is not None and row.mark != mark:
            now_of = None if again else file
            self._db.execute("UPDATE temp.changed SET file = ? WHERE id = ?", (now_of, article_id))
        self._pen.add(article_id, kept, indexed=moment(first))
        self._rows.append((article_id, first, mark, self._written, file, since))

    def enter(self) -> None:
        """Let the ledger know what was written: once for many, and before any of it is asked for."""
        self._db.executemany("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?)", self._rows)
        if self.any_tombstones:
            came = json.dumps(self._came)
            self._db.execute("DELETE FROM tombstones WHERE id IN (SELECT value FROM json_each(?))", (came,))
        self._rows.clear()
        self._came.clear()

    def remove(self, article_id: str, row: Row, reason: str) -> None:
        if row.since == self._run:
            self._tally.counts["added"] -= 1
        else:
            self._tally.counts["removed"] += 1
            self.any_tombstones = True
            self._db.execute(
                "INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)", (article_id, seconds(self._now), reason)
            )
        if row.held != BEFORE:
            self._pen.remove(article_id)
        self._db.execute("UPDATE articles SET held = ? WHERE id = ?", (GONE, article_id))

    def _moved_from(self, article_id: str, mark: bytes, first: int) -> int:
        """When the article was first indexed: under the name its file had before, if it was moved."""
        row = self._db.execute("SELECT id, first FROM temp.moved WHERE fingerprint = ?", (mark,)).fetchone()
        if row is None or row[0] == article_id:
            return first
        self.moves.append((row[0], article_id))
        return int(row[1])

    def keep_version(self, article: Article, mark: bytes) -> None:
        """Keep a text that is not the article."""
        self._tally.counts["versions"] += self._ledger.keep_versions([(article, mark)], self._now)


def _any(db: sqlite3.Connection, table: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None
