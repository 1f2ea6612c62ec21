"""Damages a generation in every way asked and tells what the engine made of it; run as a process of its own.

    python damaging.py FOLDER FLIPS SEED  ->  lines of JSON: [file, damage, outcome]

Outcomes: "damaged" (IndexDamaged), "same" (the right answers), "other" (wrong answers, which only a
checksum over the file can notice), or the name of any other exception, which is a fault of the engine.
The folder holds the generation and, beside its files, `manifest.json` for opening it.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from indexer.errors import IndexDamaged
from indexer.parse import parse
from indexer.query import Query
from indexer.whoosh_engine.engine import WhooshFormat

QUESTIONS = (
    "ferry", '"the ferry"', "court OR ferry", "fer*", "ferrt~1", '"ferry court"~5', "법원", "by:kim", "*",
    "section:politics", "headline:ferry", "date:2026-01",
)  # fmt: skip
SECONDS_MOST = 20


def answers(directory: Path, manifest: dict) -> list:
    """What the questions find, in a form that can be compared."""
    engine = WhooshFormat(time_limit_ms=SECONDS_MOST * 1000).open(directory, manifest)
    try:
        pages = [
            engine.search(Query(text=text, clause=parse(text).clause, facets=("section",), timeline=True))
            for text in QUESTIONS
        ]
        found = [[(hit.article, hit.score, hit.marked.hits) for hit in page.hits] for page in pages]
        return [found, [page.facets for page in pages], list(engine.articles()), engine.suggest("f")]
    finally:
        engine.close()


def damages(size: int, flips: int, chance: random.Random) -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    """Ways to damage a file of so many bytes."""
    for kept in sorted({0, 1, size // 2, max(0, size - 1)}):
        yield f"cut to {kept}", lambda data, kept=kept: data[:kept]
    yield "zeros", lambda data: bytes(len(data))
    yield "longer", lambda data: data + b"\x00" * 7
    for at in {chance.randrange(size) for _ in range(min(flips, size))} if size else ():
        bit = 1 << chance.randrange(8)
        yield (
            f"bit {bit} of {at}",
            lambda data, at=at, bit=bit: data[:at] + bytes((data[at] ^ bit,)) + data[at + 1 :],
        )


def main(folder: Path, flips: int, seed: int) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    right = answers(folder, manifest)
    chance = random.Random(seed)
    for file in sorted(folder.iterdir()):
        if file.name == "manifest.json":
            continue
        for name, damage in damages(file.stat().st_size, flips, chance):
            with tempfile.TemporaryDirectory() as copy:
                shutil.copytree(folder, copy, dirs_exist_ok=True)
                (Path(copy) / file.name).write_bytes(damage(file.read_bytes()))
                signal.alarm(SECONDS_MOST)
                try:
                    outcome = "same" if answers(Path(copy), manifest) == right else "other"
                except IndexDamaged:
                    outcome = "damaged"
                except Exception as error:
                    outcome = f"{type(error).__name__}: {error}"
                signal.alarm(0)
            print(json.dumps([file.name, name, outcome]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
