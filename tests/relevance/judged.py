"""Judged sets: articles, questions, and which articles answer them; and how well an engine does on one.

A set is a folder of `docs.jsonl.zst`, `queries.tsv` (id TAB text) and `qrels.txt` (TREC: question, 0,
article, grade). The sample articles have one of our own beside this file, judged by their origin.
"""

from __future__ import annotations

import io
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ir_measures
import zstandard
from ir_measures import AP, R, nDCG

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.making import make_article
from corpus.options import ReadOptions
from corpus.reading import read_articles
from corpus.source import Source
from indexer.engine import Engine
from indexer.parse import parse
from indexer.query import Query
from indexer.whoosh_engine.engine import WhooshFormat

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
SHARED = Path(os.environ.get("NEWSDEX_SHARED") or CHECKOUT.parent / "shared") / "relevance"
SAMPLES = CHECKOUT / "corpus" / "samples"

# How deep a ranking is looked at, as TREC does.
DEPTH = 1_000
MEASURES = {"MAP": AP, "nDCG@10": nDCG @ 10, "recall@1000": R @ DEPTH}
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSet:
    """`name_of` gives the name by which the judgments know an article."""

    articles: Callable[[], Iterable[Article]]
    queries: Path
    qrels: Path
    name_of: Callable[[Article], str]


def samples() -> JudgedSet:
    """Our own questions on the sample articles."""
    return JudgedSet(
        articles=lambda: read_articles([SAMPLES]),
        queries=HERE / "queries.tsv",
        qrels=HERE / "samples.qrels",
        name_of=lambda article: article.origin,
    )


def shared(name: str) -> JudgedSet:
    """A set of other people's texts."""
    folder = SHARED / name
    return JudgedSet(
        articles=lambda: _articles(folder / "docs.jsonl.zst"),
        queries=folder / "queries.tsv",
        qrels=folder / "qrels.txt",
        name_of=lambda article: article.slugline,
    )


def _articles(file: Path) -> Iterator[Article]:
    source = Source.of_bytes(b"", file.name)
    options = ReadOptions()
    with file.open("rb") as stream:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(stream), encoding="utf-8"):
            item = json.loads(line)
            try:
                yield _article(item, source, options)
            except UnreadableSource:
                # Cranfield holds two empty documents.
                continue


def _article(item: dict[str, Any], source: Source, options: ReadOptions) -> Article:
    # Judges of CACM saw the keywords as part of the abstract.
    body = "\n".join(filter(None, (item.get("body"), item.get("keywords"))))
    return make_article(
        source,
        options,
        supplied_id=item["id"],
        slugline=item["id"],
        headline=item.get("title", ""),
        body=body,
        by=item.get("author", ""),
        language="en",
    )


def engine_over(judged: JudgedSet, directory: Path) -> Engine:
    """The default engine over a set's articles, written into `directory`."""
    form = WhooshFormat(time_limit_ms=600_000)
    writer = form.writer(directory, None, 256)
    for article in judged.articles():
        writer.add(article, indexed=_BUILT)
    segments = writer.finish()
    return form.open(directory, {"segments": segments, "generation": 1, "built_at": _BUILT.isoformat()})


def ranking(judged: JudgedSet, engine: Engine, question: str, text: str) -> Iterator[ir_measures.ScoredDoc]:
    """The first DEPTH articles for a question under match=any, in the engine's order."""
    asked = Query(text=text, clause=parse(text, match="any").clause, match="any", sort="relevance")
    for place, article in enumerate(itertools.islice(engine.articles(asked), DEPTH)):
        yield ir_measures.ScoredDoc(question, judged.name_of(article), float(-place))


def measured(judged: JudgedSet, engine: Engine) -> dict[str, float]:
    """The measures of MEASURES over all questions, to four places."""
    lines = judged.queries.read_text(encoding="utf-8").splitlines()
    run = [
        scored
        for question, text in (line.split("\t", 1) for line in lines)
        for scored in ranking(judged, engine, question, text)
    ]
    judgments = list(ir_measures.read_trec_qrels(str(judged.qrels)))  # type: ignore[no-untyped-call]
    found = ir_measures.calc_aggregate(MEASURES.values(), judgments, run)
    return {name: round(found[measure], 4) for name, measure in MEASURES.items()}
