"""What the bench asks of every engine, and what they are asked.

`ENGINES` is the list of contenders; each is a module with `name`, `version()`, `open(directory)` and either
`command(jsonl, directory)`, its own command line, or `build(jsonl, directory)`, which runs in a process of
its own. A module is imported only when its engine runs, so a missing one costs its rows and nothing else.
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
    """One of the modules named in ENGINES.

    Beside these it has `command(jsonl, directory) -> list[str]`, a command line that indexes the file into
    the directory and ends its output with a line of JSON that holds `articles`; or `build(jsonl, directory)
    -> int`, which does it and returns how many there are.
    """

    name: str

    def version(self) -> str: ...

    def open(self, directory: Path) -> Opened: ...


ENGINES = ("newsdex", "tantivy", "sqlite", "xapian", "whoosh")

# Stock Whoosh takes minutes for 20,000 articles, and hours for a million say no more than minutes do.
ARTICLES_MOST = {"whoosh": 20_000}


def contender(name: str) -> Contender:
    """The engine of that name; ImportError when what it needs is not installed."""
    module: Any = importlib.import_module(f"tests.bench.with_{name}")
    return module  # type: ignore[no-any-return]


def left_out(names: Iterable[str], articles: int = 0) -> Iterator[tuple[str, str]]:
    """The engines that cannot run here or not with so many articles, each with the reason."""
    for name in names:
        most = ARTICLES_MOST.get(name)
        if most is not None and articles > most:
            yield name, f"too slow for more than {most:,} articles"
            continue
        try:
            contender(name)
        except ImportError as error:
            yield name, f"not installed: {error}"
