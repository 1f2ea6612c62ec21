"""Who reads the files of a build: this process alone, or a crew of processes beside it.

Both give the same in the same order: of each file what `look` found, then its portions. The crew's processes
also write the articles into parts of the generation, so that only rows come back; small files are given to
them in groups, a large file of JSON lines is cut here and given out in blocks. Of a plain file only
the places are given, and its hash is taken where it is cut: it is read once by this process, and once by the
crew. Whoever is free gets the next unit, and what comes back too early waits, so the order in which rows
are weighed never depends on who was faster.
"""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from corpus.blocks import blocks, lined, note_unread
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.reading import nothing_in
from corpus.source import Source
from indexer.errors import BuildBroken
from indexer.files import Candidate, hash_of, new_hash
from indexer.helping import Events, Failed, Files, Job, Lines, serve
from indexer.looking import Counted, Kept, Listening, Looked, Portion, look, portions
from indexer.processes import Started, start

# A block of JSON lines takes a tenth to a third of a second to read: little to wait for at the end, much
# beside what handing it over takes.
BLOCK = 2**20
# Files above this are cut if they can be, others go in groups of about so many bytes and at most so many.
CUT_FROM = 2 * BLOCK
GROUP_MOST = 32
# One unit to work on and one to go on with.
_UNITS_EACH = 2
# Rows that may wait for an earlier unit, some 300 bytes each, before nothing more is given out.
_WAITING_MOST = 100_000

Read = tuple[Candidate, Looked, Iterable[Portion]]


class Readers(Protocol):
    """Reads files for Holdings."""

    def files(self, candidates: Iterable[Candidate]) -> Iterator[Read]:
        """Each file in order, with its portions, which are to be taken before the next file."""

    def finish(self) -> Sequence[Mapping[str, Any]]:
        """All is read; what the parts say that were written meanwhile, in the order of their numbers."""

    def close(self) -> None:
        """End whatever is still under way."""


class Alone:
    """Reads in this process, texts staying in memory."""

    def __init__(self, options: ReadOptions, *, fresh: bool):
        self._options, self._fresh = options, fresh

    def files(self, candidates: Iterable[Candidate]) -> Iterator[Read]:
        for candidate in candidates:
            looked = look(candidate, self._options, fresh=self._fresh)
            yield candidate, looked, portions(candidate, looked, self._options, Kept)

    def finish(self) -> Sequence[Mapping[str, Any]]:
        return ()

    def close(self) -> None:
        """Nothing is under way."""


@dataclass(slots=True)
class _Begin:
    """A file is cut from here on; what was found of it is known when it is needed.

    Without `looked` its hash comes with its end.
    """

    candidate: Candidate
    source: Source
    looked: Future[Looked] | None
    read_ns: int = field(default_factory=time.time_ns)


@dataclass(slots=True)
class _End:
    """The file that is cut ends, or breaks off with a fault; the hash of it if it was not known before."""

    fault: UnreadableSource | None
    content: bytes = b""


_Planned = Files | Lines | _Begin | _End
_Event = Looked | Portion | _Begin | _End


@dataclass(slots=True)
class _Task:
    """A unit under way, and what has come of it."""

    unit: _Planned
    events: deque[_Event] = field(default_factory=deque)
    done: bool = False


class _Helper:
    """A process of the crew, and what it was given, the oldest first."""

    def __init__(self, job: Job):
        self.process: Started
        self.process, self.connection, forked = start(
            partial(_serve, job), "from indexer.helping import main; main()"
        )
        self.tasks: deque[_Task] = deque()
        if not forked:
            self.send(job)

    def give(self, task: _Task) -> None:
        self.tasks.append(task)
        self.send(task.unit)

    def send(self, what: Any) -> None:
        try:
            self.connection.send(what)
        except OSError:
            raise self._lost() from None

    def receive(self) -> Any:
        """The next message; raises what the process failed with, or BuildBroken when it is no more."""
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            raise self._lost() from None
        if isinstance(message, Failed):
            raise message.error
        return message

    def _lost(self) -> BuildBroken:
        code = self.process.wait()
        how = f"ended with code {code}"
        if code < 0:
            how = f"was ended by signal {-code}"
            with contextlib.suppress(ValueError):
                how += f" ({signal.Signals(-code).name})"
        unit = self.tasks[0].unit if self.tasks else None
        work = f"reading {unit.name}" if isinstance(unit, Files | Lines) else "writing"
        return BuildBroken(self.process.pid, how, work)


def _serve(job: Job, connection: Connection) -> None:
    serve(connection, job)


