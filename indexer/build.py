"""Building: `rebuild` makes the index what the paths hold, `update` follows what changed in them.

    survey -> read -> weigh -> writer -> seal -> verify -> ledger commits -> CURRENT moves

Both run in one transaction of the ledger and one unpublished generation; until the ledger commits, giving
up (an error, Ctrl-C, kill -9) leaves everything as it was. The commit is the moment a build counts: a run
killed between it and the move of CURRENT is completed by the next writer (`recover`).
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from indexer import generations
from indexer.crew import Alone, Crew, Readers
from indexer.engine import EngineFormat
from indexer.errors import (
    BuildRefused,
    IndexDamaged,
    IndexerError,
    IndexMissing,
)
from indexer.generations import Generation, Work
from indexer.helping import Job
from indexer.holdings import Holdings
from indexer.ledger import Ledger, open_ledger
from indexer.lock import writing
from indexer.old_texts import OldTexts
from indexer.opening import engine_format, warm
from indexer.pen import Pen
from indexer.processes import CAN_START, cores
from indexer.report import BuildReport, Problem, Progress, Silent, Tally
from indexer.settings import Settings
from indexer.survey import Survey, survey

Command = Literal["rebuild", "update"]

# Vanishing of more than half is refused from so many articles on; below, a person sees it at a glance.
GUARDED_FROM = 100
# Bytes of index per byte of files where no earlier build tells (60 MB of English JSON lines made 161 MB, and
# merging needs room of its own); and how much larger packed files are unpacked.
BYTES_PER_BYTE = 4.0
# Less to read than this is read by one process: starting others, and making one of what they write, would
# take longer.
SHARED_FROM_FILES = 300
SHARED_FROM_BYTES = 8_000_000
# Of the setting `memory`: the least that a process that reads is started for, and what it takes beside its
# buffers: of a million articles two with 232 MB for buffers took 285 to 322 MiB each, two with 192 up to 230.
MEMORY_EACH = 96
MEMORY_BESIDE = 64
PACKED = {".gz": 4, ".zst": 4, ".xz": 5, ".bz2": 5, ".zip": 4}


def rebuild(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings,
    progress: Progress | None = None,
    *,
    force: bool = False,
    dry_run: bool = False,
    engine: EngineFormat | None = None,
) -> BuildReport:
    """Make the index exactly what the paths hold; without paths, what its recorded roots hold.

    Raises BuildRefused by a guard that `force` overrules, IndexBusy, or whatever went wrong; the index is
    then as before. `dry_run` reads and reports, and writes nothing.
    """
    return _build("rebuild", paths, settings, progress, force, dry_run, engine)


def update(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings,
    progress: Progress | None = None,
    *,
    force: bool = False,
    dry_run: bool = False,
    engine: EngineFormat | None = None,
) -> BuildReport:
    """Follow what was added, changed, moved and taken away under the paths, by default all roots.

    A path that lies in no root becomes one. Raises as `rebuild` does, and IndexMissing, IndexOutdated or
    IndexDamaged where there is nothing to update.
    """
    return _build("update", paths, settings, progress, force, dry_run, engine)


def recover(index: Path, ledger: Ledger) -> None:
    """Complete or clean up what a killed run left. Only for a holder of the lock."""
    generations.clean(index)
    committed = Generation(ledger.generation, index)
    number, sound = 0, True
    try:
        number = generations.current(index).number
    except IndexMissing:
        pass
    except IndexDamaged:
        sound = False
    if committed.number > number and committed.directory.is_dir():
        with contextlib.suppress(IndexerError):
            manifest = generations.read_manifest(committed)
            generations.check_files(committed.directory, manifest, thorough=False)
            generations.publish(committed)
            number = committed.number
    if number:
        generations.prune(index)
    elif sound:
        generations.remove_all(index)


def _build(
    command: Command,
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings,
    progress: Progress | None,
    force: bool,
    dry_run: bool,
    engine: EngineFormat | None,
) -> BuildReport:
    # Paths are kept whole, so that a later update from another folder means the same files.
    given = list(dict.fromkeys(Path(os.path.abspath(os.path.expanduser(path))) for path in paths))
    index = Path(os.path.abspath(settings.index))
    if command == "update" and not index.is_dir():
        raise IndexMissing(settings.index)
    with contextlib.ExitStack() as stack:
        if index.is_dir() or not dry_run:
            stack.enter_context(writing(index, f"newsdex {command}"))
        ledger = open_ledger(index, create=not dry_run)
        stack.callback(ledger.close)
        if not dry_run:
            recover(index, ledger)
        build = _Build(
            command, index, settings, ledger, engine or engine_format(settings), progress or Silent(), dry_run
        )
        before = ledger.generation
        try:
            return build.run(given, force)
        except KeyboardInterrupt as stopped:
            if ledger.generation == before:
                raise
            # It came after the moment from which the build counts.
            recover(index, ledger)
            raise KeyboardInterrupt("too late to stop it: the new index is in use") from stopped


class _Build:
    """One run, inside the lock."""

    def __init__(
        self,
        command: Command,
        index: Path,
        settings: Settings,
        ledger: Ledger,
        engine: EngineFormat,
        progress: Progress,
        dry_run: bool,
    ):
        self._command, self._index, self._settings = command, index, settings
        self._ledger, self._engine, self._progress, self._dry_run = ledger, engine, progress, dry_run
        self._tally = Tally()
        self._began = time.monotonic()
        self._now = datetime.now(UTC)

    def run(self, given: Sequence[Path], force: bool) -> BuildReport:
        base = self._base()
        roots, looked = self._roots(given)
        self._progress.stage("Looking for files")
        found = survey(self._ledger, roots, looked, self._index)
        if not force:
            found.refuse_unsafe(update=self._command == "update")
            if not self._dry_run:
                self._refuse_without_room(found)
        for _, problem in found.unreadable:
            self._told(problem)
        with contextlib.ExitStack() as stack:
            stack.enter_context(_collecting_rarely())
            old = stack.enter_context(contextlib.closing(OldTexts(self._index, self._engine)))
            number = generations.next_number(self._index, self._ledger.generation + 1)
            work = Work(Generation(number, self._index), base)
            pen = Pen(work, self._engine, self._settings.memory, dry_run=self._dry_run)
            stack.callback(work.give_up)
            stack.callback(pen.cancel)
            with self._transaction():
                readers = stack.enter_context(contextlib.closing(self._readers(found, pen)))
                self._read_all(found, readers, pen, old, roots)
                held = self._ledger.held()
                self._refuse_losses(held, force)
                if self._dry_run or not (pen.used or self._command == "rebuild"):
                    return self._report(found, base, self._ledger.generation, held)
                self._finish(pen, work, held)
            # From here on the build counts.
            generations.publish(work.becomes)
        generations.prune(self._index)
        return self._report(found, work.becomes, number, held)

    def _base(self) -> Generation | None:
        """The generation an update builds on; None for a rebuild."""
        if self._command == "rebuild":
            return None
        base, _ = generations.open_current(self._index, self._engine)
        if self._ledger.generation != base.number:
            raise BuildRefused(
                f"the ledger in {self._settings.index} describes another generation than the current one; "
                "make the index again with: newsdex rebuild"
            )
        return base

    def _roots(self, given: Sequence[Path]) -> tuple[list[Path], list[Path]]:
        """The roots from now on, and the paths to look at."""
        recorded = self._ledger.roots()
        if self._command == "rebuild":
            roots = list(given) or recorded
            if not roots:
                raise BuildRefused("no files are recorded yet; name some: newsdex rebuild PATH")
            return roots, roots
        known = set(recorded)
        new = [path for path in given if known.isdisjoint((path, *path.parents))]
        return [*recorded, *new], list(given) or recorded

    def _refuse_without_room(self, found: Survey) -> None:
        if self._command == "update":
            return
        needed = self._estimate(found)
        free = shutil.disk_usage(self._index).free
        if needed > free:
            raise BuildRefused(
                f"the index may need {needed / 1e6:,.0f} MB beside the old one and {free / 1e6:,.0f} MB are "
                f"free in {self._settings.index}; make room, name another place with --index, or use --force"
            )

    def _estimate(self, found: Survey) -> int:
        """Bytes a rebuild may take: what the last one took for each byte of files, else a guess."""
        packed = found.bytes + sum(
            size * (PACKED[suffix] - 1) for suffix, size in found.bytes_by_suffix(PACKED).items()
        )
        row = self._ledger.db.execute("SELECT value FROM facts WHERE name = 'bytes_per_byte'").fetchone()
        return int(packed * (row[0] * 1.5 if row else BYTES_PER_BYTE))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        if not self._dry_run:
            with self._ledger.transaction():
                yield
            return
        self._ledger.db.execute("BEGIN")
        try:
            yield
        finally:
            self._ledger.db.execute("ROLLBACK")

    def _readers(self, found: Survey, pen: Pen) -> Readers:
        """Who reads: this process, or for much to read as many others as there are cores and memory for."""
        fresh, options = self._command == "rebuild", self._settings.read_options()
        files, size = found.extent(everything=fresh)
        jobs = min(self._settings.jobs or cores(), self._settings.memory // MEMORY_EACH)
        much = files >= SHARED_FROM_FILES or size >= SHARED_FROM_BYTES
        if self._dry_run or jobs < 2 or not (much and self._engine.in_parts and CAN_START):
            return Alone(options, fresh=fresh)
        self._engine.prepare()
        memory = self._settings.memory // jobs - MEMORY_BESIDE
        job = Job(self._engine, pen.begin(), memory, options, self._now, fresh, part=0)
        return Crew(job, jobs)

    def _read_all(
        self, found: Survey, readers: Readers, pen: Pen, old: OldTexts, roots: Sequence[Path]
    ) -> None:
        rebuilding = self._command == "rebuild"
        self._ledger.set_roots(roots)
        holdings = Holdings(
            self._ledger, pen, old, self._settings.read_options(), self._tally, self._progress,
            run=pen.number, fresh=rebuilding, now=self._now,
        )  # fmt: skip
        holdings.take_away(found.vanished(everywhere=rebuilding))
        self._progress.stage("Reading", found.bytes)
        for candidate, looked, portions in readers.files(found.candidates(everything=rebuilding)):
            holdings.take(candidate, looked, portions)
        holdings.decide()
        pen.take(readers.finish())
        self._tally.counts["files"] = found.files
        self._tally.counts["files_unchanged"] = found.files - self._tally.counts["files_read"]
        self._progress.stage("Comparing")
        holdings.settle()
        self._note_reading_settings()

    def _note_reading_settings(self) -> None:
        settings = self._settings
        text = repr((settings.zone, settings.language, sorted(settings.outlets.items())))
        digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        db = self._ledger.db
        row = db.execute("SELECT value FROM facts WHERE name = 'reading'").fetchone()
        if self._command == "rebuild" or row is None:
            db.execute("INSERT OR REPLACE INTO facts VALUES ('reading', ?)", (digest,))
        elif row[0] != digest:
            words = "zone, language or outlets changed since the rebuild; another would apply them everywhere"
            self._tally.note("settings", words)

    def _refuse_losses(self, held: int, force: bool) -> None:
        removed = self._tally.counts["removed"]
        before = held + removed - self._tally.counts["added"]
        if force:
            return
        if self._command == "rebuild" and not held:
            raise BuildRefused(
                f"no article was found in {self._tally.counts['files']:,} files"
                f"{self._why()}; make an empty index with --force"
            )
        if self._command == "update" and before >= GUARDED_FROM and removed * 2 > before:
            raise BuildRefused(
                f"{removed:,} of {before:,} articles would vanish; if that is meant, say so with --force"
            )

    def _why(self) -> str:
        problems = self._tally.problems
        return f" (the first: {problems[0].uri}: {problems[0].reason})" if problems else ""

    def _finish(self, pen: Pen, work: Work, held: int) -> None:
        """Write, seal and verify the generation of `held` articles, and let the ledger name it."""
        self._progress.stage("Writing the index")
        segments = pen.finish()
        manifest = work.seal(self._engine, self._now, held, segments)
        self._progress.stage("Verifying")
        rebuilding = self._command == "rebuild"
        with ThreadPoolExecutor(1) as beside:
            checked = beside.submit(generations.check_files, work.directory, manifest, thorough=rebuilding)
            opened = self._engine.open(work.directory, manifest)
            with contextlib.closing(opened):
                found = opened.info().articles
                if rebuilding:
                    # Whatever an update asks was compiled by the rebuild before it.
                    warm(opened)
        checked.result()
        if found != held:
            raise IndexDamaged(work.directory, f"{found:,} articles were written instead of {held:,}")
        self._ledger.set_generation(work.becomes.number)
        size = self._ledger.db.execute("SELECT sum(size) FROM files").fetchone()[0] or 0
        ratio = generations.size_of(work.directory) / max(size, 1)
        self._ledger.db.execute("INSERT OR REPLACE INTO facts VALUES ('bytes_per_byte', ?)", (ratio,))
        work.finish()

    def _report(self, found: Survey, generation: Generation | None, number: int, held: int) -> BuildReport:
        counts = self._tally.counts
        return self._tally.report(
            self._command,
            dry_run=self._dry_run,
            generation=number,
            articles=held,
            unchanged=max(0, held - counts["added"] - counts["changed"]),
            seconds=time.monotonic() - self._began,
            bytes=generations.size_of(generation.directory) if generation is not None else 0,
        )

    def _told(self, problem: Problem) -> None:
        self._tally.problem(problem.uri, problem.reason)
        self._progress.problem(problem)


@contextlib.contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Let Python look for reference cycles a hundred times less often.

    A batch is hundreds of thousands of living objects without a cycle among them: looking through them took
    a fifth of the time from articles to sorted postings (254 against 197 microseconds an article). What was
    there before, all that is imported, is not looked through at all.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
