"""Articles into columnar segments: batches in memory, spilled when the bound asks, merged at the end."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from corpus.article import Article
from indexer.stems import Stemmer
from indexer.whoosh_engine.codec import INDEX_NAME
from indexer.whoosh_engine.columnar.codec import segment_from
from indexer.whoosh_engine.columnar.file_part import FilePart
from indexer.whoosh_engine.columnar.inverting import Batch
from indexer.whoosh_engine.columnar.merging import Merge
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import sync_folder, write_segment
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary
from indexer.whoosh_engine.schema import make_schema

# What a batch may take of the memory bound. The rest is for the vocabulary's growth, for merging and for
# what is being read meanwhile.
_BATCH_PART = 0.45

_TOCS = f"_{INDEX_NAME}_*.toc"

Described = dict[str, Any]


class ColumnarWriter:
    """Adds and removes articles in one generation's folder; see engine.Writer.

    The folder may already hold the base's files, linked.
    """

    def __init__(self, directory: Path, base: Mapping[str, Any] | None, memory_mb: int, stemmer: Stemmer):
        self._directory = directory
        self._stemmer = stemmer
        self._bound = int(memory_mb * 1_000_000 * _BATCH_PART)
        self._segments: list[Described] = [dict(each) for each in (base or {}).get("segments", ())]
        self._deleted: list[set[int]] = [set(each["deleted"]) for each in self._segments]
        self._base_segments = len(self._segments)
        # An article's id as a number, and where it is: the segment's place in the list, and its document.
        self._places: dict[int, tuple[int, int]] = {}
        for at in range(len(self._segments)):
            ids = self._opened(at).numbers("col_id").tolist()
            self._places |= {each: (at, doc) for doc, each in enumerate(ids) if doc not in self._deleted[at]}
        self._vocabulary = Vocabulary(stemmer)
        self._batch = Batch(self._vocabulary)
        self._batch_deleted: set[int] = set()

    def add(self, article: Article, *, indexed: datetime) -> None:
        self.remove(article.id)
        doc = self._batch.add(article, indexed)
        self._places[int(article.id, 16)] = (len(self._segments), doc)
        if self._batch.nbytes > self._bound:
            self._spill()

    def remove(self, article_id: str) -> bool:
        place = self._places.pop(int(article_id, 16), None)
        if place is None:
            return False
        at, doc = place
        (self._batch_deleted if at == len(self._segments) else self._deleted[at]).add(doc)
        return True

    def finish(self) -> Mapping[str, Any]:
        self._spill()
        kept, merged = self._chosen()
        if len(merged) > 1 or any(self._deleted[at] for at in merged):
            parts = []
            for at in merged:
                alive = np.ones(self._segments[at]["documents"], dtype=bool)
                alive[list(self._deleted[at])] = False
                parts.append((FilePart(self._opened(at)), alive))
            merge = Merge(parts)
            made = [write_segment(self._directory, _new_name(), merge)] if merge.count else []
        else:
            made = [self._described(at) for at in merged]
        segments = [*(self._described(at) for at in kept), *made]
        self._forget_files({each["segment"] for each in segments})
        self._write_toc(segments)
        return {"segments": segments}

    def cancel(self) -> None:
        """Nothing is held but memory; the folder is taken away by whoever made it."""

    def _spill(self) -> None:
        """Write the batch as a segment of its own and begin another."""
        if self._batch.count:
            data = self._batch.finish()
            self._segments.append(write_segment(self._directory, _new_name(), data))
            self._deleted.append(self._batch_deleted)
        if self._vocabulary.nbytes > self._bound // 3:
            self._vocabulary = Vocabulary(self._stemmer)
        self._batch, self._batch_deleted = Batch(self._vocabulary), set()

    def _chosen(self) -> tuple[list[int], list[int]]:
        """Which segments stay as they are, and which become one.

        All new ones, and of the base's, smallest first, each up to twice the size of what is merged so far:
        so sizes at least double from one segment to the next, their number stays logarithmic, and a small
        update never rewrites a large archive. One that is mostly deleted is rewritten as well.
        """
        alive = [
            each["documents"] - len(gone) for each, gone in zip(self._segments, self._deleted, strict=True)
        ]
        merged = list(range(self._base_segments, len(self._segments)))
        size = sum(alive[at] for at in merged)
        kept = []
        for at in sorted(range(self._base_segments), key=alive.__getitem__):
            if (size and alive[at] <= 2 * size) or len(self._deleted[at]) > alive[at]:
                merged.append(at)
                size += alive[at]
            elif alive[at]:
                kept.append(at)
        # Documents keep the order they came in.
        return sorted(kept), sorted(merged)

    def _described(self, at: int) -> Described:
        return {**self._segments[at], "deleted": sorted(self._deleted[at])}

    def _opened(self, at: int) -> OpenSegment:
        return OpenSegment(self._directory, self._segments[at], 0)

    def _forget_files(self, kept: set[str]) -> None:
        for file in self._directory.glob(f"{INDEX_NAME}_*"):
            if file.name.partition(".")[0].removeprefix(f"{INDEX_NAME}_") not in kept:
                file.unlink()

    def _write_toc(self, segments: Sequence[Mapping[str, Any]]) -> None:
        """Whoosh's table of contents, for programs that open the folder with Whoosh."""
        for old in self._directory.glob(_TOCS):
            old.unlink()
        toc = TOC(make_schema(), [segment_from(each) for each in segments], 1)
        toc.write(FileStorage(str(self._directory)), INDEX_NAME)
        sync_folder(self._directory)


def _new_name() -> str:
    return secrets.token_hex(8)
