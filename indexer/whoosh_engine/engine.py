"""The default engine: Whoosh's files, our executor.

Query -> compile -> Plan -> execute -> documents, scores
      -> filters, order -> the page's articles -> marks, snippets
      -> facets, timeline, counts                              -> ResultPage
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from indexer.analysis import analysis_digest
from indexer.describe import describe
from indexer.engine import Engine, Part, Writer
from indexer.errors import IndexDamaged
from indexer.query import Clause, Query
from indexer.results import IndexInfo, Marked, ResultPage
from indexer.stems import Stemmer, mark_of
from indexer.whoosh_engine import fallbacks
from indexer.whoosh_engine.article_words import ArticleWords, words_in
from indexer.whoosh_engine.columns import Columns
from indexer.whoosh_engine.compile import Compiler
from indexer.whoosh_engine.dictionary import Dictionary
from indexer.whoosh_engine.execute import Executor
from indexer.whoosh_engine.marks import NO_SPANS, Looking, marked
from indexer.whoosh_engine.plan import Every
from indexer.whoosh_engine.searching import Search, order_all
from indexer.whoosh_engine.shown_chunks import KNOWN_MOST, ShownChunks
from indexer.whoosh_engine.store import OpenSegment, Store
from indexer.whoosh_engine.stored_article import decode
from indexer.whoosh_engine.suggesting import completions


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """How segments lie on disk: the layout's name, and what writes and opens them (imported when needed)."""

    layout: str
    writer: Callable[[], Any]
    open_segment: Callable[[], OpenSegment]
    part: Callable[[], Any] | None = None


