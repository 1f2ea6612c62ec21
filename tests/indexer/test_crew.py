"""Several processes reading for a build: the same result, and nothing left behind when one of them dies."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer import generations, processes
from indexer.build import rebuild, update
from indexer.engine import EngineFormat
from indexer.ledger import FILE_NAME, open_ledger
from indexer.opening import open_engine
from indexer.parse import parse
from indexer.query import Query
from indexer.settings import Settings
from indexer.whoosh_engine.engine import WhooshFormat
from tests.fakes import FORMAT

pytestmark = pytest.mark.skipif(not processes.CAN_START, reason="builds are done by one process here")

WORDS = ["ferry", "court", "law", "storm", "harbour", "minister", "election", "water", "bridge", "train"]
TABLES = {
    "files": "SELECT path, size, hash, format, articles, problems, notes FROM files ORDER BY path",
    "gives": "SELECT f.path, g.place, g.article, g.fingerprint, g.updated, g.version, g.hidden, g.kept"
    " FROM gives g JOIN files f ON f.id = g.file ORDER BY f.path, g.place",
    "articles": "SELECT a.id, a.fingerprint, a.held, f.path, a.since FROM articles a"
    " LEFT JOIN files f ON f.id = a.file ORDER BY a.id",
    "versions": "SELECT article, fingerprint, content FROM versions ORDER BY rowid",
    "tombstones": "SELECT id, reason FROM tombstones ORDER BY id",
    "redirects": "SELECT old, new FROM redirects ORDER BY old",
}


@pytest.fixture
def shared(monkeypatch):
    """However little there is to read, others read it, and files are cut small."""
    monkeypatch.setattr("indexer.build.SHARED_FROM_FILES", 0)
    monkeypatch.setattr("indexer.crew.CUT_FROM", 1_500)
    monkeypatch.setattr("indexer.crew.BLOCK", 700)


def a_record(chance: random.Random) -> dict:
    key = chance.randint(0, 60)
    record = {
        "id": str(key),
        "headline": f"Story {key}",
        "body": " ".join(chance.choices(WORDS, k=12)),
        "source": "Naxos Post",
        "language": "en",
        "updated": f"2026-01-{chance.randint(1, 28):02}",
    }
    record |= chance.choice(
        [{}, {}, {}, {"status": "canceled"}, {"version": chance.randint(1, 3)}, {"odd": 1}]
    )
    record |= chance.choice([{}, {}, {"published": "nonsense"}, {f"strange{chance.randint(0, 9)}": 1}])
    return record


def a_file(chance: random.Random, folder: Path, name: str) -> None:
    lines = [json.dumps(a_record(chance)) for _ in range(chance.randint(0, 25))]
    for wrong in chance.choice([(), (), ("{broken",), ("[1]", "", "{broken")]):
        lines.insert(chance.randint(0, len(lines)), wrong)
    text = "\n".join(lines) + chance.choice(["", "\n"])
    kind = chance.choice(["jsonl", "jsonl", "jsonl.gz", "json", "txt"])
    path = folder / f"{name}.{kind}"
    if kind == "jsonl.gz":
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    elif kind == "txt":
        path.write_text(f"Ferry {name} sinks\n\nAll were saved by two boats of {chance.choice(WORDS)}.\n")
    else:
        path.write_text(text)


def stir(chance: random.Random, folder: Path) -> None:
    files = sorted(folder.iterdir())
    for path in chance.sample(files, min(2, len(files))):
        deed = chance.choice(["delete", "rename", "write"])
        if deed == "rename":
            path.rename(folder / f"moved-{path.name}")
        else:
            path.unlink()
        if deed == "write":
            a_file(chance, folder, path.name.partition(".")[0])
    a_file(chance, folder, f"more{len(files)}")


def state(index: Path, form: EngineFormat) -> dict:
    """What the ledger says, and what is found."""
    with sqlite3.connect(index / FILE_NAME) as db:
        found = {name: db.execute(ask).fetchall() for name, ask in TABLES.items()}
    engine = open_engine(Settings(index=index), form)
    for word in ("", *WORDS, "story"):
        query = Query(text=word, clause=parse(word).clause, page_size=100)
        page = engine.search(query)
        found[f"asked {word}"] = page.total, {hit.article.id: (hit.article, hit.score) for hit in page.hits}
    engine.close()
    return found


def told(report) -> dict:
    return {**report.as_json(), "seconds": 0, "bytes": 0}


@pytest.mark.parametrize(("seed", "form"), [*((seed, FORMAT) for seed in range(6)), (6, WhooshFormat())])
def test_the_crew_gives_what_one_process_gives(tmp_path, shared, seed, form):
    chance = random.Random(seed)
    files = tmp_path / "files"
    files.mkdir()
    for name in range(6):
        a_file(chance, files, f"a{name}")
    alone, crew = (Settings(index=tmp_path / f"index-{jobs}", jobs=jobs) for jobs in (1, 2))

    for turn in range(4):
        build = rebuild if turn in (0, 2) else update
        reports = [told(build([files], each, force=True, engine=form)) for each in (alone, crew)]
        assert reports[0] == reports[1], turn
        assert state(alone.index, form) == state(crew.index, form), turn
        stir(chance, files)


def test_a_file_that_breaks_off_is_told_apart_by_all_that_is_in_it(tmp_path, shared, monkeypatch):
    monkeypatch.setattr("corpus.blocks.LINE_MOST", 3_000)
    monkeypatch.setattr("corpus.source.LINE_MOST", 3_000)
    files = tmp_path / "files"
    files.mkdir()
    lines = [json.dumps(a_record(random.Random(n))) for n in range(20)]
    lines.insert(12, json.dumps({"headline": "x" * 3_000}))
    (files / "a.jsonl").write_text("\n".join(lines))
    alone, crew = (Settings(index=tmp_path / f"index-{jobs}", jobs=jobs) for jobs in (1, 2))

    reports = [told(rebuild([files], each, engine=FORMAT)) for each in (alone, crew)]

    assert reports[0] == reports[1]
    assert state(alone.index, FORMAT) == state(crew.index, FORMAT)


def test_a_process_that_cannot_be_forked_is_started_anew(tmp_path, shared, monkeypatch):
    monkeypatch.setattr(processes.threading, "active_count", lambda: 2)
    files = tmp_path / "files"
    files.mkdir()
    for name in range(3):
        a_file(random.Random(name), files, f"a{name}")
    form = WhooshFormat(protected=("ferry",))
    alone, crew = (Settings(index=tmp_path / f"index-{jobs}", jobs=jobs) for jobs in (1, 2))

    reports = [told(rebuild([files], each, engine=form)) for each in (alone, crew)]

    assert reports[0] == reports[1]
    assert state(alone.index, form) == state(crew.index, form)


@pytest.mark.parametrize("form", [FORMAT, WhooshFormat()])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_texts_that_lose_are_kept_without_reading_their_files_again(
    tmp_path, shared, monkeypatch, form, order
):
    def again(*_):
        raise AssertionError("a file is read again")

    monkeypatch.setattr("indexer.settling.read_source", again)
    monkeypatch.setattr("indexer.holdings.PORTION", 1)
    old, new = order
    record = {"id": "1", "headline": "Story", "source": "Post", "language": "en"}
    for name, body, day in ((old, "Old.", "2026-01-01"), (new, "New.", "2026-01-02")):
        (tmp_path / "files").mkdir(exist_ok=True)
        line = json.dumps({**record, "body": body, "updated": day})
        (tmp_path / f"files/{name}.jsonl").write_text(line + "\n")
    settings = Settings(index=tmp_path / "index", jobs=2)

    report = rebuild([tmp_path / "files"], settings, engine=form)

    ledger = open_ledger(settings.index)
    (row,) = ledger.db.execute("SELECT id FROM articles")
    assert [version.article.body for version in ledger.versions(row[0])] == ["Old."]
    ledger.close()
    assert (report.versions, report.articles) == (1, 1)


def a_folder(tmp_path: Path) -> Path:
    files = tmp_path / "files"
    files.mkdir()
    for name in ("a", "b"):
        lines = [
            json.dumps({"id": f"{name}{n}", "headline": f"Story {n}", "body": "All saved."})
            for n in range(99)
        ]
        (files / f"{name}.jsonl").write_text("\n".join(lines))
    return files


# Run apart, as the command is: a process that has threads, as that of these tests may, starts fresh
# interpreters, which know nothing of what was replaced here.
FAILING = """
import os, signal, sys
from pathlib import Path
from indexer import build
from indexer.settings import Settings
import indexer.crew
from tests import fakes
from tests.fakes.on_disk import ListPart
build.SHARED_FROM_FILES, indexer.crew.CUT_FROM, indexer.crew.BLOCK = 0, 1_500, 700
parent = os.getpid()
def fail(self, *given, **more):
    assert os.getpid() != parent
    FAILURE
