"""Segments of articles, made by a batch."""

from __future__ import annotations

import numpy as np

from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar.data import INVERTED, PLACED, FieldPostings, SegmentData, Strings
from indexer.whoosh_engine.columnar.files import writing
from indexer.whoosh_engine.columnar.inverting import TEXT_MOST, Batch
from indexer.whoosh_engine.columnar.stored_file import EXTENSION, KIND, StoredFile
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary
from tests.engines.columnar.folders import MemoryFolder
from tests.engines.columnar.texts import INDEXED


def segment_of(articles, known=None, text_most=TEXT_MOST) -> SegmentData:
    """The segment of the articles, all indexed at the same time."""
    batch = Batch(known or Vocabulary(Stemmer()), text_most)
    for each in articles:
        batch.add(each, INDEXED)
    return whole(batch.finish())


def whole(source) -> SegmentData:
    """What write_segment writes of a source, in memory."""
    folder = MemoryFolder()
    with writing(folder, f"one{EXTENSION}", KIND) as file:
        source.store(file, "stored")
    stored = StoredFile(folder, "one", source.count)
    return SegmentData(
        count=source.count,
        fields={name: joined([empty(name), *source.field(name)]) for name in INVERTED},
        lengths=source.lengths(),
        numbers=source.numbers(),
        names=source.names(),
        stored=Strings.of(stored.row(doc) for doc in range(source.count)),
    )


def joined(slices) -> FieldPostings:
    """The slices of a field as one."""
    end_to_end = {
        which: None
        if getattr(slices[0], which) is None
        else np.concatenate([getattr(each, which) for each in slices])
        for which in ("docs", "weights", "masks", "positions")
    }
    return FieldPostings(
        terms=Strings.end_to_end([each.terms for each in slices]),
        offsets=_offsets([each.offsets for each in slices]),
        position_offsets=None
        if slices[0].position_offsets is None
        else _offsets([each.position_offsets for each in slices]),
        **end_to_end,
    )


def _offsets(parts):
    return np.concatenate([[0], *(np.diff(part) for part in parts)]).cumsum()


def empty(name) -> FieldPostings:
    """A field that no document has."""
    placed = name in PLACED
    return FieldPostings(
        terms=Strings.of(()),
        offsets=np.zeros(1, np.int64),
        docs=np.empty(0, np.int32),
        weights=np.empty(0, np.float32),
        masks=np.empty(0, np.uint8) if name == "stems" else None,
        position_offsets=np.zeros(1, np.int64) if placed else None,
        positions=np.empty(0, np.int32) if placed else None,
    )
