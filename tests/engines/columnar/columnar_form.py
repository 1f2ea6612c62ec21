"""The engine over columnar segments, with the plainest writer: every step adds a segment."""

from __future__ import annotations

import dataclasses
import secrets
from unittest.mock import patch

from indexer.whoosh_engine import store
from indexer.whoosh_engine.columnar.inverting import Batch
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import write_segment
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary
from indexer.whoosh_engine.engine import WhooshFormat


class ColumnarForm(WhooshFormat):
    """The default engine's format with other segments."""

    def writer(self, directory, base, memory_mb):
        return _Writer(directory, base, self._stemmer)

    def open(self, directory, manifest):
        with patch.object(store, "Segment", OpenSegment):
            return super().open(directory, manifest)


class _Writer:
    def __init__(self, directory, base, stemmer):
        self._directory, self._stemmer = directory, stemmer
        self._segments = [
            dict(each, deleted=set(each["deleted"])) for each in (base or {}).get("segments", ())
        ]
        self._places = {}
        for described in self._segments:
            ids = OpenSegment(directory, described, 0).numbers("col_id").tolist()
            self._places.update(
                {f"{number:016x}": (described, doc) for doc, number in enumerate(ids)
                 if doc not in described["deleted"]}
            )  # fmt: skip
        self._added = {}

    def add(self, article, *, indexed):
        self.remove(article.id)
        self._added[article.id] = (dataclasses.replace(article), indexed)

    def remove(self, article_id):
        if self._added.pop(article_id, None):
            return True
        described, doc = self._places.pop(article_id, (None, 0))
        if described is None:
            return False
        described["deleted"].add(doc)
        return True

    def finish(self):
        if self._added:
            batch = Batch(Vocabulary(self._stemmer))
            for article, indexed in self._added.values():
                batch.add(article, indexed)
            self._segments.append(write_segment(self._directory, secrets.token_hex(8), batch.finish()))
        return {"segments": [dict(each, deleted=sorted(each["deleted"])) for each in self._segments]}
