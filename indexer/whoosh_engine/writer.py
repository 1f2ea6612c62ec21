"""Articles into Whoosh's segments, through Whoosh's own writer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from corpus.article import Article
from indexer.stems import Stemmer
from indexer.whoosh_engine.codec import INDEX_NAME, NewsCodec, describe_segment, segment_from
from indexer.whoosh_engine.documents import document_of
from indexer.whoosh_engine.schema import make_schema
from indexer.whoosh_engine.stock import StockSegment
from indexer.whoosh_engine.store import Store

_TOCS = f"_{INDEX_NAME}_*.toc"


class WhooshWriter:
    """Adds and removes articles in one generation's folder; see engine.Writer.

    The folder may already hold the base's files (linked); the table of contents that Whoosh's writer reads
    is written afresh from the manifest first, so nothing is unpickled that did not come from here.
    """

    def __init__(self, directory: Path, base: Mapping[str, Any] | None, memory_mb: int, stemmer: Stemmer):
        self._directory = directory
        self._stemmer = stemmer
        self._added: dict[str, int] = {}
        self._replaced: list[int] = []
        storage = FileStorage(str(directory))
        segments = [segment_from(described) for described in (base or {}).get("segments", ())]
        for old in directory.glob(_TOCS):
            old.unlink()
        TOC(make_schema(), segments, 0).write(storage, INDEX_NAME)
        self._base = Store(directory, base["segments"], StockSegment) if base else None
        self._base_ids = _ids(self._base) if self._base else {}
        self._index = FileIndex(storage, indexname=INDEX_NAME)
        # Whoosh's limit counts only the postings' own bytes; with Python's objects around them a pool takes
        # about four times that.
        self._writer = SegmentWriter(
            self._index, limitmb=max(16, memory_mb // 4), codec=NewsCodec(), compound=False
        )

    def add(self, article: Article, *, indexed: datetime) -> None:
        document = document_of(article, self._stemmer, indexed)
        self.remove(article.id)
        self._added[article.id] = self._writer.doc_count()
        self._writer.add_document(**document)

    def remove(self, article_id: str) -> bool:
        place = self._added.pop(article_id, None)
        if place is not None:
            self._replaced.append(place)
            return True
        doc = self._base_ids.pop(article_id, None)
        if doc is None:
            return False
        self._writer.delete_document(doc)
        return True

    def finish(self) -> Mapping[str, Any]:
        before = {segment.segment_id() for segment in self._writer.segments}
        self._close_base()
        self._writer.commit(mergetype=_merge_like_sizes)
        toc = TOC.read(FileStorage(str(self._directory)), INDEX_NAME)
        for segment in toc.segments:
            if segment.segment_id() not in before:
                for place in self._replaced:
                    segment.delete_document(place)
        segments = [segment for segment in toc.segments if segment.doc_count_all() > segment.deleted_count()]
        for old in self._directory.glob(_TOCS):
            old.unlink()
        TOC(toc.schema, segments, toc.generation).write(FileStorage(str(self._directory)), INDEX_NAME)
        _forget_files(self._directory, toc.segments, segments)
        for file in self._directory.iterdir():
            if file.is_file():
                _fsync(file)
        _fsync(self._directory)
        return {"segments": [describe_segment(segment) for segment in segments]}

    def cancel(self) -> None:
        self._close_base()
        if not self._writer.is_closed:
            self._writer.cancel()

    def _close_base(self) -> None:
        if self._base is not None:
            self._base.close()
            self._base = None


def _merge_like_sizes(writer: SegmentWriter, segments: list[W3Segment]) -> list[W3Segment]:
    """Take segments up to twice the size of what is being written into it, smallest first.

    So sizes at least double from one segment to the next and their number stays logarithmic, while a small
    update never rewrites a large archive. A segment that is mostly deleted is rewritten as well. Merged
    documents come after the writer's own, whose numbers therefore stay.
    """
    size = max(1, writer.doc_count())
    kept = []
    for segment in sorted(segments, key=lambda each: each.doc_count_all() - each.deleted_count()):
        alive = segment.doc_count_all() - segment.deleted_count()
        if alive and (alive <= 2 * size or segment.deleted_count() > alive):
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
            size += alive
        elif alive:
            kept.append(segment)
    return kept


def _ids(store: Store) -> dict[str, int]:
    numbers = store.numbers("col_id").tolist()
    return {f"{number:016x}": doc for doc, number in enumerate(numbers) if not store.deleted[doc]}


def _forget_files(directory: Path, found: list[W3Segment], kept: list[W3Segment]) -> None:
    names = {segment.segment_id() for segment in kept}
    for segment in found:
        if segment.segment_id() not in names:
            for file in directory.glob(f"{segment.segment_id()}.*"):
                file.unlink()


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
