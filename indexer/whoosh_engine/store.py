"""Whoosh's segments as arrays: what the executor reads, whatever codec wrote them.

`Segment` answers for one Whoosh segment by document numbers counted from 0 within it; `Store` holds the
segments of one generation and the sums over them. A faster codec gives another `Segment` with the same
methods.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.util.numeric import byte_to_length

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.codec import NewsCodec, segment_from
from indexer.whoosh_engine.schema import NAMES, NO_DAY, NO_INSTANT, NUMBERS, SEPARATOR, make_schema

Docs = NDArray[np.int32]

# The days and instants that a date can stand for, by the number that stands for none; other numbers are any.
_RANGES = {
    NO_DAY: (1, date.max.toordinal()),
    NO_INSTANT: (-62_135_596_800, 253_402_300_799),
    0: (0, 2**64 - 1),
}

# Decoding a stock posting list runs in Python at about 1.5 microseconds a posting; the lists of common words
# are kept decoded, up to this many postings a segment (12 bytes each).
KEPT_POSTINGS = 8_000_000

_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], dtype=np.float64)
_LENGTHS[0] = 0.0


@dataclass(frozen=True, slots=True)
class Postings:
    """One term in one segment: ascending documents, their weights, and for stems their field masks."""

    docs: Docs
    weights: NDArray[np.float32]
    masks: NDArray[np.uint8] | None = None


EMPTY = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.uint8))


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


class Segment:
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

    def positions(self, field: str, term: str, docs: Docs) -> list[list[int]]:
        """The word positions of a term in each of `docs`, which are ascending and all hold it."""
        found: list[list[int]] = []
        if not len(docs):
            # Nor need the term be known: `US` also asks for u.s, which a segment may lack.
            return found
        with damage_named(self._file), self._lock:
            matcher = self.reader.postings(field, _bytes(term))
            for doc in docs.tolist():
                matcher.skip_to(doc)
                found.append(matcher.value_as("positions"))
        return found

    def lengths(self) -> NDArray[np.float64]:
        """The words of each article, as stored (rounded)."""
        lengths: NDArray[np.float64] = _LENGTHS[self._column("_text_len", np.dtype(np.uint8), 0)]
        return lengths

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

    def names(self, name: str) -> list[tuple[str, ...]]:
        """A column of NAMES: the values of each document."""
        with damage_named(self._file), self._lock:
            if not self.reader.has_column(name):
                return [()] * self.count
            column = self.reader.column_reader(name, translate=False)
            known: dict[bytes, tuple[str, ...]] = {b"": ()}
            values = []
            for doc in range(self.count):
                raw = column[doc]
                split = known.get(raw)
                if split is None:
                    split = known[raw] = tuple(raw.decode("utf-8", "surrogatepass").split(SEPARATOR))
                values.append(split)
            return values

    def stored(self, doc: int) -> str:
        """The JSON of one article."""
        with damage_named(self._file), self._lock:
            return str(self.reader.stored_fields(doc)["stored"])

    def terms(self, field: str) -> Iterator[tuple[str, int]]:
        """Every term of a field in order of its UTF-8 bytes, with its document frequency."""
        with damage_named(self._file), self._lock:
            for (name, term), info in self.reader.iter_from(field, b""):
                if name != field:
                    break
                yield term.decode("utf-8", "surrogatepass"), int(info.doc_frequency())


class Store:
    """The segments of one generation, and the sums that scores need."""

    def __init__(self, directory: Path, segments: Sequence[Mapping[str, Any]]):
        self.directory = directory
        self.segments: list[Segment] = []
        base = 0
        for described in segments:
            try:
                segment = Segment(directory, described, base)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                raise IndexDamaged(directory / "manifest.json", f"segments: {error!r}") from error
            self.segments.append(segment)
            base += segment.count
        self.count_all = base
        self.deleted = _joined([segment.deleted for segment in self.segments], bool)
        self.lengths = [segment.lengths() for segment in self.segments]
        total = sum(segment.total_length() for segment in self.segments)
        self.average_length = total / base if base and total else 1.0

    def close(self) -> None:
        for segment in self.segments:
            segment.close()

    def document_frequency(self, field: str, term: str) -> int:
        """In how many articles of the generation a term stands, deleted ones included."""
        return sum(segment.document_frequency(field, term) for segment in self.segments)

    def numbers(self, name: str) -> NDArray[Any]:
        values = _joined([segment.numbers(name) for segment in self.segments], np.dtype(NUMBERS[name][0]))
        low, high = _RANGES[NUMBERS[name][1]]
        absent = values == NUMBERS[name][1]
        if (name == "col_indexed" and absent.any()) or ((values < low) | (values > high))[~absent].any():
            raise IndexDamaged(self.directory, f"{name} holds what is no {name.removeprefix('col_')}")
        return values

    def names(self, name: str) -> list[tuple[str, ...]]:
        assert name in NAMES
        return [values for segment in self.segments for values in segment.names(name)]

    def stored(self, doc: int) -> str:
        segment = next(each for each in reversed(self.segments) if each.base <= doc)
        return segment.stored(doc - segment.base)

    def terms(self, field: str) -> dict[str, int]:
        """Every term of a field with its document frequency over all segments."""
        counts: dict[str, int] = {}
        for segment in self.segments:
            for term, frequency in segment.terms(field):
                counts[term] = counts.get(term, 0) + frequency
        return counts


def _bytes(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")


def _joined(arrays: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=dtype)
