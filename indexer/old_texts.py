"""The texts that the current index holds, for a build that is about to change them."""

from __future__ import annotations

import contextlib
from pathlib import Path

from corpus.article import Article
from indexer import generations
from indexer.engine import Engine, EngineFormat
from indexer.errors import IndexerError


class OldTexts:
    """Opens the index when a text is first asked for: most builds change none."""

    def __init__(self, index: Path, form: EngineFormat):
        self._index, self._format = index, form
        self._engine: Engine | None = None
        self._looked = False

    def article(self, article_id: str) -> Article | None:
        """The article as it is held; None where it is not, or where the index cannot be read."""
        if not self._looked:
            self._looked = True
            with contextlib.suppress(IndexerError):
                generation, manifest = generations.open_current(self._index, self._format)
                self._engine = self._format.open(generation.directory, manifest)
        found = self._engine.article(article_id) if self._engine is not None else None
        return found.article if found is not None else None

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
