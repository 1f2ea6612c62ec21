"""The doctor: is the index what was written, does the ledger fit it, what is left to do."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from indexer import generations, lock
from indexer.engine import EngineFormat
from indexer.errors import IndexerError
from indexer.ledger import Ledger, open_ledger
from indexer.opening import engine_format
from indexer.settings import Settings
from indexer.survey import changed_since

State = Literal["ok", "note", "bad"]
LISTED_MOST = 20
ROOM_BYTES = 100 * 2**20
_MEND_LEDGER = "put a backup in its place, or take it away and: newsdex rebuild PATH"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `details` name its parts, the first of many; `remedy` is what to do."""

    what: str
    state: State
    message: str
    remedy: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkup:
    """All findings. The exit code: 0 sound, 1 there are notes, 2 the index cannot be relied on."""

    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        return max({"ok": 0, "note": 1, "bad": 2}[finding.state] for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.exit_code == 0, "findings": [asdict(finding) for finding in self.findings]}


def checkup(settings: Settings, engine: EngineFormat | None = None) -> Checkup:
    """Look at everything; raises nothing for what may be wrong with the index."""
    index = Path(os.path.abspath(settings.index))
    findings: list[Finding] = []
    with _ledger_of(index) as ledger:
        findings += _index(index, engine or engine_format(settings), _rebuild(ledger))
        if isinstance(ledger, Finding):
            findings.append(ledger)
        elif index.is_dir():
            for look in _LEDGER_LOOKS:
                findings.append(_guarded(look, index, ledger))
    findings += [_writer(index), _room(index), _versions(settings)]
    return Checkup(tuple(findings))


def _rebuild(ledger: Ledger | Finding) -> str:
    """The command that builds anew: without paths only where the ledger still knows them."""
    with contextlib.suppress(sqlite3.DatabaseError):
        if isinstance(ledger, Ledger) and ledger.roots():
            return "newsdex rebuild"
    return "newsdex rebuild PATH"


def _index(index: Path, engine: EngineFormat, rebuild: str) -> Iterator[Finding]:
    try:
        generation, manifest = generations.open_current(index, engine)
        generations.check_files(generation.directory, manifest, thorough=True)
        with contextlib.closing(engine.open(generation.directory, manifest)) as opened:
            articles = opened.info().articles
    except IndexerError as error:
        yield Finding("index", "bad", str(error), rebuild)
        return
    files = manifest["files"]
    size = sum(file["size"] for file in files.values())
    if articles == manifest["articles"]:
        message = f"{articles:,} articles in {len(files)} files, {size:,} bytes, all as written"
        yield Finding("index", "ok", f"{generation.name}: {message}")
    else:
        message = f"{articles:,} articles are found, {manifest['articles']:,} were written"
        yield Finding("index", "bad", message, rebuild)


@contextlib.contextmanager
def _ledger_of(index: Path) -> Iterator[Ledger | Finding]:
    try:
        ledger = open_ledger(index)
    except IndexerError as error:
        yield Finding("ledger", "bad", str(error), _MEND_LEDGER)
        return
    with contextlib.closing(ledger):
        yield ledger


def _guarded(look: Callable[[Path, Ledger], Finding], index: Path, ledger: Ledger) -> Finding:
    try:
        return look(index, ledger)
    except sqlite3.DatabaseError as error:
        return Finding("ledger", "bad", f"the ledger cannot be read: {error}", _MEND_LEDGER)


def _ledger(index: Path, ledger: Ledger) -> Finding:
    if wrong := ledger.check():
        return Finding("ledger", "bad", wrong, _MEND_LEDGER)
    counts = ledger.counts()
    told = ", ".join(
        f"{count:,} {name.removesuffix('s') if count == 1 else name}" for name, count in counts.items()
    )
    try:
        current = generations.current(index).number
    except IndexerError:
        return Finding("ledger", "ok", told)
    if ledger.generation > current:
        message = "a build was cut off at its very end; the next one completes it"
        return Finding("ledger", "note", message, "newsdex update")
    if ledger.generation < current:
        message = f"it describes generation {ledger.generation}, the index is generation {current}"
        return Finding("ledger", "bad", message, "newsdex rebuild")
    return Finding("ledger", "ok", told)


def _files(index: Path, ledger: Ledger) -> Finding:
    roots = ledger.roots()
    if not roots:
        return Finding("files", "note", "no paths are recorded", "newsdex rebuild PATH")
    if missing := tuple(str(root) for root in roots if not root.exists()):
        message = f"{len(missing):,} of {len(roots):,} paths are not there"
        return Finding("files", "bad", message, "mend them, or rebuild from others", missing[:LISTED_MOST])
    if changed := tuple(changed_since(ledger, index)):
        message = f"{len(changed):,} files are new, changed or gone since they were read"
        return Finding("files", "note", message, "newsdex update", changed[:LISTED_MOST])
    return Finding("files", "ok", f"{ledger.counts()['files']:,} read, none changed since")


def _problems(index: Path, ledger: Ledger) -> Finding:
    problems = list(ledger.problems())
    if not problems:
        return Finding("problems", "ok", "every file could be read")
    shown = tuple(f"{uri}: {reason}" for uri, reason in problems[:LISTED_MOST])
    message = f"{len(problems):,} files or items gave no article"
    return Finding("problems", "note", message, "mend or remove them; --json lists more", shown)


_LEDGER_LOOKS = (_ledger, _files, _problems)


def _writer(index: Path) -> Finding:
    if lock.is_held(index):
        return Finding("writer", "note", f"somebody is writing: {lock.holder(index) or 'unknown'}")
    left = generations.leftovers(index)
    if left:
        message = "a build was killed and left something behind; the next one takes it away"
        return Finding("writer", "note", message, "newsdex update", tuple(path.name for path in left))
    return Finding("writer", "ok", "nobody is writing, nothing is left behind")


def _room(index: Path) -> Finding:
    place = next(path for path in (index, *index.parents) if path.exists())
    free = shutil.disk_usage(place).free
    try:
        needed = 2 * generations.size_of(generations.current(index).directory)
    except IndexerError:
        needed = ROOM_BYTES
    message = f"{free / 1e6:,.0f} MB are free"
    if not os.access(place, os.W_OK):
        return Finding("disk", "note", f"{place} cannot be written to", "only a build needs that")
    if free < max(needed, ROOM_BYTES):
        return Finding("disk", "note", f"{message}; a rebuild may need {needed / 1e6:,.0f} MB", "make room")
    return Finding("disk", "ok", message)


def _versions(settings: Settings) -> Finding:
    names = ("newsdex", "whoosh3", "flask", "bleach", "numpy")
    found = [f"{name} {version}" for name in names if (version := _version(name))]
    files = tuple(f"settings from {path}" for path in settings.files)
    return Finding("versions", "ok", ", ".join([*found, f"Python {sys.version.split()[0]}"]), details=files)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
