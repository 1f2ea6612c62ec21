"""Indexes for tests: articles into generations on disk, in as many segments as asked and with losses."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from corpus.article import Article
from indexer.engine import Engine, EngineFormat
from indexer.whoosh_engine import writer as whoosh_writer
from indexer.whoosh_engine.columnar.writer import ColumnarWriter
from indexer.whoosh_engine.engine import WhooshFormat

# Compiling the loops on first use takes seconds on a busy machine, which are not what is tested here.
PATIENT = WhooshFormat(time_limit_ms=60_000)
INDEXED = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


def number(place: int) -> str:
    """An article's id: 16 hex digits, in the order of the numbers."""
    return f"{place:016x}"


def numbered(articles: Iterable[Article]) -> list[Article]:
    """The articles with ids 1, 2, 3 ..."""
    return [dataclasses.replace(article, id=number(at)) for at, article in enumerate(articles, start=1)]


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """What one writer does: articles added (those of known ids replaced), then ids taken out."""

    added: tuple[Article, ...] = ()
    removed: tuple[str, ...] = ()


def held_after(steps: Sequence[Step]) -> list[Article]:
    """The articles that remain, in order of id."""
    held: dict[str, Article] = {}
    for step in steps:
        held.update((article.id, article) for article in step.added)
        for gone in step.removed:
            held.pop(gone, None)
    return [held[each] for each in sorted(held)]


def write(
    form: EngineFormat, root: Path, steps: Sequence[Step], *, merge: bool = True
) -> tuple[Path, dict[str, Any]]:
    """The folder and manifest of the last generation; each step is a generation that links the one before.

    Without `merge` every step keeps a segment of its own, whatever the sizes. Nothing is synced to the disk:
    that takes most of a small build's time and no test here cuts the power.
    """
    segments = None
    directory = root
    for at, step in enumerate(steps, start=1):
        before, directory = directory, root / f"generation-{at:06d}"
        directory.mkdir()
        if segments is not None:
            for file in before.iterdir():
                os.link(file, directory / file.name)
        with _hasty(merge):
            writer = form.writer(directory, segments, 64)
            for article in step.added:
                writer.add(article, indexed=INDEXED)
            for gone in step.removed:
                writer.remove(gone)
            segments = writer.finish()
    manifest = {"segments": segments, "generation": len(steps), "built_at": "2026-02-01T12:00:00+00:00"}
    return directory, manifest


@contextmanager
def built(steps: Sequence[Step], form: EngineFormat | None = None, *, merge: bool = True) -> Iterator[Engine]:
    """An engine over the articles that the steps leave."""
    form = form or PATIENT
    with TemporaryDirectory(prefix="newsdex-test-") as folder:
        directory, manifest = write(form, Path(folder), steps, merge=merge)
        engine = form.open(directory, manifest)
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def holding(*articles: Article, form: EngineFormat | None = None) -> Iterator[Engine]:
    """An engine over the articles, in one segment."""
    with built([Step(tuple(articles))], form) as engine:
        yield engine


def copied(directory: Path, to: Path) -> Path:
    """A generation's files again, each with bytes of its own."""
    return Path(shutil.copytree(directory, to))


@contextmanager
def _hasty(merge: bool) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _handle: None)
        if not merge:
            patch.setattr(whoosh_writer, "_merge_like_sizes", lambda _writer, segments: segments)
            patch.setattr(ColumnarWriter, "_chosen", _unmerged)
        yield


def _unmerged(_writer: ColumnarWriter, held: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    return [each for each in held if each.count], []
