"""The ledger: what no rebuild can make again, and what the last one found in which file.

One SQLite file beside the generations. It holds when an article was first indexed, earlier texts,
tombstones and redirects of ids, the roots, and for each file its size, time, hash and the articles it
gives. `generation` names the generation it describes: a build changes everything in one transaction, whose
commit is the moment the build counts (see build.py).
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import zstandard

from corpus.article import Article, article_from_dict, article_to_dict
from indexer.errors import IndexDamaged, IndexOutdated

FILE_NAME = "ledger.sqlite"
VERSION = 1

ARTICLES_BY_FILE = "CREATE INDEX articles_file ON articles (file)"
# `articles` has a row for each id ever held: `fingerprint` and `file` are those of the text the index holds,
# `since` is the generation in which it came (again). `gives` has a row for each article in each file, so
# that a file's going away leaves what others still hold; `kept` marks an entry that is in the file no more,
# `hidden` one its source withdrew.
_SCHEMA = f"""
CREATE TABLE roots (path BLOB PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, root BLOB NOT NULL, size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, hash BLOB NOT NULL, read_ns INTEGER NOT NULL, format TEXT NOT NULL,
    articles INTEGER NOT NULL, problems TEXT NOT NULL, notes TEXT NOT NULL);
CREATE TABLE gives (
    file INTEGER NOT NULL, place INTEGER NOT NULL, article TEXT NOT NULL, fingerprint BLOB NOT NULL,
    updated REAL, version INTEGER NOT NULL, hidden INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (file, place)) WITHOUT ROWID;
CREATE INDEX gives_article ON gives (article);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, first_indexed INTEGER NOT NULL, fingerprint BLOB NOT NULL, held INTEGER NOT NULL,
    file INTEGER NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
{ARTICLES_BY_FILE};
CREATE TABLE versions (
    article TEXT NOT NULL, fingerprint BLOB NOT NULL, seen INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (article, fingerprint));
