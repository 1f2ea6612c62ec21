"""Builds an index again and again, and is killed each time at another moment; run as a process of its own.

    python killing.py FOLDER JOBS  <- lines of standard input: the number of the moment
                                   -> lines of standard output: "killed", what is wrong, or of a build that
                                      went through "done MOMENTS SEGMENTS RENAMES..."

A moment is something done to the index's folder: a file opened, linked, renamed, removed or synced, a folder
made or taken away; RENAMES are those before something is renamed. FOLDER is where files and index are put.
Each build is a rebuild and then an update; of several JOBS the processes that help notice its end themselves.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import select
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from indexer import build as builds
from indexer.build import MEMORY_EACH, rebuild, update
from indexer.settings import Settings
from indexer.whoosh_engine.columnar.inverting import Batch

ORPHANS_SECONDS = 60
ARTICLES = 30
# What the files hold before the rebuild, for it and for the update: by name the word that all articles have.
VERSIONS = (
    {"a": "zero", "b": "zero", "c": "zero", "d": "zero"},
    {"a": "one", "b": "one", "c": "one", "d": "one"},
    {"a": "two", "c": "one", "d": "one", "e": "two"},
)
WORDS = ("zero", "one", "two", "shared")


def settings(folder: Path, jobs: int = 1) -> Settings:
    return Settings(index=folder / "index", memory=MEMORY_EACH * jobs, jobs=jobs, time_limit_ms=600_000)


def prepared(folder: Path) -> None:
    """An index of the first version, and what it is copied back from."""
    write(folder, 0)
    rebuild([folder / "files"], settings(folder))
    shutil.copytree(folder / "index", folder / "before")


def write(folder: Path, version: int) -> None:
    """The files of a version, those that stay the same untouched."""
    files = folder / "files"
    files.mkdir(exist_ok=True)
    for name in "abcde":
        file, word = files / f"{name}.jsonl", VERSIONS[version].get(name)
        text = "".join(json.dumps(each) + "\n" for each in records(name, word)) if word else ""
        if not text:
            file.unlink(missing_ok=True)
        elif not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


def records(name: str, word: str) -> list[dict[str, str]]:
    chance = random.Random(name)
    return [
        {
            "id": f"{name}-{place}",
            "headline": f"Story {name} {place}",
            "body": f"shared phrase {word} " + " ".join(f"w{chance.randrange(4_000)}" for _ in range(200)),
            "published": f"2026-01-{1 + place % 28:02}",
            "language": "en",
        }
        for place in range(ARTICLES)
    ]


def build(folder: Path, jobs: int, moment: int) -> str:
    """Rebuild and update; killed at the moment. What was done, where it comes later."""
    index = str(folder / "index")
    process, count, segments = os.getpid(), itertools.count(1), set()
    reached, renamed = 0, []

    def happens() -> None:
        nonlocal reached
        if os.getpid() == process:
            reached = next(count)
            if reached == moment:
                os.kill(process, signal.SIGKILL)

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" or event.startswith(("os.", "shutil.")):
            with contextlib.suppress(TypeError, IndexError):
                path = os.fsdecode(arguments[0])
                if path.startswith(index):
                    if path.endswith(".terms"):
                        segments.add(os.path.basename(path))
                    happens()
                    if event == "os.rename":
                        renamed.append(reached)

    # What a killed process has written is there, synced or not: only a power cut would tell.
    os.fsync = lambda _descriptor: happens()
    sys.addaudithook(heard)
    rebuild([folder / "files"], settings(folder, jobs))
    write(folder, 2)
    update([], settings(folder, jobs))
    return " ".join(map(str, ("done", reached, len(segments), *renamed)))


def killed(folder: Path, jobs: int, moment: int) -> str:
    """What became of a build in a process of its own, and of the processes it started."""
    shutil.rmtree(folder / "index")
    shutil.copytree(folder / "before", folder / "index")
    write(folder, 1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Whatever process it starts keeps its standard output: the pipe ends with the last of them.
        os.dup2(writing, 1)
        os.close(writing)
        try:
            os.write(1, build(folder, jobs, moment).encode())
        except BaseException as error:
            os.write(1, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    told = b""
    while True:
        if not select.select([reading], [], [], ORPHANS_SECONDS)[0]:
            return "a process that it started goes on"
        piece = os.read(reading, 4096)
        if not piece:
            break
        told += piece
    os.close(reading)
    return "killed" if status == signal.SIGKILL else told.decode()


if __name__ == "__main__":
    # A batch says that each of its articles takes a megabyte: few fill the memory, and several segments
    # are written and merged.
    Batch.nbytes = property(lambda batch: batch.count * 1_000_000)
    # Four files are enough to share.
    builds.SHARED_FROM_FILES = 1
    # Here and not by whoever asks: what a build loads is loaded once, before the processes that are killed.
    prepared(Path(sys.argv[1]))
    for line in sys.stdin:
        print(killed(Path(sys.argv[1]), int(sys.argv[2]), int(line)), flush=True)