class Crew:
    """Reads in `count` processes beside this one, which write parts; see Readers."""

    def __init__(self, job: Job, count: int):
        self._job = job
        self._options = job.options
        self._looking = Counted()
        # Of the files in groups, in the order in which Looked will come for them.
        self._coming: deque[Candidate] = deque()
        self._waiting = 0
        self._beside = ThreadPoolExecutor(1)
        self._helpers: list[_Helper] = []
        # Threads come when there is something to do beside: processes that have any are not forked.
        with contextlib.ExitStack() as stack:
            stack.callback(self.close)
            for part in range(count):
                self._helpers.append(_Helper(dataclasses.replace(job, part=part)))
            stack.pop_all()

    def files(self, candidates: Iterable[Candidate]) -> Iterator[Read]:
        events = self._in_order(self._planned(candidates))
        for event in events:
            if isinstance(event, Looked):
                yield self._coming.popleft(), event, _until_last(events)
            elif isinstance(event, _Begin):
                looked = event.looked.result() if event.looked else Looked(event.read_ns, format="jsonl")
                yield event.candidate, looked, self._joined(event, events)

    def finish(self) -> Sequence[Mapping[str, Any]]:
        for helper in self._helpers:
            helper.send(None)
        found = [helper.receive() for helper in self._helpers]
        for helper in self._helpers:
            helper.process.wait()
        return found

    def close(self) -> None:
        for helper in self._helpers:
            helper.process.kill()
        for helper in self._helpers:
            helper.process.wait()
            helper.connection.close()
        self._helpers.clear()
        self._beside.shutdown(cancel_futures=True)

    # Planning.

    def _planned(self, candidates: Iterable[Candidate]) -> Iterator[_Planned]:
        group: list[Candidate] = []
        size = 0
        for candidate in candidates:
            if candidate.size >= CUT_FROM and (source := self._to_cut(candidate)) is not None:
                if group:
                    yield self._group(group)
                    group, size = [], 0
                yield from self._cut(candidate, source)
                continue
            group.append(candidate)
            size += candidate.size
            if size >= BLOCK or len(group) >= GROUP_MOST:
                yield self._group(group)
                group, size = [], 0
        if group:
            yield self._group(group)

    def _group(self, candidates: Iterable[Candidate]) -> Files:
        held = tuple(candidates)
        self._coming.extend(held)
        return Files(held)

    def _to_cut(self, candidate: Candidate) -> Source | None:
        """The lines in the file, if it is to be cut and to be read at all."""
        try:
            return lined(candidate.counted_source(self._options, self._looking.add))
        except UnreadableSource:
            return None

    def _cut(self, candidate: Candidate, source: Source) -> Iterator[_Planned]:
        looked, digest = None, new_hash()
        # What may be what it was is looked at whole first. What is packed is hashed while it is unpacked.
        perhaps_same = not self._job.fresh and candidate.known_hash is not None
        if perhaps_same or source.path is None:
            looked = self._beside.submit(look, candidate, self._options, fresh=self._job.fresh)
        yield _Begin(candidate, source, looked)
        if looked and perhaps_same and looked.result().same:
            return
        label = dataclasses.replace(source, opener=None, _notes={})
        fault = None
        try:
            for block in blocks(source, BLOCK, len if looked else digest.update):
                yield Lines(label, block)
        except UnreadableSource as error:
            fault = error
        if looked:
            yield _End(fault)
        else:
            yield _End(fault, _hash_beyond(candidate) if fault else digest.digest())

    # Following.

    def _in_order(self, planned: Iterator[_Planned]) -> Iterator[_Event]:
        """What comes of the units, in their order."""
        tasks: deque[_Task] = deque()
        more = True
        while more or tasks:
            more = more and self._give_out(planned, tasks)
            while tasks and (tasks[0].events or tasks[0].done):
                if not tasks[0].events:
                    tasks.popleft()
                    continue
                event = tasks[0].events.popleft()
                self._waiting -= _rows(event)
                yield event
                more = more and self._give_out(planned, tasks)
            if tasks:
                self._receive()

    def _give_out(self, planned: Iterator[_Planned], tasks: deque[_Task]) -> bool:
        """Give units to whoever can take one; whether there may be more."""
        while self._waiting < _WAITING_MOST:
            helper = min(self._helpers, key=lambda each: len(each.tasks))
            if len(helper.tasks) >= _UNITS_EACH:
                return True
            unit = next(planned, None)
            if unit is None:
                return False
            task = _Task(unit)
            tasks.append(task)
            if isinstance(unit, Files | Lines):
                helper.give(task)
            else:
                task.events.append(unit)
                task.done = True
        return True

    def _receive(self) -> None:
        """Wait for a message, and take all that are there."""
        by_connection = {helper.connection: helper for helper in self._helpers if helper.tasks}
        for ready in wait(list(by_connection)):
            helper = by_connection[ready]  # type: ignore[index]
            message: Events = helper.receive()
            helper.tasks[0].events.extend(message.events)
            self._waiting += sum(map(_rows, message.events))
            if message.done:
                helper.tasks.popleft().done = True

    def _joined(self, begin: _Begin, events: Iterator[_Event]) -> Iterator[Portion]:
        """The portions of all blocks of a file as those of the file."""
        places = 0
        unread: dict[str, None] = {}
        for event in events:
            if isinstance(event, Portion):
                yield event._replace(base=places, bytes_read=self._looking.taken())
                places += event.places
                unread.update(dict.fromkeys(event.unread))
            elif isinstance(event, _End):
                fault = event.fault or (None if places else nothing_in(begin.source))
                problems = [(fault.uri, fault.reason)] if fault is not None else []
                listening = Listening()
                options = dataclasses.replace(self._options, on_note=listening.hear)
                note_unread(begin.source, list(unread), options)
                yield Portion(
                    [], problems, listening.heard(),
                    bytes_read=self._looking.taken(), content=event.content, last=True,
                )  # fmt: skip
                return


def _hash_beyond(candidate: Candidate) -> bytes:
    """The hash of a file that was not read to its end; none if it cannot be."""
    try:
        return hash_of(candidate.path)
    except OSError:
        return b""


def _until_last(events: Iterator[_Event]) -> Iterator[Portion]:
    for event in events:
        if isinstance(event, Portion):
            yield event
            if event.last:
                return


def _rows(event: _Event) -> int:
    return len(event.items) if isinstance(event, Portion) else 0
