"""What the bench asks of every engine, and what they are asked.

`ENGINES` is the list of contenders; each is a module with `name`, `version()`, `build(jsonl, directory)`
and `open(directory)`. A module is imported only when its engine runs, so that a missing one costs its rows
and nothing else.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

from indexer.parse import parse
from indexer.query import Clause, Match, Sort

Depth = Literal["top", "snippets", "whole"]
"""top: ten stored articles and the exact total; snippets: also three snippets an article; whole: also four
facets and a timeline."""
DEPTHS: tuple[Depth, ...] = ("top", "snippets", "whole")

FACETS = ("source", "section", "author", "place")
HITS = 10
SNIPPETS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query of a class of queries; `text` is in our query language."""

    kind: str
    text: str
    match: Match = "all"
    first: date | None = None
    last: date | None = None
    sort: Sort = "relevance"

    @property
    def clause(self) -> Clause:
        return parse(self.text, match=self.match).clause


@dataclass(frozen=True, slots=True)
class Answer:
    """How many articles match, and the articles shown with what was asked for beside them."""

    total: int
    hits: list[Any]


class Unsupported(Exception):
    """The engine has no such query."""


class Opened(Protocol):
    """An engine over a finished index."""

    def ask(self, question: Question, depth: Depth) -> Answer:
        """Answer; raises Unsupported."""

    def close(self) -> None: ...


class Contender(Protocol):
    """One of the modules named in ENGINES."""

    name: str

    def version(self) -> str: ...

    def build(self, jsonl: Path, directory: Path) -> int:
        """Index the file into the empty directory, committed to disk; returns how many articles."""

    def open(self, directory: Path) -> Opened: ...


ENGINES = ("newsdex", "tantivy", "sqlite")


def contender(name: str) -> Contender:
    """The engine of that name; ImportError when what it needs is not installed."""
    module: Any = importlib.import_module(f"tests.bench.with_{name}")
    return module  # type: ignore[no-any-return]


def missing(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The engines that cannot run here, with the reason."""
    for name in names:
        try:
            contender(name)
        except ImportError as error:
            yield name, str(error)
