"""Generations on disk for the engine of a list, in segments that later generations link."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus.article import Article, article_from_dict, article_to_dict
from indexer.errors import IndexDamaged
from tests.fakes.engine import ListEngine


class ListFormat:
    """Generations of JSON lines: one file a writer's articles, one with the ids no longer held."""

    name = "list"
    layout = "1"
    in_parts = True

    def part(self, directory: Path, memory_mb: int) -> ListPart:
        return ListPart(directory)

    def prepare(self) -> None:
        """There is nothing to load."""

    def writer(self, directory: Path, base: Mapping[str, Any] | None, memory_mb: int) -> ListWriter:
        return ListWriter(directory, base)

    def open(self, directory: Path, manifest: Mapping[str, Any]) -> ListEngine:
        held, indexed = _read_segments(directory, manifest["segments"])
        return ListEngine(
            held.values(),
            indexed=indexed,
            generation=manifest["generation"],
            built_at=datetime.fromisoformat(manifest["built_at"]),
        )


class ListWriter:
    def __init__(self, directory: Path, base: Mapping[str, Any] | None):
        self._directory = directory
        self._files = list((base or {}).get("files", ()))
        self._base = set(_read_segments(directory, base)[0]) if base else set()
        self._own: list[Article] = []
        self._adopted: list[tuple[str, int, int]] = []
        self._parts: list[list[dict[str, Any]]] = []
        self._added: dict[str, tuple[int, int, datetime]] = {}

    def add(self, article: Article, *, indexed: datetime) -> None:
        self._added[article.id] = (-1, len(self._own), indexed)
        self._own.append(article)

    def adopt(self, article_id: str, *, part: int, number: int, indexed: datetime) -> None:
        self._added[article_id] = (part, number, indexed)
        self._adopted.append((article_id, part, number))

    def adopted(self, article_ids: Collection[str]) -> Sequence[tuple[str, int, int]]:
        return [entry for entry in self._adopted if entry[0] in article_ids]

    def take(self, parts: Sequence[Mapping[str, Any]]) -> None:
        self._parts = [_taken(self._directory / part["file"]) for part in parts]

    def text(self, part: int, number: int) -> Article:
        return article_from_dict(self._parts[part][number]["article"])

    def remove(self, article_id: str) -> None:
        self._added.pop(article_id, None)
        self._base.discard(article_id)

    def finish(self) -> Mapping[str, Any]:
        keep = sorted(self._base - set(self._added))
        number = len(self._files) + 1
        if self._added:
            name = f"part-{number}.jsonl"
            held = (
                (self._own[number] if part < 0 else self.text(part, number), indexed)
                for part, number, indexed in self._added.values()
            )
            _write(self._directory / name, "".join(_line(*each) for each in held))
            self._files.append(name)
        _write(self._directory / f"held-{number}.json", json.dumps(keep))
        return {"files": self._files, "keep": f"held-{number}.json", "fresh": len(self._added) > 0}

    def cancel(self) -> None:
        self._added.clear()


class ListPart:
    def __init__(self, directory: Path):
        self._path = directory / f"beside-{secrets.token_hex(8)}"
        self._lines: list[str] = []

    def add(self, article: Article, *, indexed: datetime) -> int:
        self._lines.append(_line(article, indexed))
        return len(self._lines) - 1

    def finish(self) -> Mapping[str, Any]:
        _write(self._path, "".join(self._lines))
        return {"file": self._path.name}


def _line(article: Article, indexed: datetime) -> str:
    return json.dumps({"article": article_to_dict(article), "indexed": indexed.isoformat()}) + "\n"


def _taken(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    path.unlink()
    return rows


def _write(path: Path, text: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _read_segments(
    directory: Path, segments: Mapping[str, Any]
) -> tuple[dict[str, Article], dict[str, datetime]]:
    held: dict[str, Article] = {}
    indexed: dict[str, datetime] = {}
    files = list(segments["files"])
    keep = set(json.loads((directory / segments["keep"]).read_text("utf-8")))
    for place, name in enumerate(files):
        try:
            lines = (directory / name).read_text("utf-8").splitlines()
            rows = [json.loads(line) for line in lines]
        except (OSError, ValueError) as error:
            raise IndexDamaged(directory / name, str(error)) from error
        newest = segments["fresh"] and place == len(files) - 1
        for row in rows:
            article = article_from_dict(row["article"])
            if newest or article.id in keep:
                held[article.id] = article
                indexed[article.id] = datetime.fromisoformat(row["indexed"])
    return held, indexed


FORMAT = ListFormat()
