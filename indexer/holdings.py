"""Which file gives which article, and which of an id's texts is the article.

The ledger's table `gives` has a row for each article in each file. Of several rows with one id, the newest
wins: by `updated` (else `published`), then by version number, then by reading order; the other texts go to
the ledger. Identical text counts once, where it is read first. So the outcome depends only on what the
files hold, not on the order in which updates met them. Two things stay without being in a file: entries
that rolled off a feed, and what a file gave that now gives nothing but problems.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from corpus.options import ReadOptions
from indexer.claims import Claims
from indexer.files import Candidate
from indexer.ledger import Ledger
from indexer.looking import PORTION, Item, Looked, Portion
from indexer.old_texts import OldTexts
from indexer.pen import Pen
from indexer.report import Problem, Progress, Tally
from indexer.settling import Settling
from indexer.written import Written

# A feed's older entries are gone from the file, not from the world.
ROLLING_FORMATS = {"feed"}
_SUSPECTS = "CREATE TEMP TABLE IF NOT EXISTS suspects (id TEXT PRIMARY KEY) WITHOUT ROWID"


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
        self._options, self._tally, self._progress, self._fresh = options, tally, progress, fresh
        self._claims = Claims(ledger.db)
        self._written = Written(ledger, pen, tally, run=run, fresh=fresh, now=now)
        self._batch: list[_Met] = []
        # Texts that lost on arrival, and which parts of the generation will tell when they are finished.
        self._later: list[Item] = []
        # Texts that lost to a rival after they were written: (id, mark) by the file that gives them.
        self._lost: defaultdict[int, set[tuple[str, bytes]]] = defaultdict(set)
        # Files whose content is that of the last build.
        self._known_bytes: set[int] = set()
        self._db.execute(_SUSPECTS)
        self._db.execute("DELETE FROM temp.suspects")
        if fresh:
            self._db.execute("DELETE FROM gives")

    def take_away(self, files: Sequence[int]) -> None:
        """These files are gone, and with them what no other file gives; before anything is taken in."""
        for file in files:
            self._suspect_all_of(file)
            self._written.file_vanished(file)
            self._claims.take_all(file)
            self._db.execute("DELETE FROM files WHERE id = ?", (file,))
        self._tally.counts["files_vanished"] += len(files)
        self._written.begin()

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
        settling = Settling(self._ledger, self._written, self._pen, self._old, self._options, self._tally)
        settling.settle(self._later, self._lost, self._known_bytes)
        self._written.end()

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
        contested = claims.contested(ids)
        rows = claims.rows(ids) if self._written.any_before else {}
        forgotten = claims.forgotten(ids) if self._written.any_tombstones else set()
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
                self._written.write(item.id, item.kept, item.mark, met.file, rows.get(item.id))
        self._written.enter()
        self._progress.advance(articles=len(batch))

    def _weigh(self, met: _Met) -> None:
        """One of several that claim an id: write it when it is the best so far."""
        item = met.item
        self._suspect(item.id)
        winner, row = self._claims.winner(item.id), self._claims.rows([item.id]).get(item.id)
        if winner is not None and (winner.file, winner.place) == (met.file, met.place):
            if row is not None and self._written.wrote_other(row, item.mark):
                self._lost[row.file].add((item.id, row.mark))
            self._written.write(item.id, item.kept, item.mark, met.file, row)
            self._written.enter()
        elif winner is not None and winner.mark == item.mark:
            self._tally.counts["duplicates"] += 1
        elif item.kept.article is not None:
            self._written.keep_version(item.kept.article, item.mark)
        else:
            self._later.append(item)

    def _suspect(self, article_id: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO temp.suspects VALUES (?)", (article_id,))

    def _suspect_all_of(self, file: int) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO temp.suspects SELECT article FROM gives WHERE file = ?", (file,)
        )

    def _problem(self, uri: str, reason: str) -> None:
        self._tally.problem(uri, reason)
        self._progress.problem(Problem(uri, reason))
