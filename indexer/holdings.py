"""Which file gives which article, and which of an id's texts is the article.

The ledger's table `gives` has a row for each article in each file. Of several rows with one id, the newest
wins: by `updated` (else `published`), then by version number, then by reading order; the other texts go to
the ledger. Identical text counts once, where it is read first. So the outcome depends only on what the
files hold, not on the order in which updates met them. Two things stay without being in a file: entries
that rolled off a feed, and what a file gave that now gives nothing but problems.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from corpus.article import Article
from corpus.options import ReadOptions
from corpus.reading import read_source
from indexer.claims import BEFORE, GONE, HELD, NEW, Claims, Row, mark_of
from indexer.files import Candidate
from indexer.ledger import Ledger, moment, seconds, unpacked
from indexer.looking import PORTION, Item, Kept, Looked, Portion
from indexer.old_texts import OldTexts
from indexer.pen import Pen
from indexer.report import Problem, Progress, Tally

# A feed's older entries are gone from the file, not from the world.
ROLLING_FORMATS = {"feed"}
_TEMPORARY = """
CREATE TEMP TABLE IF NOT EXISTS suspects (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS moved (fingerprint BLOB PRIMARY KEY, id TEXT, first INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS changed (id TEXT PRIMARY KEY, old BLOB, file INTEGER) WITHOUT ROWID;
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


class _Met(NamedTuple):
    """An article as it was just read."""

    item: Item
    file: int
    place: int


class Holdings:
    """The one place that decides what is written: it weighs what was read of files and moves the pen.

    `run` is the number of the generation being made, `fresh` whether it takes nothing over from the old.
    """

    def __init__(
        self,
        ledger: Ledger,
        pen: Pen,
        old: OldTexts,
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
        self._run, self._fresh, self._seconds = run, fresh, seconds(now)
        self._before, self._written = (BEFORE, HELD) if fresh else (HELD, NEW)
        self._options = options
        self._batch: list[_Met] = []
        # Texts that lost on arrival, and which parts of the generation will tell when they are finished.
        self._later: list[Item] = []
        # Texts that lost to a rival after they were written: (id, mark) by the file that gives them.
        self._lost: defaultdict[int, set[tuple[str, bytes]]] = defaultdict(set)
        # Files whose content is that of the last build.
        self._known_bytes: set[int] = set()
        self._any_moved = False
        self._moves: list[tuple[str, str]] = []
        # Of what was written: the rows of `articles`, and the ids that were not held before.
        self._rows: list[tuple[Any, ...]] = []
        self._came: list[str] = []
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
        self._any_moved = self._db.execute("SELECT 1 FROM temp.moved LIMIT 1").fetchone() is not None

    def take(self, candidate: Candidate, looked: Looked, portions: Iterable[Portion]) -> None:
        """Take in what a file gives, unless its content is what it was."""
        if looked.fault:
            self._problem(candidate.source(self._options).uri, looked.fault)
            if self._fresh and candidate.known is not None:
                self._db.execute("DELETE FROM files WHERE id = ?", (candidate.known,))
        if looked.same:
            self._claims.touch_file(candidate, looked)
        if looked.fault or looked.same:
            self._progress.advance(bytes_read=candidate.size)
            return
        self._tally.counts["files_read"] += 1
        file = self._claims.enter_file(candidate, looked)
        self._suspect_all_of(file)
        before = self._claims.take_all(file)
        rolling = looked.format in ROLLING_FORMATS
        # A million ids are 130 MB: they are gathered where they are asked for.
        ids: set[str] | None = set() if rolling else None
        count, problems = self._take_content(candidate, looked, file, portions, ids)
        if rolling or (problems and not count):
            self._claims.keep(before, ids or ())

    def decide(self) -> None:
        """Weigh what was taken in so far."""
        self._flush()

    def settle(self) -> None:
        """Let the index hold, for each id in doubt, the text that wins, and nothing that nobody gives.

        Everything is taken in, and the pen has what was read for it beside.
        """
        self._flush()
        for item in self._later:
            self._keep_version(self._pen.text(item.kept), item.mark)
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
        self._keep_lost({key for asked in wanted.values() for key, wins in asked.items() if not wins})
        for file, asked in wanted.items():
            self._fetch(file, asked)
        gone = self._db.execute("SELECT id FROM articles WHERE held = ? ORDER BY id", (BEFORE,)).fetchall()
        for (article_id,) in gone:
            self._remove(article_id, self._claims.rows([article_id])[article_id], "vanished")
        self._settle_changes()
        self._settle_moves()
        self._db.execute("UPDATE articles SET held = ? WHERE held = ?", (HELD, NEW))

    # Taking in a file.

    def _take_content(
        self,
        candidate: Candidate,
        looked: Looked,
        file: int,
        portions: Iterable[Portion],
        ids: set[str] | None,
    ) -> tuple[int, list[tuple[str, str]]]:
        """How many articles the file gives, and its problems; `ids` takes in theirs."""
        problems: list[tuple[str, str]] = []
        tally, notes, count = self._tally, len(self._tally.notes), 0
        content = looked.content
        for portion in portions:
            for uri, reason in portion.problems:
                problems.append((uri, reason))
                self._problem(uri, reason)
            for uri, words in portion.notes:
                tally.note(uri, words)
            if portion.repaired:
                tally.counts["encoding_repaired"] += 1
                tally.note(candidate.source(self._options).uri, portion.repaired)
            count += len(portion.items)
            if ids is not None:
                ids.update(item.id for item in portion.items)
            tally.counts["undated"] += portion.undated
            tally.counts["doubtful"] += portion.doubtful
            content = portion.content or content
            self._batch.extend(_Met(item, file, portion.base + item.place) for item in portion.items)
            self._progress.advance(bytes_read=portion.bytes_read)
            if len(self._batch) >= PORTION:
                self._flush()
        if count:
            tally.formats[looked.format] += count
        told = json.dumps([note.reason for note in tally.notes[notes:]])
        self._db.execute(
            "UPDATE files SET hash = ?, articles = ?, problems = ?, notes = ? WHERE id = ?",
            (content, count, json.dumps(problems), told, file),
        )
        if content and content == candidate.known_hash:
            self._known_bytes.add(file)
        return count, problems

    # Weighing.

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return
        self._claims.add((met.file, met.place, met.item) for met in batch)
        ids = [met.item.id for met in batch]
        claims = self._claims
        rows, contested, forgotten = claims.rows(ids), claims.contested(ids), claims.forgotten(ids)
        for met in batch:
            item = met.item
            if item.id in forgotten:
                self._tally.counts["forgotten"] += 1
            elif item.hidden:
                self._tally.counts["withheld"] += 1
                self._suspect(item.id)
            elif item.id in contested:
                self._weigh(met)
            else:
                self._write(item.id, item.kept, item.mark, met.file, rows.get(item.id))
        self._enter()
        self._progress.advance(articles=len(batch))

    def _weigh(self, met: _Met) -> None:
        """One of several that claim an id: write it when it is the best so far."""
        item = met.item
        self._suspect(item.id)
        winner, row = self._claims.winner(item.id), self._claims.rows([item.id]).get(item.id)
        if winner is not None and (winner.file, winner.place) == (met.file, met.place):
            if row is not None and row.held == self._written and row.mark != item.mark:
                self._lost[row.file].add((item.id, row.mark))
            self._write(item.id, item.kept, item.mark, met.file, row)
            self._enter()
        elif winner is not None and winner.mark == item.mark:
            self._tally.counts["duplicates"] += 1
        elif item.kept.article is not None:
            self._keep_version(item.kept.article, item.mark)
        else:
            self._later.append(item)

    def _write(
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

    def _enter(self) -> None:
        """Let the ledger know what was written: once for many, and before any of it is asked for."""
        self._db.executemany("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?)", self._rows)
        self._db.execute(
            "DELETE FROM tombstones WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(self._came),)
        )
        self._rows.clear()
        self._came.clear()

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
        for item in read_source(again.source(self._options), self._options):
            if isinstance(item, Article) and any(item.id == key[0] for key in missing):
                mark = mark_of(item)
                self._settle_text(item, mark, file, missing.pop((item.id, mark), None))
            if not missing:
                return
        # What rolled off a feed is in no file; it lost to another text once, or is what the index holds.
        for (article_id, mark), wins in missing.items():
            if text := self._text_kept(article_id, mark):
                self._settle_text(text, mark, file, wins)

    def _keep_lost(self, lost: set[tuple[str, bytes]]) -> None:
        """Keep the texts that are in parts; others cost reading their file again."""
        for article_id, kept in self._pen.adopted({article_id for article_id, _ in lost}):
            text = self._pen.text(kept)
            mark = mark_of(text)
            if (article_id, mark) in lost:
                self._keep_version(text, mark)

    def _settle_text(self, article: Article, mark: bytes, file: int, wins: bool | None) -> None:
        if wins:
            row = self._claims.rows([article.id]).get(article.id)
            self._write(article.id, Kept(article), mark, file, row, again=True)
            self._enter()
        elif wins is not None:
            self._keep_version(article, mark)

    def _text_kept(self, article_id: str, mark: bytes) -> Article | None:
        row = self._db.execute(
            "SELECT content FROM versions WHERE article = ? AND fingerprint = ?", (article_id, mark)
        ).fetchone()
        if row is not None:
            return unpacked(row[0])
        held = self._old.article(article_id)
        return held if held is not None and mark_of(held) == mark else None

    def _settle_changes(self) -> None:
        """Count what is really another text than before, and keep the texts that were edited away."""
        rows = self._db.execute(
            "SELECT c.id, c.old, c.file FROM temp.changed c JOIN articles a ON a.id = c.id"
            " WHERE a.held IN (?, ?) AND a.fingerprint != c.old",
            (HELD, NEW),
        ).fetchall()
        self._tally.counts["changed"] += len(rows)
        for article_id, mark, file in rows:
            # The same bytes read otherwise are our better reading, not the paper's edit.
            held = None if file in self._known_bytes else self._old.article(article_id)
            if held is not None:
                self._keep_version(held, mark)
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