CREATE TABLE tombstones (id TEXT PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE redirects (old TEXT PRIMARY KEY, new TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX redirects_new ON redirects (new);
CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier (or rival) text of an article, and when it was first met."""

    article: Article
    seen: datetime


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Why and when an id stopped being held: "vanished" with its files, "withdrawn" or "forgotten"."""

    id: str
    at: datetime
    reason: str


class Ledger:
    """An open ledger. Readers ask the methods; build.py and forget.py work on `db` in a transaction."""

    def __init__(self, db: sqlite3.Connection):
        self.db = db

    @property
    def generation(self) -> int:
        """The generation it describes; 0 before the first."""
        row = self.db.execute("SELECT value FROM facts WHERE name = 'generation'").fetchone()
        return int(row[0]) if row else 0

    def roots(self) -> list[Path]:
        """The folders and files the index was made from, in their order."""
        rows = self.db.execute("SELECT path FROM roots ORDER BY place")
        return [Path(os.fsdecode(path)) for (path,) in rows]

    def first_indexed(self, article_id: str) -> datetime | None:
        row = self.db.execute("SELECT first_indexed FROM articles WHERE id = ?", (article_id,)).fetchone()
        return moment(row[0]) if row else None

    def versions(self, article_id: str) -> list[Version]:
        """The other texts of an article, the one met first at the head."""
        rows = self.db.execute(
            "SELECT content, seen FROM versions WHERE article = ? ORDER BY seen, rowid", (article_id,)
        )
        return [Version(unpacked(content), moment(seen)) for content, seen in rows]

    def tombstone(self, article_id: str) -> Tombstone | None:
        """Set when the id was held once and is no more."""
        row = self.db.execute("SELECT id, at, reason FROM tombstones WHERE id = ?", (article_id,)).fetchone()
        return Tombstone(row[0], moment(row[1]), row[2]) if row else None

    def redirect(self, article_id: str) -> str | None:
        """The id under which an article whose file was moved is held now."""
        row = self.db.execute("SELECT new FROM redirects WHERE old = ?", (article_id,)).fetchone()
        return row[0] if row else None

    def problems(self) -> Iterator[tuple[str, str]]:
        """(file, reason) of everything that gave no article when its file was last read."""
        for (text,) in self.db.execute("SELECT problems FROM files WHERE problems != '[]' ORDER BY id"):
            yield from (tuple(problem) for problem in json.loads(text))

    def held(self) -> int:
        """How many articles are held: it looks through all rows, 4 ms for 100,000."""
        return int(self.db.execute("SELECT count(*) FROM articles WHERE held").fetchone()[0])

    def counts(self) -> dict[str, int]:
        """How many of each it holds."""
        ask = {
            "files": "SELECT count(*) FROM files",
            "versions": "SELECT count(*) FROM versions",
            "tombstones": "SELECT count(*) FROM tombstones",
            "redirects": "SELECT count(*) FROM redirects",
        }
        counted = {name: int(self.db.execute(sql).fetchone()[0]) for name, sql in ask.items()}
        return {"articles": self.held(), **counted}

    def check(self) -> str:
        """What SQLite finds wrong with the file; "" when it is sound."""
        found = str(self.db.execute("PRAGMA quick_check(1)").fetchone()[0])
        return "" if found == "ok" else found

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when it ends."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def set_generation(self, number: int) -> None:
        self.db.execute("INSERT OR REPLACE INTO facts VALUES ('generation', ?)", (number,))

    def set_roots(self, roots: Sequence[Path]) -> None:
        self.db.execute("DELETE FROM roots")
        rows = [(os.fsencode(path), place) for place, path in enumerate(roots)]
        self.db.executemany("INSERT INTO roots VALUES (?, ?)", rows)

    def keep_versions(self, articles: Iterable[tuple[Article, bytes]], now: datetime) -> int:
        """Keep these texts, each with its fingerprint; returns how many were new."""
        before = self.db.total_changes
        self.db.executemany(
            "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?)",
            ((article.id, mark, seconds(now), packed(article)) for article, mark in articles),
        )
        return self.db.total_changes - before

    def close(self) -> None:
        self.db.close()


def open_ledger(index: Path, *, create: bool = False) -> Ledger:
    """The index's ledger; without `create` a missing one is an empty one in memory.

    Raises IndexDamaged when the file is no ledger, IndexOutdated when a newer version made it.
    """
    path = index / FILE_NAME
    where = str(path) if create or path.exists() else ":memory:"
    with _sqlite_errors(path):
        # Autocommit, so that transactions begin and end where the code says so.
        db = sqlite3.connect(where, isolation_level=None, timeout=30, check_same_thread=False)
        version = _version_of(db, index)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA cache_size = -65536")
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    return Ledger(db)


def read_ledger(index: Path) -> Ledger | None:
    """The ledger to read beside whoever writes it, changing nothing; None where there is none yet.

    Raises as open_ledger does.
    """
    path = index / FILE_NAME
    if not path.exists():
        return None
    with _sqlite_errors(path), contextlib.ExitStack() as stack:
        # SQLite needs a file beside a ledger in use, which it cannot make in a folder that is read-only;
        # nobody writes there either.
        still = not os.access(index, os.W_OK) and not path.with_name(f"{FILE_NAME}-wal").exists()
        address = f"{path.absolute().as_uri()}?{'immutable=1' if still else 'mode=ro'}"
        db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)
        stack.callback(db.close)
        if _version_of(db, index) == 0:
            return None
        stack.pop_all()
    return Ledger(db)


@contextlib.contextmanager
def _sqlite_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(path, f"{error}; take it away or put a backup in its place") from error


def _version_of(db: sqlite3.Connection, index: Path) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise IndexOutdated(index, f"ledger version {version}", f"version {VERSION}")
    return version


def packed(article: Article) -> bytes:
    """An article as it lies in the ledger."""
    text = json.dumps(article_to_dict(article), ensure_ascii=False, separators=(",", ":"))
    return zstandard.compress(text.encode("utf-8", "surrogatepass"), 3)


def unpacked(content: bytes) -> Article:
    text = zstandard.decompress(content).decode("utf-8", "surrogatepass")
    return article_from_dict(json.loads(text))


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


@lru_cache(maxsize=1024)
def moment(since_epoch: int) -> datetime:
    return datetime.fromtimestamp(since_epoch, UTC)
