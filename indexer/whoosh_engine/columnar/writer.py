"""Articles into columnar segments: those of this process and of parts beside it, merged at the end.

What becomes of an id is decided once, at the end and for all of them together: each adding, adopting and
removing is a row of a log, of which the last one of an id counts. At a million articles that takes a tenth
of the memory of a dict by id, and nothing is read of the base before it is known what will change in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from corpus.article import Article
from indexer.stems import Stemmer
from indexer.whoosh_engine.codec import INDEX_NAME
from indexer.whoosh_engine.columnar.codec import segment_from
from indexer.whoosh_engine.columnar.file_part import FilePart
from indexer.whoosh_engine.columnar.merging import Merge
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import sync_folder, write_segment
from indexer.whoosh_engine.columnar.spilling import Described, Spilling, new_name
from indexer.whoosh_engine.schema import make_schema
from indexer.whoosh_engine.stored_article import decode

_TOCS = f"_{INDEX_NAME}_*.toc"
# In the log: what this writer was given itself, and what was taken out.
_OWN, _REMOVED = -1, -2


class ColumnarWriter:
    """Adds, adopts and removes articles in one generation's folder; see engine.Writer.

    The folder may already hold the base's files, linked.
    """

    def __init__(self, directory: Path, base: Mapping[str, Any] | None, memory_mb: int, stemmer: Stemmer):
        self._directory = directory
        self._base: list[Described] = [dict(each) for each in (base or {}).get("segments", ())]
        self._own = Spilling(directory, memory_mb, stemmer)
        self._parts: list[list[Described]] = []
        # Of the parts, those whose texts are asked for.
        self._asked: dict[str, OpenSegment] = {}
        self._log = _Log()

    def add(self, article: Article, *, indexed: datetime) -> None:
        number = self._own.add(article, indexed=indexed)
        self._log.enter(int(article.id, 16), _OWN, number, int(indexed.timestamp()))

    def adopt(self, article_id: str, *, part: int, number: int, indexed: datetime) -> None:
        self._log.enter(int(article_id, 16), part, number, int(indexed.timestamp()))

    def take(self, parts: Sequence[Mapping[str, Any]]) -> None:
        self._parts = [list(part["segments"]) for part in parts]

    def adopted(self, article_ids: Collection[str]) -> Sequence[tuple[str, int, int]]:
        return [entry for entry in self._log.of(article_ids) if entry[1] >= 0]

    def text(self, part: int, number: int) -> Article:
        for described in self._parts[part]:
            if number < described["documents"]:
                name = described["segment"]
                if name not in self._asked:
                    self._asked[name] = self._opened(described)
                return decode(self._asked[name].stored(number))
            number -= described["documents"]
        raise LookupError(number)

    def remove(self, article_id: str) -> None:
        self._log.enter(int(article_id, 16), _REMOVED, 0, 0)

    def finish(self) -> Mapping[str, Any]:
        self._asked.clear()
        kept, merged = self._chosen(self._held())
        if len(merged) > 1 or any(each.altered for each in merged):
            merge = Merge([(each.part(self._opened(each.described)), each.alive) for each in merged])
            made = [write_segment(self._directory, new_name(), merge)] if merge.count else []
        else:
            made = [each.described for each in merged]
        segments = [*(each.with_deleted() for each in kept), *made]
        self._forget_files({each["segment"] for each in segments})
        self._write_toc(segments)
        return {"segments": segments}

    def _held(self) -> list[_Segment]:
        """All segments there are, with what stays of each by the log, which is not asked again."""
        own = list(self._own.finish()["segments"])
        last, self._log = self._log.last(), _Log()
        held = [self._of_base(described, last.ids) for described in self._base]
        for part, segments in [*enumerate(self._parts), (_OWN, own)]:
            held += self._of_part(segments, last, part)
        return held

    def cancel(self) -> None:
        """Nothing is held but memory; the folder is taken away by whoever made it."""

    def _of_base(self, described: Described, touched: NDArray[np.uint64]) -> _Segment:
        """A segment of the base without what was added again or removed."""
        alive = np.ones(described["documents"], dtype=bool)
        alive[list(described["deleted"])] = False
        if len(touched):
            ids = self._opened(described).numbers("col_id")
            places = np.minimum(np.searchsorted(touched, ids), len(touched) - 1)
            alive &= touched[places] != ids
        return _Segment(described, alive, in_base=True)

    def _of_part(self, segments: Sequence[Described], last: _Last, part: int) -> list[_Segment]:
        """The segments of a part with what is adopted of it."""
        chosen = last.parts == part
        numbers, indexed = last.numbers[chosen], last.indexed[chosen]
        found, first = [], 0
        for described in segments:
            count = described["documents"]
            inside = (numbers >= first) & (numbers < first + count)
            alive = np.zeros(count, dtype=bool)
            alive[numbers[inside] - first] = True
            written = self._opened(described).numbers("col_indexed")
            stated = written.copy()
            stated[numbers[inside] - first] = indexed[inside]
            same = np.array_equal(stated, written)
            found.append(_Segment(described, alive, indexed=None if same else stated))
            first += count
        return found

    def _chosen(self, held: Sequence[_Segment]) -> tuple[list[_Segment], list[_Segment]]:
        """Which segments stay as they are, and which become one.

        All new ones, and of the base's, smallest first, each up to twice the size of what is merged so far:
        so sizes at least double from one segment to the next, their number stays logarithmic, and a small
        update never rewrites a large archive. One that is mostly deleted is rewritten as well. The new ones
        are always merged, however large: that is a sixth of a rebuild's time, once, and each segment more
        costs every search.
        """
        merged = {at for at, each in enumerate(held) if not each.in_base}
        size = sum(held[at].count for at in merged)
        kept = []
        for at in sorted((at for at in range(len(held)) if at not in merged), key=lambda at: held[at].count):
            count = held[at].count
            if (size and count <= 2 * size) or len(held[at].alive) - count > count:
                merged.add(at)
                size += count
            elif count:
                kept.append(at)
        # Documents keep the order they came in.
        return [held[at] for at in sorted(kept)], [held[at] for at in sorted(merged)]

    def _opened(self, described: Described) -> OpenSegment:
        return OpenSegment(self._directory, described, 0)

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


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment on disk, and which documents stay; `indexed` since when, if not as is written there."""

    described: Described
    alive: NDArray[np.bool_]
    in_base: bool = False
    indexed: NDArray[Any] | None = None

    @property
    def count(self) -> int:
        """How many documents stay."""
        return int(np.count_nonzero(self.alive))

    @property
    def altered(self) -> bool:
        """Whether its files say something else than is to be said."""
        return self.indexed is not None or not self.alive.all()

    def with_deleted(self) -> Described:
        return {**self.described, "deleted": np.flatnonzero(~self.alive).tolist()}

    def part(self, opened: OpenSegment) -> FilePart:
        """The segment as Merge takes it."""
        return FilePart(opened, None if self.indexed is None else {"col_indexed": self.indexed})


