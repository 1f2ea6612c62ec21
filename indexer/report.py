"""What a build did, and how it tells of itself while it does it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

PROBLEMS_MOST = 10_000
"""So many problems are listed one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that gave no article, and why."""

    uri: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a rebuild or an update did.

    `articles` are held now; `added`, `changed`, `removed` and `unchanged` compare with before. Of the files
    found, `files_read` were read, `files_unchanged` were not, `files_vanished` are gone. `duplicates` are
    further holdings of the same text under the same id, `versions` other texts under one id that went to
    the ledger, `moved` articles whose file has another name now, `withheld` those their source withdrew,
    `forgotten` those that `forget` keeps out. `undated` and `doubtful` count dates among the articles read.
    `unreadable` counts every problem, `problems` lists the first. `notes` are remarks on a file that
    stopped nothing. `generation` is the one now current, `bytes` its size.
    """

    command: Literal["rebuild", "update"]
    dry_run: bool = False
    generation: int = 0
    articles: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    files: int = 0
    files_read: int = 0
    files_unchanged: int = 0
    files_vanished: int = 0
    duplicates: int = 0
    versions: int = 0
    moved: int = 0
    withheld: int = 0
    forgotten: int = 0
    undated: int = 0
    doubtful: int = 0
    encoding_repaired: int = 0
    unreadable: int = 0
    formats: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    seconds: float = 0.0
    bytes: int = 0

    @property
    def exit_code(self) -> int:
        """0 done, 1 done with unreadable sources."""
        return 1 if self.unreadable else 0

    def as_json(self) -> dict[str, Any]:
        values = dataclasses.asdict(self)
        values["formats"] = dict(self.formats)
        values["seconds"] = round(self.seconds, 3)
        return {"ok": True, **values}


class Tally:
    """The report while it grows."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.formats: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []

    def problem(self, uri: str, reason: str) -> None:
        self.counts["unreadable"] += 1
        if len(self.problems) < PROBLEMS_MOST:
            self.problems.append(Problem(uri, reason))

    def note(self, uri: str, words: str) -> None:
        if len(self.notes) < PROBLEMS_MOST:
            self.notes.append(Problem(uri, words))

    def report(self, command: Literal["rebuild", "update"], **values: Any) -> BuildReport:
        return BuildReport(
            command=command,
            formats=dict(self.formats.most_common()),
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            **{**self.counts, **values},
        )


class Progress(Protocol):
    """Told how far a build is; whoever shows it decides how."""

    def stage(self, name: str, total: int = 0) -> None:
        """Another part of the work begins; `total` are the bytes it will read, 0 when it reads none."""

    def advance(self, *, bytes_read: int = 0, articles: int = 0) -> None: ...

    def problem(self, problem: Problem) -> None: ...


class Silent:
    """Progress nobody looks at."""

    def stage(self, name: str, total: int = 0) -> None: ...

    def advance(self, *, bytes_read: int = 0, articles: int = 0) -> None: ...

    def problem(self, problem: Problem) -> None: ...
