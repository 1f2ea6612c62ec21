"""Whoever waits for the compiler is told so; nobody else waits for it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from rich.console import Console

from indexer import compiling, terminal

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "corpus" / "samples"


def newsdex(*arguments: object, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = str(cache)
    program = "from web.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )


def test_who_listens_is_told_once_and_no_more_when_done():
    heard = []
    with compiling.told(lambda: heard.append("told")):
        compiling.begins()
        compiling.begins()
    compiling.begins()

    assert heard == ["told"]


def test_of_two_that_listen_the_inner_is_told_and_the_outer_does_not_say_it_again():
    heard = []
    with compiling.told(lambda: heard.append("outer")):
        with compiling.told(lambda: heard.append("inner")):
            thread = threading.Thread(target=compiling.begins)
            thread.start()
            thread.join()
        compiling.begins()

    assert heard == ["inner"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_forked_off_tells_nobody():
    heard = []
    with compiling.told(lambda: heard.append("told")):
        child = os.fork()
        if child == 0:
            compiling.begins()
            os._exit(len(heard))
        assert os.waitpid(child, 0)[1] == 0


def test_a_build_that_compiles_says_so_in_one_line_however_many_pieces_it_compiles():
    out = io.StringIO()
    with terminal.Shown(Console(file=out)) as shown, compiling.told(shown.compiling, every=True):
        shown.stage("Reading", 10)
        compiling.begins()
        compiling.begins()
        shown.stage("Verifying")

    assert out.getvalue().splitlines() == ["Reading ...", f"{compiling.WORDS} ...", "Verifying ..."]


def test_a_bar_tells_of_the_compiler_in_place_of_the_stage_until_that_goes_on():
    out = Console(file=io.StringIO(), force_terminal=True, width=80)
    with terminal.Shown(out) as shown:
        shown.stage("Reading", 10)
        shown.compiling()
        told = shown._bar.tasks[0].description
        shown.advance(bytes_read=10)

        assert (told, shown._bar.tasks[0].description) == (compiling.WORDS, "Reading")


def test_without_a_folder_to_keep_code_in_the_command_says_so_once_and_in_its_own_words(tmp_path):
    program = (
        "import numba.core.caching as caching\n"
        "def refuse(self, function): raise RuntimeError('cannot cache function')\n"
        "caching.FunctionCache.__init__ = refuse\n"
        "from indexer.cli import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "search", "ferry", "--index", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    lines = [line for line in ran.stderr.splitlines() if "NUMBA_CACHE_DIR" in line]
    assert len(lines) == 1
    assert lines[0].startswith("newsdex: no folder to keep compiled code in")


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (["--help"], {"numba", "numpy", "whoosh", "flask", "rich"}),
        (["--version"], {"numba", "numpy", "whoosh", "flask", "rich"}),
        (["rebuild", "--help"], {"numba", "numpy", "whoosh", "flask"}),
        (
            ["search", "ferry"],
            {"flask", "bleach", "waitress", "lxml", "trafilatura", "feedparser", "dateparser", "py3langid",
             "ftfy", "rich.progress", "sqlite3", "corpus.reading", "corpus.making", "numba.np.arraymath"},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_command_does_not_load_what_it_does_not_use(index, arguments, unneeded):
    program = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print(*(sorted({unneeded!r} & set(sys.modules))), file=sys.stderr))\n"
        "from web.cli import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "NEWSDEX_INDEX": str(index)},
    )  # fmt: skip

    assert ran.stderr.split() == []


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """An index of the samples; made, so that all it needs is compiled and kept."""
    made = tmp_path_factory.mktemp("compiled") / "index"
    newsdex("rebuild", SAMPLES, "--index", made)
    return made


def test_a_second_run_compiles_nothing(index):
    assert newsdex("search", "ferry", "--index", index).stderr == ""


@pytest.mark.slow
def test_the_first_run_of_all_says_that_it_compiles_and_the_second_does_not(tmp_path, index):
    first = newsdex("rebuild", SAMPLES, "--index", tmp_path / "index", cache=tmp_path / "cache")
    second = newsdex("rebuild", "--index", tmp_path / "index", cache=tmp_path / "cache")
    asked = newsdex("search", "ferry", "--index", index, cache=tmp_path / "other")
    again = newsdex("search", "ferry", "--index", index, cache=tmp_path / "other")

    assert [run.stderr.count(compiling.WORDS) for run in (first, second, asked, again)] == [1, 0, 1, 0]
