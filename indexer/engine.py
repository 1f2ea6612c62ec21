"""The port: where articles are kept and found, from the caller's side.

Two halves. `EngineFormat` writes and opens the files of one generation and is what build.py drives, with
processes beside that write parts of it where the engine can; `Engine` answers questions and is what web and
command line ask. `open_engine` gives the one the settings name, following CURRENT: a search under way
finishes on the generation it began with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from corpus.article import Article
from indexer.query import Clause, Query
from indexer.results import IndexInfo, Marked, ResultPage


class Part(Protocol):
    """Takes in articles for a generation in a process of its own, beside the generation's writer.

    What it took in is numbered from 0 and becomes the generation's only where the writer adopts it.
    """

    def add(self, article: Article, *, indexed: datetime) -> int:
        """Take in an article; returns its number."""

    def finish(self) -> Mapping[str, Any]:
        """Write all into the folder and describe it, in values that JSON has, for Writer.take."""


class Writer(Protocol):
    """Fills one generation's folder. Nothing is visible to readers before generations.publish().

    Of several articles of one id, in the base, added or adopted, the one that came last is held.
    """

    def add(self, article: Article, *, indexed: datetime) -> None:
        """Take in an article."""

    def adopt(self, article_id: str, *, part: int, number: int, indexed: datetime) -> None:
        """Take in what a part was given under this number, as first indexed at `indexed`.

        Parts are numbered as `take` will name them; what is not adopted is left out.
        """

    def take(self, parts: Sequence[Mapping[str, Any]]) -> None:
        """What the parts described, once all are finished; to be called before text() and finish()."""

    def adopted(self, article_ids: Collection[str]) -> Sequence[tuple[str, int, int]]:
        """All that was adopted under these ids, replaced since or not: (id, part, number), in order."""

    def text(self, part: int, number: int) -> Article:
        """An article that a part was given, adopted or not."""

    def remove(self, article_id: str) -> None:
        """Take out an article of the base or of this writer, if there is one."""

    def finish(self) -> Mapping[str, Any]:
        """Write all to disk (fsynced) and describe it as JSON values for the manifest's `segments`."""

    def cancel(self) -> None:
        """Give up; the folder may then be deleted."""


class EngineFormat(Protocol):
    """How one engine's files are written and opened."""

    name: str
    layout: str
    """Changes whenever files of an older version can no longer be read; part of the manifest."""
    in_parts: bool
    """Whether `part` gives parts and its writers adopt from them; a process of its own gets it by pickle."""

    def part(self, directory: Path, memory_mb: int) -> Part:
        """A part of what is written into `directory`, which all its parts and the writer share."""

    def prepare(self) -> None:
        """Load what parts need, so that processes forked from this one have it."""

    def writer(self, directory: Path, base: Mapping[str, Any] | None, memory_mb: int) -> Writer:
        """A writer into `directory`; `base` is the manifest's `segments` of files already linked there."""

    def open(self, directory: Path, manifest: Mapping[str, Any]) -> Engine:
        """The engine over one generation; raises IndexDamaged or IndexOutdated."""


class Engine(Protocol):
    """Where articles are found. Safe to use from several threads."""

    def search(self, query: Query) -> ResultPage:
        """Answer; raises QueryTooBroad, CursorInvalid, SearchTimeout."""

    def count(self, query: Query) -> int:
        """How many articles match, and nothing else."""

    def article(self, article_id: str, query: Query | None = None) -> Marked | None:
        """One article with the query's marks; None when it is not held."""

    def articles(self, query: Query | None = None) -> Iterator[Article]:
        """Every article (that the query matches, in its sort), streamed."""

    def suggest(self, prefix: str, limit: int = 10) -> list[tuple[str, str, int]]:
        """Completions as (text, kind, articles), kind one of headline, author, place, section, word."""

    def interpret(self, clause: Clause) -> str:
        """The clause in words, as it is run."""

    def info(self) -> IndexInfo: ...

    def close(self) -> None: ...
