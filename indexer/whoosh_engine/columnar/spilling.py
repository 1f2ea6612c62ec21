"""Articles into segments of a folder: gathered in memory, written whenever the bound asks."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus.article import Article
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar.inverting import Batch
from indexer.whoosh_engine.columnar.packing import Packing
from indexer.whoosh_engine.columnar.segment_files import write_segment
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary

# What a batch may take of the memory bound. The rest is for the vocabulary's growth, for merging and for
# what is being read meanwhile.
_BATCH_PART = 0.45

Described = dict[str, Any]


class Spilling:
    """Takes in articles one after the other; see engine.Part. The last writer of an id is not asked for."""

    def __init__(self, directory: Path, memory_mb: int, stemmer: Stemmer):
        self._directory, self._stemmer = directory, stemmer
        self._bound = int(memory_mb * 1_000_000 * _BATCH_PART)
        self._segments: list[Described] = []
        self._written = 0
        self._vocabulary = Vocabulary(stemmer)
        self._packing = Packing(directory)
        self._batch = self._begun()

    def add(self, article: Article, *, indexed: datetime) -> int:
        """Take in an article; returns how many came before it."""
        number = self._written + self._batch.add(article, indexed)
        if self._batch.nbytes > self._bound:
            self._spill()
        return number

    def finish(self) -> Mapping[str, Any]:
        """Write what is left; the segments in the order of what they hold, as the manifest describes them."""
        self._spill()
        return {"segments": self._segments}

    def _spill(self) -> None:
        """Write the batch as a segment of its own and begin another."""
        if self._batch.count:
            self._written += self._batch.count
            self._segments.append(write_segment(self._directory, new_name(), self._batch.finish()))
        if self._vocabulary.nbytes > self._bound // 3:
            self._vocabulary = Vocabulary(self._stemmer)
        self._batch = self._begun()

    def _begun(self) -> Batch:
        return Batch(self._vocabulary, packing=self._packing, folder=self._directory)


def new_name() -> str:
    """A name that no other segment of a folder has."""
    return secrets.token_hex(8)
