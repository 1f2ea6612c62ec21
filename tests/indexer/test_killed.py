"""A build killed at any moment: the old index answers, and the next build gives the right result."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer import generations
from indexer.build import rebuild, update
from indexer.ledger import open_ledger
from indexer.opening import open_engine
from indexer.settings import Settings
from tests.fakes import FORMAT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

# The steps of a build after which the child kills itself, by the function that has just returned.
STEPS = {
    "begun": "indexer.generations.Work.begin",
    "written": "tests.fakes.ListWriter.finish",
    "sealed": "indexer.generations.Work.seal",
    "renamed": "indexer.generations.Work.finish",
    "committed": "indexer.ledger.Ledger.transaction",
    "published": "indexer.generations.publish",
    "pruned": "indexer.generations.prune",
}
BUILDING = """
import contextlib, importlib, os, signal, sys
from pathlib import Path
command, index, files, step = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

if step.endswith("transaction"):
    from indexer.ledger import Ledger
    whole = Ledger.transaction
    @contextlib.contextmanager
    def transaction(self):
        with whole(self):
            yield
        die()
    Ledger.transaction = transaction
elif step:
    module, _, rest = step.rpartition(".")
    try:
        owner = importlib.import_module(module)
    except ImportError:
        module, _, name = module.rpartition(".")
        owner = getattr(importlib.import_module(module), name)
    before = getattr(owner, rest)
    def then_die(*args, **kwargs):
        before(*args, **kwargs)
        if rest != "prune" or Path(index, "generation-000002").exists():
            die()
    setattr(owner, rest, then_die)
from indexer import build
from indexer.settings import Settings
from tests.fakes import FORMAT
print("go", flush=True)
getattr(build, command)([files], Settings(index=Path(index)), engine=FORMAT)
"""


def start(command: str, index: Path, files: Path, step: str = "") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", BUILDING, command, str(index), str(files), step],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def write(files: Path, name: str, *bodies: str) -> None:
    files.mkdir(exist_ok=True)
    records = (
        {"id": f"{name}-{place}", "headline": body, "body": body, "language": "en"}
        for place, body in enumerate(bodies)
    )
    (files / name).write_text("".join(json.dumps(record) + "\n" for record in records))


def held(index: Path) -> list[str]:
    engine = open_engine(Settings(index=index), FORMAT)
    try:
        return sorted(article.headline for article in engine.articles())
    finally:
        engine.close()


def check(index: Path, expected: list[str]) -> None:
    assert held(index) == expected
    ledger = open_ledger(index)
    try:
        assert ledger.counts()["articles"] == len(expected)
        assert ledger.generation == generations.current(index).number
    finally:
        ledger.close()
    assert generations.leftovers(index) == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("command", ["rebuild", "update"])
def test_killed_after_any_step_the_old_answers_and_the_next_build_is_right(tmp_path, command, step):
    files, index = tmp_path / "files", tmp_path / "index"
    write(files, "a.jsonl", "one", "two")
    write(files, "b.jsonl", "three")
    rebuild([files], Settings(index=index), engine=FORMAT)
    write(files, "a.jsonl", "one", "two, changed")
    (files / "b.jsonl").unlink()
    write(files, "c.jsonl", "four")

    process = start(command, index, files, STEPS[step])
    process.communicate(timeout=60)

    assert process.returncode == -signal.SIGKILL
    old, new = ["one", "three", "two"], ["four", "one", "two, changed"]
    assert held(index) == (new if step in ("published", "pruned") else old)
    update([], Settings(index=index), engine=FORMAT)
    check(index, new)


@pytest.mark.parametrize("step", STEPS)
def test_a_first_build_killed_after_any_step_is_made_good_by_the_next(tmp_path, step):
    files, index = tmp_path / "files", tmp_path / "index"
    write(files, "a.jsonl", "one", "two")

    start("rebuild", index, files, STEPS[step]).communicate(timeout=60)

    rebuild([files], Settings(index=index), engine=FORMAT)
    check(index, ["one", "two"])


def test_killed_at_any_time_the_index_is_never_between_two_states(tmp_path):
    files, index = tmp_path / "files", tmp_path / "index"
    bodies = [f"story {number}" for number in range(300)]
    write(files, "a.jsonl", *bodies)
    rebuild([files], Settings(index=index), engine=FORMAT)
    chance, expected = random.Random(5), sorted(bodies)

    for turn in range(8):
        before = expected
        write(files, "a.jsonl", *(f"{body} turn {turn}" for body in bodies))
        write(files, f"more-{turn}.jsonl", f"extra {turn}")
        extras = [f"extra {number}" for number in range(turn + 1)]
        expected = sorted([*(f"{body} turn {turn}" for body in bodies), *extras])
        process = start(chance.choice(["rebuild", "update"]), index, files)
        process.stdout.readline()
        time.sleep(chance.random() * 0.25)
        process.kill()
        process.communicate(timeout=60)

        assert held(index) in (before, expected)
        update([], Settings(index=index), engine=FORMAT)
        check(index, expected)
