"""Which file gives which article, and which of an id's texts is the article.

The ledger's table `gives` has a row for each article in each file. Of several rows with one id, the newest
wins: by `updated` (else `published`), then by version number, then by reading order; the other texts go to
the ledger. Identical text counts once, where it is read first. So the outcome depends only on what the
files hold, not on the order in which updates met them. Two things stay without being in a file: entries
that rolled off a feed, and what a file gave that now gives nothing but problems.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.making import ReadOptions
from corpus.reading import read_source
from corpus.source import Source
from indexer.claims import BEFORE, GONE, HELD, NEW, Claims, Row, mark_of
from indexer.engine import Engine
from indexer.files import Candidate, format_of, hash_of
from indexer.ledger import Ledger, moment, seconds, unpacked
from indexer.pen import Pen
from indexer.report import Problem, Progress, Tally

BATCH = 500
# A feed's older entries are gone from the file, not from the world.
ROLLING_FORMATS = {"feed"}
# Values of pubStatus in ninjs and NewsML-G2, and superdesk's spelling of one.
HIDDEN_STATUS = {"withheld", "canceled", "cancelled"}
_TEMPORARY = """
CREATE TEMP TABLE IF NOT EXISTS suspects (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS moved (fingerprint BLOB PRIMARY KEY, id TEXT, first INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS changed (id TEXT PRIMARY KEY, old BLOB, known INTEGER) WITHOUT ROWID;
DELETE FROM temp.suspects;
DELETE FROM temp.moved;
DELETE FROM temp.changed;
"""
# Suspects that hold just what the one file that gives them holds need no second look.
_DOUBTFUL = """
SELECT s.id FROM temp.suspects s WHERE NOT EXISTS (
    SELECT 1 FROM articles a JOIN gives g ON g.article = a.id AND g.file = a.file
        AND g.fingerprint = a.fingerprint AND NOT g.hidden
    WHERE a.id = s.id AND a.held IN (1, 3) AND (SELECT count(*) FROM gives x WHERE x.article = s.id) = 1)
ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class _Item:
    """An article as it was just read; `known_bytes` when its file's content is that of the last build."""

    article: Article
    mark: bytes
    file: int
    place: int
    known_bytes: bool

    @property
    def hidden(self) -> bool:
        return self.article.status.lower() in HIDDEN_STATUS


class Holdings:
    """The one place that decides what is written: it reads files, weighs rivals and moves the pen.

    `run` is the number of the generation being made, `fresh` whether it takes nothing over from the old.
    """

    def __init__(
        self,
        ledger: Ledger,
        pen: Pen,
        old: Engine | None,
        options: ReadOptions,
        tally: Tally,
        progress: Progress,
        *,
        run: int,
        fresh: bool,
        now: datetime,
    ):
        self._db, self._ledger, self._pen, self._old = ledger.db, ledger, pen, old
        self._claims = Claims(ledger.db)
        self._tally, self._progress, self._now = tally, progress, now
        self._run, self._fresh = run, fresh
        self._before, self._written = (BEFORE, HELD) if fresh else (HELD, NEW)
        self._options = dataclasses.replace(options, on_note=tally.note)
        self._batch: list[_Item] = []
        # Texts that lost to a rival after they were written: (id, mark) by the file that gives them.
        self._lost: defaultdict[int, set[tuple[str, bytes]]] = defaultdict(set)
        self._moves: list[tuple[str, str]] = []
        for statement in _TEMPORARY.strip().split(";"):
            self._db.execute(statement)
        if fresh:
            self._db.execute("UPDATE articles SET held = ? WHERE held = ?", (BEFORE, HELD))
            self._db.execute("DELETE FROM gives")

    def take_away(self, files: Sequence[int]) -> None:
        """These files are gone, and with them what no other file gives."""
        for file in files:
            self._suspect_all_of(file)
            self._db.execute(
                "INSERT OR IGNORE INTO temp.moved SELECT fingerprint, id, first_indexed FROM articles"
                " WHERE file = ? AND held != ?",
                (file, GONE),
            )
            self._claims.take_all(file)
            self._db.execute("DELETE FROM files WHERE id = ?", (file,))
        self._tally.counts["files_vanished"] += len(files)

    def read(self, candidate: Candidate) -> None:
        """Look into a file, and read it unless its content is what it was."""
        read_ns = time.time_ns()
        try:
            content = hash_of(candidate.path)
        except OSError as error:
            self._problem(candidate.source(self._options).uri, (error.strerror or "cannot be read").lower())
            if self._fresh and candidate.known is not None:
                self._db.execute("DELETE FROM files WHERE id = ?", (candidate.known,))
            self._progress.advance(bytes_read=candidate.size)
            return
        known_bytes = candidate.known_hash == content
        if known_bytes and candidate.known_root == candidate.root and not self._fresh:
            self._db.execute(
                "UPDATE files SET size = ?, mtime_ns = ?, read_ns = ? WHERE id = ?",
                (candidate.size, candidate.mtime_ns, read_ns, candidate.known),
            )
            self._progress.advance(bytes_read=candidate.size)
            return
        self._tally.counts["files_read"] += 1
        source = candidate.counted_source(
            self._options, lambda size: self._progress.advance(bytes_read=size)
        )
        format_name = format_of(source)
        file = self._file_row(candidate, content, read_ns, format_name)
        self._suspect_all_of(file)
        before = self._claims.take_all(file)
        ids, problems = self._read_content(source, file, format_name, known_bytes)
        if format_name in ROLLING_FORMATS or (problems and not ids):
            self._claims.keep(before, ids)

    def settle(self) -> None:
        """Let the index hold, for each id in doubt, the text that wins, and nothing that nobody gives."""
        self._flush()
        wanted: defaultdict[int, dict[tuple[str, bytes], bool]] = defaultdict(dict)
        for (article_id,) in self._db.execute(_DOUBTFUL).fetchall():
            row, winner = self._claims.rows([article_id]).get(article_id), self._claims.winner(article_id)
            if winner is None or winner.hidden:
                if row is not None and row.held != GONE:
                    self._remove(article_id, row, "vanished" if winner is None else "withdrawn")
            elif article_id in self._claims.forgotten([article_id]):
                continue
            elif row is None or not row.holds(winner):
                wanted[winner.file][article_id, winner.mark] = True
        for file, texts in self._lost.items():
            for key in texts:
                wanted[file].setdefault(key, False)
        for file, asked in wanted.items():
            self._fetch(file, asked)
        gone = self._db.execute("SELECT id FROM articles WHERE held = ? ORDER BY id", (BEFORE,)).fetchall()
        for (article_id,) in gone:
            self._remove(article_id, self._claims.rows([article_id])[article_id], "vanished")
        self._settle_changes()
        self._settle_moves()
        self._db.execute("UPDATE articles SET held = ? WHERE held = ?", (HELD, NEW))

    # Reading a file.

    def _read_content(
        self, source: Source, file: int, format_name: str, known_bytes: bool
    ) -> tuple[set[str], list[tuple[str, str]]]:
        """The ids the file gives, and its problems."""
        ids: set[str] = set()
        problems: list[tuple[str, str]] = []
        notes, count = len(self._tally.notes), 0
        for place, item in enumerate(read_source(source, self._options)):
            if isinstance(item, UnreadableSource):
                problems.append((item.uri, item.reason))
                self._problem(item.uri, item.reason)
                continue
            count += 1
            ids.add(item.id)
            self._count(item, format_name)
            self._batch.append(_Item(item, mark_of(item), file, place, known_bytes))
            if len(self._batch) >= BATCH:
                self._flush()
        self._flush()
        if format_name == "page_text" and ids and source.encoding_repaired:
            self._tally.counts["encoding_repaired"] += 1
            self._tally.note(source.uri, source.encoding_repaired)
        told = json.dumps([note.reason for note in self._tally.notes[notes:]])
        self._db.execute(
            "UPDATE files SET articles = ?, problems = ?, notes = ? WHERE id = ?",
            (count, json.dumps(problems), told, file),
        )
        return ids, problems

    def _file_row(self, candidate: Candidate, content: bytes, read_ns: int, format_name: str) -> int:
        values = (
            os.fsencode(candidate.root), candidate.size, candidate.mtime_ns, content, read_ns, format_name,
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

    def _count(self, article: Article, format_name: str) -> None:
        self._tally.formats[format_name] += 1
        published = article.published
        self._tally.counts["undated"] += published is None or published.value is None
        self._tally.counts["doubtful"] += published is not None and published.doubt != ""

    # Weighing.

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return
        self._claims.add((i.file, i.place, i.article, i.mark, i.hidden) for i in batch)
        ids = [item.article.id for item in batch]
        claims = self._claims
        rows, contested, forgotten = claims.rows(ids), claims.contested(ids), claims.forgotten(ids)
        for item in batch:
            article_id = item.article.id
            if article_id in forgotten:
                self._tally.counts["forgotten"] += 1
            elif item.hidden:
                self._tally.counts["withheld"] += 1
                self._suspect(article_id)
            elif article_id in contested:
                self._weigh(item)
            else:
                self._write(item.article, item.mark, item.file, rows.get(article_id), item.known_bytes)
        self._progress.advance(articles=len(batch))

    def _weigh(self, item: _Item) -> None:
        """One of several that claim an id: write it when it is the best so far."""
        article_id = item.article.id
        self._suspect(article_id)
        winner, row = self._claims.winner(article_id), self._claims.rows([article_id]).get(article_id)
        if winner is not None and (winner.file, winner.place) == (item.file, item.place):
            if row is not None and row.held == self._written and row.mark != item.mark:
                self._lost[row.file].add((article_id, row.mark))
            self._write(item.article, item.mark, item.file, row, item.known_bytes)
        elif winner is not None and winner.mark == item.mark:
            self._tally.counts["duplicates"] += 1
        else:
            self._keep_version(item.article, item.mark)

    def _write(self, article: Article, mark: bytes, file: int, row: Row | None, known_bytes: bool) -> None:
        first, since = (row.first_indexed, row.since) if row is not None else (seconds(self._now), self._run)
        if row is None or row.held == GONE:
            since = self._run
            self._tally.counts["added"] += 1
            self._db.execute("DELETE FROM tombstones WHERE id = ?", (article.id,))
            if row is None:
                first = self._moved_from(article.id, mark, first)
        elif row.mark == mark and row.file == file and row.held in (HELD, NEW):
            return
        elif row.held == self._before and row.mark != mark:
            self._db.execute("INSERT OR IGNORE INTO temp.changed VALUES (?, ?, 0)", (article.id, row.mark))
        if row is not None and row.mark != mark:
            self._db.execute("UPDATE temp.changed SET known = ? WHERE id = ?", (known_bytes, article.id))
        self._pen.add(article, indexed=moment(first))
        self._db.execute(
            "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?)",
            (article.id, first, mark, self._written, file, since),
        )

    def _remove(self, article_id: str, row: Row, reason: str) -> None:
        if row.since == self._run:
            self._tally.counts["added"] -= 1
        else:
            self._tally.counts["removed"] += 1
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
        self._moves.append((row[0], article_id))
        return int(row[1])

    # Settling.

    def _fetch(self, file: int, asked: dict[tuple[str, bytes], bool]) -> None:
        """Read a file again for texts that win (True: write them) or lost (False: keep them)."""
        missing = {key: wins for key, wins in asked.items() if wins or not self._has_version(*key)}
        found = self._db.execute("SELECT path, root FROM files WHERE id = ?", (file,)).fetchone()
        if not missing or found is None:
            return
        path, root = (Path(os.fsdecode(name)) for name in found)
        again = Candidate(
            path=path, root=root, size=0, mtime_ns=0, known=file, known_hash=None, known_root=root
        )
        options = dataclasses.replace(self._options, on_note=None)
        for item in read_source(again.source(options), options):
            if isinstance(item, Article) and any(item.id == key[0] for key in missing):
                mark = mark_of(item)
                self._settle_text(item, mark, file, missing.pop((item.id, mark), None))
            if not missing:
                return
        # What rolled off a feed is in no file; it lost to another text once, or is what the index holds.
        for (article_id, mark), wins in missing.items():
            if text := self._text_kept(article_id, mark):
                self._settle_text(text, mark, file, wins)

    def _settle_text(self, article: Article, mark: bytes, file: int, wins: bool | None) -> None:
        if wins:
            self._write(article, mark, file, self._claims.rows([article.id]).get(article.id), False)
        elif wins is not None:
            self._keep_version(article, mark)

    def _text_kept(self, article_id: str, mark: bytes) -> Article | None:
        row = self._db.execute(
            "SELECT content FROM versions WHERE article = ? AND fingerprint = ?", (article_id, mark)
        ).fetchone()
        if row is not None:
            return unpacked(row[0])
        held = self._old.article(article_id) if self._old is not None else None
        return held.article if held is not None and mark_of(held.article) == mark else None

    def _settle_changes(self) -> None:
        """Count what is really another text than before, and keep the texts that were edited away."""
        rows = self._db.execute(
            "SELECT c.id, c.old, c.known FROM temp.changed c JOIN articles a ON a.id = c.id"
            " WHERE a.held IN (?, ?) AND a.fingerprint != c.old",
            (HELD, NEW),
        ).fetchall()
        self._tally.counts["changed"] += len(rows)
        for article_id, mark, known_bytes in rows:
            # The same bytes read otherwise are our better reading, not the paper's edit.
            held = None if known_bytes or self._old is None else self._old.article(article_id)
            if held is not None:
                self._keep_version(held.article, mark)
        self._db.execute(
            "DELETE FROM versions WHERE (article, fingerprint) IN (SELECT a.id, a.fingerprint FROM articles a"
            " JOIN versions v ON v.article = a.id WHERE a.held != ?)",
            (GONE,),
        )

    def _settle_moves(self) -> None:
        for old, new in self._moves:
            row = self._claims.rows([old]).get(old)
            if row is None or row.held == GONE:
                self._db.execute("UPDATE redirects SET new = ? WHERE new = ?", (new, old))
                self._db.execute("INSERT OR REPLACE INTO redirects VALUES (?, ?)", (old, new))
                self._tally.counts["moved"] += 1
        self._db.execute(
            "DELETE FROM redirects WHERE old IN (SELECT id FROM articles WHERE held != ?)", (GONE,)
        )
        self._db.execute("DELETE FROM tombstones WHERE id IN (SELECT old FROM redirects)")

    def _suspect(self, article_id: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO temp.suspects VALUES (?)", (article_id,))

    def _suspect_all_of(self, file: int) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO temp.suspects SELECT article FROM gives WHERE file = ?", (file,)
        )

    def _has_version(self, article_id: str, mark: bytes) -> bool:
        ask = "SELECT 1 FROM versions WHERE article = ? AND fingerprint = ?"
        return self._db.execute(ask, (article_id, mark)).fetchone() is not None

    def _keep_version(self, article: Article, mark: bytes) -> None:
        self._tally.counts["versions"] += self._ledger.keep_versions([(article, mark)], self._now)

    def _problem(self, uri: str, reason: str) -> None:
        self._tally.problem(uri, reason)
        self._progress.problem(Problem(uri, reason))
