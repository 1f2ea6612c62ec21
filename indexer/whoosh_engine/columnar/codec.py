"""The columnar files as a codec of Whoosh's: whoosh.index.open_dir(), Searcher and IndexWriter work on them.

    from whoosh.index import create_in
    writer = create_in(folder, schema).writer(codec=ColumnarCodec())

Any schema can be written. Positions, frequencies, existence and newsdex's own field masks are kept as arrays;
what another posting format writes is kept as it is. Of stored values those of values.py are taken, others
refused by name. A later writer needs `codec=` again: Whoosh takes the codec of what it writes from there.

The dotted paths of ColumnarCodec and ColumnarSegment are pickled into Whoosh's table of contents: keep them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from whoosh.codec.base import Codec, Segment

from indexer.whoosh_engine.codec import INDEX_NAME


class ColumnarSegment(Segment):
    """What Whoosh pickles of a segment: its name, its documents, and which of them are deleted."""

    def __init__(self, indexname: str, segid: str, documents: int = 0, deleted: Iterable[int] = ()):
        self.indexname = indexname
        self.segid = segid
        self.compound = False
        self._documents = documents
        self._deleted = set(deleted)

    def codec(self, **_: Any) -> ColumnarCodec:
        return ColumnarCodec()

    def set_doc_count(self, doccount: int) -> None:
        self._documents = doccount

    def doc_count_all(self) -> int:
        return self._documents

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterable[int]:
        return iter(sorted(self._deleted))

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def should_assemble(self) -> bool:
        # One file instead of five would have to be written twice.
        return False


class ColumnarCodec(Codec):
    """Makes Whoosh write and read the columnar files. Stateless."""

    def per_document_writer(self, storage: Any, segment: ColumnarSegment) -> Any:
        from indexer.whoosh_engine.columnar.whoosh_writers import ColumnarDocumentWriter

        return ColumnarDocumentWriter(storage, segment)

    def field_writer(self, storage: Any, segment: ColumnarSegment) -> Any:
        from indexer.whoosh_engine.columnar.whoosh_writers import ColumnarFieldWriter

        return ColumnarFieldWriter(storage, segment)

    def per_document_reader(self, storage: Any, segment: ColumnarSegment) -> Any:
        from indexer.whoosh_engine.columnar.whoosh_documents import ColumnarDocumentReader

        return ColumnarDocumentReader(storage, segment)

    def terms_reader(self, storage: Any, segment: ColumnarSegment) -> Any:
        from indexer.whoosh_engine.columnar.whoosh_terms import ColumnarTermsReader

        return ColumnarTermsReader(storage, segment)

    def new_segment(self, storage: Any, indexname: str) -> ColumnarSegment:
        # Not from the global random, whose seed two writers may share.
        return ColumnarSegment(indexname, secrets.token_hex(8))

    @classmethod
    def column_filename(cls, segment: Segment, fieldname: str) -> str:
        """Where whoosh.sorting.add_sortable puts a column that it adds to a segment already written."""
        return str(segment.make_filename(f".{fieldname}.col"))


def describe_segment(segment: ColumnarSegment) -> dict[str, Any]:
    """A segment as the manifest has it, without the sums of lengths, which write_segment tells."""
    return {
        "segment": segment.segid,
        "documents": segment.doc_count_all(),
        "deleted": list(segment.deleted_docs()),
    }


def segment_from(described: Mapping[str, Any]) -> ColumnarSegment:
    """The segment for Whoosh that write_segment described, so that a TOC can name it."""
    return ColumnarSegment(
        INDEX_NAME,
        str(described["segment"]),
        int(described["documents"]),
        (int(doc) for doc in described["deleted"]),
    )