ListPart.METHOD = fail
try:
    build.rebuild([sys.argv[1]], Settings(index=Path(sys.argv[2]), jobs=2), engine=fakes.FORMAT)
except Exception as error:
    print(type(error).__name__, error)
"""


def what_comes_of(failure: str, method: str, files: Path, index: Path) -> str:
    """What a rebuild says whose processes all fail so where they come to a method of theirs."""
    code = FAILING.replace("FAILURE", failure).replace("METHOD", method)
    command = [sys.executable, "-c", code, str(files), str(index)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)
    return done.stdout


def test_a_process_that_dies_is_named_and_the_index_stays(tmp_path):
    files, settings = a_folder(tmp_path), Settings(index=tmp_path / "index")
    before = rebuild([files], settings, engine=FORMAT).generation

    told = what_comes_of("os.kill(os.getpid(), signal.SIGKILL)", "add", files, settings.index)

    assert re.search(r"^BuildBroken .*signal 9 \(SIGKILL\) reading .*jsonl", told)
    assert generations.current(settings.index).number == before
    assert generations.leftovers(settings.index) == []
    assert update([], settings, engine=FORMAT).articles == 198


def test_what_a_process_fails_with_is_raised_here(tmp_path):
    files, index = a_folder(tmp_path), tmp_path / "index"

    told = what_comes_of("raise OSError(28, 'No space left on device')", "finish", files, index)

    assert told == "OSError [Errno 28] No space left on device\n"
    assert generations.leftovers(index) == []


LONG = """
import sys, time
from pathlib import Path
from indexer import build
from indexer.settings import Settings
import indexer.crew
from tests import fakes
from tests.fakes.on_disk import ListPart
build.SHARED_FROM_FILES, indexer.crew.CUT_FROM, indexer.crew.BLOCK = 0, 1_000, 1_000
def slowly(self, article, *, indexed):
    print("at work", flush=True)
    time.sleep(60)
ListPart.add = slowly
build.rebuild([sys.argv[1]], Settings(index=Path(sys.argv[2]), jobs=2), engine=fakes.FORMAT)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are looked up in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_when_the_build_is_ended_its_processes_end_and_the_next_can_write(tmp_path, how):
    files, index = a_folder(tmp_path), tmp_path / "index"
    process = subprocess.Popen(
        [sys.executable, "-c", LONG, str(files), str(index)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2], process_group=0,
    )  # fmt: skip
    process.stdout.readline()
    children = children_of(process.pid)
    assert len(children) == 2

    (os.killpg if how == signal.SIGINT else os.kill)(process.pid, how)
    process.wait(timeout=30)

    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert rebuild([files], Settings(index=index), engine=FORMAT).articles == 198
    assert generations.leftovers(index) == []


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