def _attribute(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(import_module(f"indexer.whoosh_engine.{module}"), name)


# Whoosh's own codec stays for comparison: it keeps the same postings forty times slower.
CODECS = {
    "columnar": Codec(
        layout="columnar-2",
        writer=_attribute("columnar.writer", "ColumnarWriter"),
        open_segment=_attribute("columnar.open_segment", "OpenSegment"),
        part=_attribute("columnar.spilling", "Spilling"),
    ),
    "stock": Codec(
        layout="stock-2",
        writer=_attribute("writer", "WhooshWriter"),
        open_segment=_attribute("stock", "StockSegment"),
    ),
}


class WhooshFormat:
    """Whoosh's files; see engine.EngineFormat.

    `protected` words are never stemmed, `expansion_most` bounds what a wildcard stands for and
    `time_limit_ms` a search. `codec` is a name of CODECS.
    """

    name = "whoosh"

    def __init__(
        self,
        protected: tuple[str, ...] = (),
        expansion_most: int = 1_000,
        time_limit_ms: int = 5_000,
        codec: str = "columnar",
    ):
        self._stemmer = Stemmer(protected)
        self._codec = CODECS[codec]
        self.expansion_most, self.time_limit_ms = expansion_most, time_limit_ms
        # Other terms are another layout: what a query means must be what was indexed.
        self.layout = f"{self._codec.layout} analysis-{analysis_digest(self._stemmer.protected)}"
        self.in_parts = self._codec.part is not None
        self._again = protected, expansion_most, time_limit_ms, codec

    def __reduce__(self) -> tuple[Any, ...]:
        return WhooshFormat, self._again

    def writer(self, directory: Path, base: Mapping[str, Any] | None, memory_mb: int) -> Writer:
        writer: Writer = self._codec.writer()(directory, base, memory_mb, self._stemmer)
        return writer

    def part(self, directory: Path, memory_mb: int) -> Part:
        assert self._codec.part is not None
        part: Part = self._codec.part()(directory, memory_mb, self._stemmer)
        return part

    def prepare(self) -> None:
        with TemporaryDirectory(prefix="newsdex-") as folder:
            part = self.part(Path(folder), 64)
            part.add(Article(id="0" * 16, headline="Ferry", body="A ferry sank."), indexed=datetime.now(UTC))
            part.finish()

    def open(self, directory: Path, manifest: Mapping[str, Any]) -> Engine:
        return WhooshEngine(
            directory,
            manifest,
            self._codec.open_segment(),
            self._stemmer,
            self.expansion_most,
            self.time_limit_ms,
        )


class WhooshEngine:
    """One open generation; see engine.Engine. What a search needs is loaded when first needed."""

    def __init__(
        self,
        directory: Path,
        manifest: Mapping[str, Any],
        open_segment: OpenSegment,
        stemmer: Stemmer,
        expansion_most: int,
        time_limit_ms: int,
    ):
        try:
            segments = list(manifest["segments"]["segments"])
        except (KeyError, TypeError) as error:
            raise IndexDamaged(directory / "manifest.json", f"segments: {error!r}") from error
        self.store = Store(directory, segments, open_segment)
        self.columns = Columns(self.store)
        self.executor = Executor(self.store)
        self.stemmer = stemmer
        self.time_limit_ms = time_limit_ms
        self._expansion_most = expansion_most
        self._manifest = manifest
        self._directory = directory
        self._dictionaries: dict[str, Dictionary] = {}
        self._chunks = ShownChunks(stemmer)

    def close(self) -> None:
        self.store.close()
        # It refers back to the engine. Without it the files, and the room on disk of those that are deleted,
        # are free at once and not only when Python has looked for cycles.
        self.__dict__.pop("compiler", None)

    def dictionary(self, field: str) -> Dictionary:
        """The exact terms of `text` or of a "name" field."""
        known = self._dictionaries.get(field)
        if known is None:
            known = self._dictionaries[field] = Dictionary(self.store, field)
        return known

    @cached_property
    def compiler(self) -> Compiler:
        marks = tuple(sorted({mark_of(language) for language in self.info().languages} | {""}))
        return Compiler(
            self.dictionary,
            lambda term: self.executor.frequency("text", term),
            self.stemmer,
            marks,
            self._expansion_most,
        )

    def search(self, query: Query) -> ResultPage:
        return Search(self, query).page()

    def count(self, query: Query) -> int:
        return Search(self, query).count()

    def article(self, article_id: str, query: Query | None = None) -> Marked | None:
        try:
            doc = self.columns.doc_of(int(article_id, 16)) if len(article_id) == 16 else None
        except ValueError:
            doc = None
        if doc is None:
            return None
        article = self.article_at(doc)
        plan = self.compiler.compile(query.clause, query.search_in) if query else Every(())
        looking = Looking(plan)
        (words,) = self.words_in([article], looking)
        return marked(article, looking.match(words) or NO_SPANS, counted=looking.has_text)

    def article_at(self, doc: int) -> Article:
        """The article of a document number."""
        return self.articles_at((doc,))[0]

    def articles_at(self, docs: Sequence[int]) -> list[Article]:
        """The articles of some document numbers, in their order."""
        articles: list[Article] = []
        try:
            for stored in self.store.stored_texts(docs):
                articles.append(decode(stored))
        except (ValueError, TypeError) as error:
            doc = docs[len(articles)]
            raise IndexDamaged(self._directory, f"stored article {doc}: {error}") from error
        return articles

    def words_in(self, articles: Sequence[Article], looking: Looking) -> list[ArticleWords]:
        """The words looked for in each of the articles."""
        if len(self._chunks) > KNOWN_MOST:
            self._chunks = ShownChunks(self.stemmer)
        return words_in(articles, self._chunks, looking.sought)

    def articles(self, query: Query | None = None) -> Iterator[Article]:
        for doc in order_all(self, query or Query(sort="newest")):
            yield self.article_at(doc)

    def suggest(self, prefix: str, limit: int = 10) -> list[tuple[str, str, int]]:
        return completions(self, prefix, limit)

    def interpret(self, clause: Clause) -> str:
        return describe(clause)

    def info(self) -> IndexInfo:
        count = fallbacks.noted()
        return replace(self._info, fallbacks=count) if count else self._info

    @cached_property
    def _info(self) -> IndexInfo:
        alive = ~self.store.deleted
        dated = alive & self.columns.dated
        days = self.columns.days()[dated]
        return IndexInfo(
            generation=int(self._manifest.get("generation", 0)),
            built_at=_instant(self._manifest.get("built_at")),
            articles=int(np.count_nonzero(alive)),
            sources=int(np.count_nonzero(self._counts("source"))),
            languages=self._languages(),
            first_day=days.min().item() if len(days) else None,
            last_day=days.max().item() if len(days) else None,
            undated=int(np.count_nonzero(alive & ~self.columns.dated)),
            bytes_on_disk=sum(file.stat().st_size for file in self._directory.iterdir() if file.is_file()),
            engine="whoosh",
        )

    def _counts(self, facet: str) -> NDArray[np.int64]:
        return self.columns.values(facet).counted(self.columns.alive)[0]

    def _languages(self) -> tuple[str, ...]:
        names, counts = self.columns.values("language").values, self._counts("language")
        return tuple(names[at] for at in np.argsort(-counts, kind="stable") if counts[at])


def _instant(text: Any) -> datetime:
    try:
        made = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return made if made.tzinfo else made.replace(tzinfo=UTC)
