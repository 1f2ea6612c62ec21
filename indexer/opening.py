"""The engine that answers: of the settings' index, always on the generation that is current."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

from corpus.article import Article
from indexer import generations
from indexer.engine import Engine, EngineFormat
from indexer.errors import IndexDamaged, IndexerError, QueryTooBroad, SearchTimeout
from indexer.fields import FACETS
from indexer.generations import Generation
from indexer.parse import parse
from indexer.query import Clause, Query
from indexer.results import IndexInfo, Marked, ResultPage
from indexer.settings import Settings

T = TypeVar("T")
# CURRENT may move on between its being read and the folder's being opened; each try reads it again.
TRIES = 5


def engine_format(settings: Settings) -> EngineFormat:
    """The engine the settings name, set up with them."""
    # Imported when asked for: it takes numpy and Whoosh along, which `--help` and errors do without.
    from indexer.whoosh_engine.engine import WhooshFormat

    return WhooshFormat(
        protected=settings.protected,
        expansion_most=settings.expansion_most,
        time_limit_ms=settings.time_limit_ms,
    )


def open_engine(settings: Settings, engine: EngineFormat | None = None) -> Following:
    """An engine over the settings' index; raises IndexMissing, IndexDamaged or IndexOutdated."""
    return Following(Path(os.path.abspath(settings.index)), engine or engine_format(settings))


def warm(engine: Engine) -> None:
    """Ask a question of each kind, so that what is compiled on first use is compiled now.

    The machine code is kept between runs; the first reader of a new installation would otherwise wait for
    it, and a search that ran out of time meanwhile would say so.
    """
    for typed in ("a", '"a b"', '"b a"~3', "a OR b -c", "headline:a", "ab*", "*ab", "abcd~"):
        with contextlib.suppress(QueryTooBroad, SearchTimeout):
            engine.search(Query(text=typed, clause=parse(typed).clause, facets=FACETS, timeline=True))
    with contextlib.suppress(SearchTimeout):
        engine.search(Query(first=date.min))


class _Opened:
    """One generation's engine, closed when it is retired and nobody uses it any more."""

    def __init__(self, generation: Generation, engine: Engine):
        self.generation, self.engine = generation, engine
        self.users, self.retired = 0, False
        self.hold = generations.hold(generation)
        self.hold.__enter__()

    def close(self) -> None:
        self.engine.close()
        self.hold.__exit__(None, None, None)


class Following:
    """An Engine that follows CURRENT.

    Each call looks at CURRENT (one stat) and opens the generation it names; calls under way finish on the
    one they began with. While the new one cannot be opened the old one answers.
    """

    def __init__(self, index: Path, engine: EngineFormat):
        self._index, self._format = index, engine
        self._pointer = os.path.join(index, generations.CURRENT)
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._stamp = self._look()
        self._opened = self._open()

    def search(self, query: Query) -> ResultPage:
        return self._ask(lambda engine: engine.search(query))

    def count(self, query: Query) -> int:
        return self._ask(lambda engine: engine.count(query))

    def article(self, article_id: str, query: Query | None = None) -> Marked | None:
        return self._ask(lambda engine: engine.article(article_id, query))

    def articles(self, query: Query | None = None) -> Iterator[Article]:
        with self._using() as engine:
            yield from engine.articles(query)

    def suggest(self, prefix: str, limit: int = 10) -> list[tuple[str, str, int]]:
        return self._ask(lambda engine: engine.suggest(prefix, limit))

    def interpret(self, clause: Clause) -> str:
        return self._ask(lambda engine: engine.interpret(clause))

    def info(self) -> IndexInfo:
        return self._ask(lambda engine: engine.info())

    def close(self) -> None:
        with self._lock:
            opened = self._opened
            opened.retired = True
            idle = opened.users == 0
        if idle:
            opened.close()

    def _ask(self, question: Callable[[Engine], T]) -> T:
        try:
            with self._using() as engine:
                return question(engine)
        except (OSError, IndexDamaged):
            # The generation may have been taken away under it (`forget` waits for nobody): ask the new one.
            if self._look() in (None, self._stamp):
                raise
        with self._using() as engine:
            return question(engine)

    @contextmanager
    def _using(self) -> Iterator[Engine]:
        self._follow()
        with self._lock:
            opened = self._opened
            opened.users += 1
        try:
            yield opened.engine
        finally:
            with self._lock:
                opened.users -= 1
                idle = opened.retired and opened.users == 0
            if idle:
                opened.close()

    def _follow(self) -> None:
        stamp = self._look()
        if stamp is None or stamp == self._stamp:
            return
        # One thread opens; the others go on with the old generation meanwhile.
        if not self._opening.acquire(blocking=False):
            return
        try:
            if stamp == self._stamp:
                return
            try:
                opened = self._open()
            except IndexerError:
                return
            with self._lock:
                old, self._opened, self._stamp = self._opened, opened, stamp
                old.retired = True
                idle = old.users == 0
            if idle:
                old.close()
        finally:
            self._opening.release()

    def _open(self) -> _Opened:
        for tries in range(TRIES):
            generation = None
            try:
                generation, manifest = generations.open_current(self._index, self._format)
                return _Opened(generation, self._format.open(generation.directory, manifest))
            except IndexDamaged:
                # Of two generations published in quick succession the first may be pruned by now.
                if tries == TRIES - 1 or generation == _current(self._index):
                    raise
        raise AssertionError("unreachable")

    def _look(self) -> tuple[int, int, int] | None:
        try:
            status = os.stat(self._pointer)
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size


def _current(index: Path) -> Generation | None:
    try:
        return generations.current(index)
    except IndexerError:
        return None
