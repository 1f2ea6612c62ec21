"""Forgetting: an article out of index, ledger and kept generations, for good.

A court, a retracted source: what is forgotten must not lie in a deleted place of some file. So the index is
written anew from its own articles, generations before it go at once, and the ledger is vacuumed. Only the
id and the day stay, and keep later builds from taking it in again; the user's file is the user's to mend.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sqlite3
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from indexer import generations
from indexer.build import recover
from indexer.engine import EngineFormat
from indexer.errors import BuildRefused, IndexDamaged
from indexer.generations import Generation, Work
from indexer.ledger import moment, open_ledger, seconds
from indexer.lock import writing
from indexer.looking import Kept
from indexer.opening import engine_format
from indexer.pen import Pen
from indexer.report import Progress, Silent
from indexer.settings import Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done: the ids kept out from now on, and the files that still hold their text."""

    ids: tuple[str, ...]
    files: tuple[str, ...]
    generation: int
    articles: int


def forget(
    ids: Collection[str],
    settings: Settings,
    progress: Progress | None = None,
    *,
    engine: EngineFormat | None = None,
) -> Forgotten:
    """Take the articles out everywhere and keep them out.

    Raises BuildRefused, with nothing done, for an id that was never held; IndexBusy, IndexMissing and so on.
    """
    engine, progress = engine or engine_format(settings), progress or Silent()
    index, now = Path(os.path.abspath(settings.index)), datetime.now(UTC)
    generations.current(index)
    with writing(index, "newsdex forget"), contextlib.closing(open_ledger(index, create=True)) as ledger:
        recover(index, ledger)
        base, manifest = generations.open_current(index, engine)
        unknown = [each for each in ids if ledger.first_indexed(each) is None]
        if unknown:
            raise BuildRefused(f"no article with the id {', '.join(unknown)} was ever held; nothing was done")
        gives = "SELECT DISTINCT f.path FROM gives g JOIN files f ON f.id = g.file WHERE g.article = ?"
        files = {os.fsdecode(row[0]) for each in ids for row in ledger.db.execute(gives, (each,))}
        work = Work(Generation(generations.next_number(index, base.number + 1), index))
        pen = Pen(work, engine, settings.memory)
        with contextlib.ExitStack() as stack:
            stack.callback(work.give_up)
            stack.callback(pen.cancel)
            old = stack.enter_context(contextlib.closing(engine.open(base.directory, manifest)))
            progress.stage("Writing the index anew")
            for article in old.articles():
                if article.id not in ids:
                    pen.add(article.id, Kept(article), indexed=ledger.first_indexed(article.id) or now)
                    progress.advance(articles=1)
            with ledger.transaction():
                for each in ids:
                    _forget_in(ledger.db, each, seconds(now))
                held = ledger.held()
                sealed = work.seal(engine, moment(seconds(now)), held, pen.finish())
                with contextlib.closing(engine.open(work.directory, sealed)) as opened:
                    if opened.info().articles != held:
                        raise IndexDamaged(work.directory, "articles are missing from it")
                ledger.set_generation(work.becomes.number)
                work.finish()
            generations.publish(work.becomes)
        generations.prune(index, all_older=True)
        progress.stage("Clearing the ledger")
        ledger.db.execute("VACUUM")
        ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Forgotten(tuple(ids), tuple(sorted(files)), work.becomes.number, held)


def _forget_in(db: sqlite3.Connection, article_id: str, at: int) -> None:
    for sql in (
        "UPDATE articles SET held = 0, fingerprint = x'' WHERE id = ?",
        "DELETE FROM versions WHERE article = ?",
        "DELETE FROM redirects WHERE ? IN (old, new)",
    ):
        db.execute(sql, (article_id,))
    db.execute(
        "INSERT OR REPLACE INTO tombstones VALUES (?, ?, 'forgotten')", (article_id, at)
    )
