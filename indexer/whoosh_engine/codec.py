"""Whoosh's stock codec under our names, and segments as JSON values.

The dotted path of NewsCodec is pickled into Whoosh's table of contents: keep it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3Segment

INDEX_NAME = "MAIN"


class NewsCodec(W3Codec):
    """The stock codec, with segment names from the system's random numbers.

    The stock names come from the global `random`, so two writers seeded alike would collide.
    """

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:
        return W3Segment(self, indexname, segid=secrets.token_hex(8))


def describe_segment(segment: W3Segment) -> dict[str, Any]:
    """A segment for the manifest: its name, documents, deleted document numbers and sums of lengths."""
    return {
        "segment": segment.segid,
        "documents": segment.doc_count_all(),
        "deleted": sorted(segment.deleted_docs()),
        "lengths": {name: length for name, length in segment._fieldlengths.items() if length},
    }


def segment_from(described: Mapping[str, Any]) -> W3Segment:
    """The segment that `describe_segment` described."""
    segment = W3Segment(
        NewsCodec(),
        INDEX_NAME,
        doccount=int(described["documents"]),
        segid=str(described["segment"]),
        deleted={int(doc) for doc in described["deleted"]} or None,
    )
    segment._fieldlengths = {str(name): int(length) for name, length in described["lengths"].items()}
    return segment
