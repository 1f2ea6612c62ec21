"""The pen: an engine's writer that makes its generation's folder when there is first something to write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from corpus.article import Article
from indexer import generations
from indexer.engine import EngineFormat, Writer
from indexer.generations import Work


class Pen:
    """Writes articles into `work`; with `dry_run` it only remembers that it was used."""

    def __init__(self, work: Work, engine: EngineFormat, memory_mb: int, *, dry_run: bool = False):
        self._work, self._engine, self._memory_mb, self._dry_run = work, engine, memory_mb, dry_run
        self._writer: Writer | None = None
        self.used = False

    @property
    def number(self) -> int:
        """The number of the generation it writes."""
        return self._work.becomes.number

    def add(self, article: Article, *, indexed: datetime) -> None:
        self.used = True
        if not self._dry_run:
            self._open().add(article, indexed=indexed)

    def remove(self, article_id: str) -> None:
        self.used = True
        if not self._dry_run:
            self._open().remove(article_id)

    def finish(self) -> Mapping[str, Any]:
        """All written; what the manifest keeps of it."""
        segments = self._open().finish()
        self._writer = None
        return segments

    def cancel(self) -> None:
        """Give up what is not finished."""
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None

    def _open(self) -> Writer:
        if self._writer is None:
            self._work.begin()
            base = self._work.base
            segments = generations.read_manifest(base)["segments"] if base is not None else None
            self._writer = self._engine.writer(self._work.directory, segments, self._memory_mb)
        return self._writer
