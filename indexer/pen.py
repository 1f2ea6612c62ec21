"""The pen: an engine's writer that makes its generation's folder when there is first something to write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus.article import Article
from indexer import generations
from indexer.engine import EngineFormat, Writer
from indexer.generations import Work
from indexer.looking import Kept


class Pen:
    """Writes articles into `work`; with `dry_run` it only remembers that it was used."""

    def __init__(self, work: Work, engine: EngineFormat, memory_mb: int, *, dry_run: bool = False):
        self._work, self._engine, self._memory_mb, self._dry_run = work, engine, memory_mb, dry_run
        self._writer: Writer | None = None
        self._parts = 0
        self.used = False

    @property
    def number(self) -> int:
        """The number of the generation it writes."""
        return self._work.becomes.number

    def begin(self) -> Path:
        """The folder that is written into, made now: parts are written there as well."""
        self._open()
        return self._work.directory

    def add(self, article_id: str, kept: Kept, *, indexed: datetime) -> None:
        """Write an article that is in memory or in a part."""
        self.used = True
        if self._dry_run:
            return
        writer = self._open()
        if kept.article is not None:
            writer.add(kept.article, indexed=indexed)
        else:
            writer.adopt(article_id, part=kept.part, number=kept.number, indexed=indexed)

    def take(self, parts: Sequence[Mapping[str, Any]]) -> None:
        """What parts described that were written into the same folder; in the order of their numbers."""
        self._parts = len(parts)
        if parts:
            self._open().take(parts)

    def adopted(self, article_ids: Collection[str]) -> Iterator[tuple[str, Kept]]:
        """All that parts were given and that was written under these ids, replaced since or not."""
        if self._parts:
            for article_id, part, number in self._open().adopted(article_ids):
                yield article_id, Kept(part=part, number=number)

    def text(self, kept: Kept) -> Article:
        """An article that is in memory or in a part that is taken."""
        return kept.article or self._open().text(kept.part, kept.number)

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
