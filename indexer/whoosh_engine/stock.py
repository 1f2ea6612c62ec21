"""A segment that Whoosh's stock codec wrote, as arrays: decoded in Python, posting by posting."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader, TermNotFound

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.codec import NewsCodec, segment_from
from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.doc_set import Docs, DocSet
from indexer.whoosh_engine.schema import NUMBERS, SEPARATOR, make_schema
from indexer.whoosh_engine.segment import EMPTY, HeldArrays, Places, Postings
from indexer.whoosh_engine.set_kernels import followed

# Decoding a stock posting list runs in Python at about 1.5 microseconds a posting; the lists of common words
# are kept decoded, up to this many postings a segment (12 bytes each).
KEPT_POSTINGS = 8_000_000


@contextmanager
def damage_named(file: Path | str) -> Iterator[None]:
    """Turn whatever a damaged file makes Whoosh raise into IndexDamaged, cause attached."""
    try:
        yield
    except (IndexDamaged, MemoryError, TermNotFound):
        raise
    except Exception as error:
        # A flipped bit in a pickle, a zlib stream or a length can raise nearly anything.
        raise IndexDamaged(file, f"{type(error).__name__}: {error}") from error


class StockSegment:
    """One segment of the stock codec. Safe in threads: reading is locked, decoded lists are shared."""

    def __init__(self, directory: Path, described: Mapping[str, Any], base: int):
        self.base = base
        self.whoosh_segment = segment_from(described)
        self.count = int(self.whoosh_segment.doc_count_all())
        self.deleted = np.zeros(self.count, dtype=bool)
        self.deleted[list(self.whoosh_segment.deleted_docs())] = True
        self.schema = make_schema()
        self._file = directory / self.whoosh_segment.segment_id()
        self._lock = threading.RLock()
        self._kept: OrderedDict[tuple[str, bytes], Postings] = OrderedDict()
        self._kept_postings = 0
        with damage_named(self._file):
            self.reader = SegmentReader(FileStorage(str(directory)), self.schema, self.whoosh_segment)

    def close(self) -> None:
        self.reader.close()

    def document_frequency(self, field: str, term: str) -> int:
        with damage_named(self._file), self._lock:
            return int(self.reader.doc_frequency(field, _bytes(term)))

    def postings(self, field: str, term: str) -> Postings:
        """The whole list of a term, EMPTY for an unknown one."""
        key = (field, _bytes(term))
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
            with damage_named(self._file):
                decoded = self._decode(*key)
            self._kept[key] = decoded
            self._kept_postings += len(decoded.docs)
            while self._kept_postings > KEPT_POSTINGS and len(self._kept) > 1:
                self._kept_postings -= len(self._kept.popitem(last=False)[1].docs)
            return decoded

    def _decode(self, field: str, term: bytes) -> Postings:
        try:
            matcher = self.reader.postings(field, term)
        except TermNotFound:
            return EMPTY
        docs, weights, values = [], [], []
        masked = field == "stems"
        while matcher.is_active():
            docs.append(matcher.id())
            weights.append(matcher.weight())
            if masked:
                values.append(matcher.value())
            matcher.next()
        masks = np.frombuffer(b"".join(values), dtype=np.uint8) if masked else None
        return Postings(np.array(docs, dtype=np.int32), np.array(weights, dtype=np.float32), masks)

    def held(self, field: str, term: str) -> HeldArrays | None:
        """Who holds a term, as segment.Segment has it."""
        postings = self.postings(field, term)
        return HeldArrays(postings.docs, postings.weights, self._codes) if len(postings.docs) else None

    def positions(self, field: str, term: str, docs: Docs, holders: DocSet) -> Places:
        """The word positions of a term in documents, as segment.Segment has it."""
        places = np.flatnonzero(holders.places(docs) >= 0)
        found: list[list[int]] = []
        if len(places):
            with damage_named(self._file), self._lock:
                matcher = self.reader.postings(field, _bytes(term))
                for doc in docs[places].tolist():
                    matcher.skip_to(doc)
                    found.append(matcher.value_as("positions"))
        offsets = np.zeros(len(docs) + 1, np.int64)
        offsets[places + 1] = [len(each) for each in found]
        np.cumsum(offsets, out=offsets)
        return Places(offsets, np.array([place for each in found for place in each], np.int32))

    def followed(
        self, field: str, term: str, docs: Docs, holders: DocSet, before: Places, distance: int, last: bool
    ) -> tuple[NDArray[np.int64], Places]:
        """Those of positions that the term stands `distance` places after; see segment.Segment."""
        kept, *places = followed(*before, *self.positions(field, term, docs, holders), distance, last)
        return kept, Places(*places)

    def length_codes(self) -> NDArray[np.uint8]:
        """The words of each article, as Whoosh's code."""
        return self._codes

    @cached_property
    def _codes(self) -> NDArray[np.uint8]:
        return self._column("_text_len", np.dtype(np.uint8), 0)

    def total_length(self) -> float:
        return float(self.whoosh_segment._fieldlengths.get("text", 0))

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of NUMBERS, one value a document."""
        code, default = NUMBERS[name]
        return self._column(name, np.dtype(f">{code}"), default)

    def _column(self, name: str, dtype: np.dtype[Any], default: int) -> NDArray[Any]:
        # Whoosh writes its numeric columns as plain big-endian arrays that may stop at the last value that
        # is not the default; reading one whole is a thousand times faster than value by value.
        file = self._file.with_name(NewsCodec.column_filename(self.whoosh_segment, name))
        values = np.full(self.count, default, dtype=dtype.newbyteorder("="))
        if file.exists():
            with damage_named(file):
                stored = np.frombuffer(file.read_bytes(), dtype=dtype)
                if len(stored) > self.count:
                    raise ValueError(f"{len(stored)} values for {self.count} articles")
                values[: len(stored)] = stored
        return values

    def name_places(self, name: str) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
        """A column of NAMES, as segment.Segment has it."""
        places = np.zeros(self.count, np.int64)
        with damage_named(self._file), self._lock:
            if not self.reader.has_column(name):
                return [()], places
            column = self.reader.column_reader(name, translate=False)
            known: dict[bytes, int] = {b"": 0}
            for doc in range(self.count):
                places[doc] = known.setdefault(column[doc], len(known))
            split = [
                tuple(raw.decode("utf-8", "surrogatepass").split(SEPARATOR)) if raw else () for raw in known
            ]
            return split, places

    def stored_texts(self, docs: Sequence[int]) -> list[bytes]:
        """The JSON of each of some articles."""
        with damage_named(self._file), self._lock:
            stored = [str(self.reader.stored_fields(doc)["stored"]) for doc in docs]
        return [text.encode("utf-8", "surrogatepass") for text in stored]

    def strings(self, field: str) -> Strings:
        """Every term of a field, as segment.Segment has them."""
        return Strings.of(_bytes(term) for term, _ in self.terms(field))

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin so, as segment.Segment has them."""
        with damage_named(self._file), self._lock:
            for (name, term), info in self.reader.iter_from(field, _bytes(prefix)):
                if name != field or not term.startswith(_bytes(prefix)):
                    break
                yield term.decode("utf-8", "surrogatepass"), int(info.doc_frequency())


def _bytes(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