@dataclass(frozen=True, slots=True)
class _Last:
    """For each id of a log, ascending, what was entered last: the part, the number in it, when indexed."""

    ids: NDArray[np.uint64]
    parts: NDArray[np.int32]
    numbers: NDArray[np.int64]
    indexed: NDArray[np.int64]


class _Log:
    """What happened to which id, in order."""

    def __init__(self) -> None:
        self._ids, self._parts = array("Q"), array("i")
        self._numbers, self._indexed = array("q"), array("q")

    def enter(self, article_id: int, part: int, number: int, indexed: int) -> None:
        self._ids.append(article_id)
        self._parts.append(part)
        self._numbers.append(number)
        self._indexed.append(indexed)

    def of(self, article_ids: Collection[str]) -> list[tuple[str, int, int]]:
        """What was entered under these ids, in order: the id, the part, and the number in it."""
        ids = np.array(self._ids, np.uint64)
        wanted = np.array([int(each, 16) for each in article_ids], np.uint64)
        return [
            (f"{self._ids[at]:016x}", self._parts[at], self._numbers[at])
            for at in np.flatnonzero(np.isin(ids, wanted)).tolist()
        ]

    def last(self) -> _Last:
        ids = np.array(self._ids, np.uint64)
        order = np.argsort(ids, kind="stable")
        ordered = ids[order]
        ends = order[np.append(ordered[1:] != ordered[:-1], np.True_)] if len(order) else order
        return _Last(
            ids[ends],
            np.array(self._parts, np.int32)[ends],
            np.array(self._numbers, np.int64)[ends],
            np.array(self._indexed, np.int64)[ends],
        )
