"""A build killed at any moment leaves the old index answering, and nothing in the next one's way."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import generations
from indexer.build import rebuild, update
from indexer.checkup import checkup
from indexer.opening import open_engine
from indexer.parse import parse
from indexer.query import Query
from tests.engines.columnar import killing

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


class Killer:
    """A process that builds and is killed, ready for the next time at once."""

    def __init__(self, folder: Path, jobs: int):
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, killing.__file__, str(folder), str(jobs)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def __call__(self, moment: int) -> str:
        self._process.stdin.write(f"{moment}\n")
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Nothing here cuts the power."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture(scope="module", params=[1, 2], ids=["alone", "helped"])
def killer(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    killer = Killer(folder, jobs=request.param)
    yield killer
    killer.end()


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """What an index of each version answers that was built in peace."""
    answers = []
    for version in range(len(killing.VERSIONS)):
        folder = tmp_path_factory.mktemp("right")
        killing.write(folder, version)
        rebuild([folder / "files"], killing.settings(folder))
        answers.append(found(folder))
    return answers


def found(folder: Path) -> list:
    """What the index answers: of each word the total, of the phrase too, and every text."""
    engine = open_engine(killing.settings(folder))
    try:
        totals = [
            engine.search(Query(text=text, clause=parse(text).clause)).total
            for text in (*killing.WORDS, '"shared phrase"')
        ]
        return [totals, sorted((article.headline, article.body) for article in engine.articles())]
    finally:
        engine.close()


def check_killed_at(killer: Killer, right: list, moment: int) -> None:
    outcome = killer(moment)
    folder = killer.folder
    # The files show how far it came: they change between the rebuild and the update.
    version = 2 if (folder / "files" / "e.jsonl").exists() else 1

    assert outcome == "killed" or outcome.startswith("done "), outcome
    assert found(folder) in right[version - 1 : version + 1]
    update([], killing.settings(folder))
    assert found(folder) == right[version]
    check_nothing_is_left(folder)


def check_nothing_is_left(folder: Path) -> None:
    index = folder / "index"
    state = {finding.what: finding.state for finding in checkup(killing.settings(folder)).findings}
    assert {state[what] for what in ("index", "ledger", "files", "writer")} == {"ok"}
    assert generations.leftovers(index) == []
    for generation in generations.all_generations(index):
        manifest = generations.read_manifest(generation)
        there = {path.name for path in generation.directory.iterdir()}
        assert there - set(manifest["files"]) == {"manifest.json"}


def moments(killer: Killer, many: int) -> list[int]:
    """Those just before and after a rename, and so many more spread over the whole build."""
    done, count, segments, *renamed = killer(0).split()
    assert done == "done"
    # The rebuild made several segments and merged them, the update added to them.
    assert int(segments) > 5
    chance, step = random.Random(3), int(count) / many
    spread = {1 + int(step * (at + chance.random())) for at in range(many)}
    return sorted(spread.union(*(range(int(at), int(at) + 3) for at in renamed)))


def test_killed_at_any_moment_the_old_index_answers_and_the_next_run_is_right(killer, right):
    for moment in moments(killer, 10):
        check_killed_at(killer, right, moment)


@pytest.mark.slow
def test_killed_at_every_moment_the_old_index_answers_and_the_next_run_is_right(killer, right):
    for moment in moments(killer, 2_000):
        check_killed_at(killer, right, moment)
