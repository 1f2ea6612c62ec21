"""A process that reads for a build: units of work in, rows out, the articles put into a part of its own.

It ends with its parent, whatever that is doing: a thread waits for what the parent sends, and learns from the
end of the pipe that there is no parent any more. So it never writes into the folder of a later run.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from corpus.article import Article
from corpus.blocks import Block, read_block
from corpus.options import ReadOptions
from corpus.source import Source
from indexer.engine import EngineFormat, Part
from indexer.errors import IndexerError
from indexer.files import Candidate
from indexer.looking import Counted, Kept, Listening, Looked, Portion, look, portions, portions_of

# Articles whose rows are sent together.
_SENT_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Job:
    """What all units of a build have in common; `part` is the number of the process and of its part."""

    engine: EngineFormat
    directory: Path
    memory_mb: int
    options: ReadOptions
    now: datetime
    fresh: bool
    part: int


@dataclass(frozen=True, slots=True)
class Files:
    """Files to look into, each with what it gives: Looked, then its portions if it is to be read."""

    candidates: tuple[Candidate, ...]

    @property
    def name(self) -> str:
        return " and ".join(str(each.path) for each in (self.candidates[0], *self.candidates[1:][-1:]))


@dataclass(frozen=True, slots=True)
class Lines:
    """A block of a source that is cut by the parent; portions come of it, none of them the last."""

    source: Source
    block: Block

    @property
    def name(self) -> str:
        return f"{self.source.uri} from line {self.block.first:,}"


@dataclass(frozen=True, slots=True)
class Events:
    """Some of what a unit gives; `done` when that was all."""

    events: list[Looked | Portion]
    done: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """What ended the work: a fault that is none of a file's."""

    error: Exception


def serve(connection: Connection, job: Job) -> None:
    """Do what comes until None comes, and describe the part; for the whole life of a process."""
    # An interrupt of the terminal reaches all its processes; the parent ends this one itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    inbox: SimpleQueue[Files | Lines | None] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    try:
        reader = _Reader(job)
        while (unit := inbox.get()) is not None:
            gathered: list[Looked | Portion] = []
            rows = 0
            for event in reader.read(unit):
                gathered.append(event)
                rows += 1 + len(event.items) if isinstance(event, Portion) else 0
                if rows >= _SENT_TOGETHER:
                    connection.send(Events(gathered, done=False))
                    gathered, rows = [], 0
            connection.send(Events(gathered, done=True))
        connection.send(reader.finish())
    except Exception as error:
        connection.send(Failed(_sendable(error)))


def main() -> None:
    """The process where none can be forked: its pipe's number is on the command line, the job comes first."""
    connection = Connection(int(sys.argv[1]))
    serve(connection, connection.recv())


class _Reader:
    def __init__(self, job: Job):
        self._job = job
        self._part: Part | None = None

    def read(self, unit: Files | Lines) -> Iterator[Looked | Portion]:
        options = self._job.options
        if isinstance(unit, Files):
            for candidate in unit.candidates:
                looked = look(candidate, options, fresh=self._job.fresh)
                yield looked
                if not (looked.fault or looked.same):
                    yield from portions(candidate, looked, options, self._keep)
            return
        listening, unread = Listening(), list[str]()
        options = dataclasses.replace(options, on_note=listening.hear)
        items = read_block(unit.source, unit.block, options, unread)
        yield from portions_of(items, self._keep, Counted(), listening)
        yield Portion([], [], [], unread=tuple(unread))

    def finish(self) -> dict[str, Any]:
        return dict(self._writes().finish())

    def _keep(self, article: Article) -> Kept:
        number = self._writes().add(article, indexed=self._job.now)
        return Kept(part=self._job.part, number=number)

    def _writes(self) -> Part:
        if self._part is None:
            self._part = self._job.engine.part(self._job.directory, self._job.memory_mb)
        return self._part


def _receive(connection: Connection, inbox: SimpleQueue[Files | Lines | None]) -> None:
    while True:
        try:
            inbox.put(connection.recv())
        except (EOFError, OSError):
            os._exit(1)


def _sendable(error: Exception) -> Exception:
    """The error, or one that says the same where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return IndexerError(f"{type(error).__name__}: {error}")
    return error
