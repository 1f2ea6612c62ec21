"""The rooms and what may look where."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("corpus", "indexer", "web")
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "indexer", "web", "corpus", "tests"}

# Import names that differ from the names of their distributions.
DISTRIBUTIONS = {
    "whoosh": "whoosh3",
    "Stemmer": "pystemmer",
    "dateutil": "python-dateutil",
    "charset_normalizer": "charset-normalizer",
    "markupsafe": "flask",
    "werkzeug": "flask",
    "jinja2": "flask",
}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every dotted name that a module imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_itself_and_the_rooms_to_its_right(room: str) -> None:
    forbidden = {*ROOMS[ROOMS.index(room) + 1 :], "tests"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imports(path)
        if name.partition(".")[0] in forbidden
    ]
    assert not wrong


def test_only_the_whoosh_engine_imports_whoosh() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in modules(room)
        for name in imports(path)
        if name.partition(".")[0] == "whoosh" and "whoosh_engine" not in path.parts
    ]
    assert not wrong


def test_everything_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        "".join(char for char in requirement.partition(";")[0] if char.isalnum() or char in "-_=<>[")
        for requirement in project["dependencies"]
    }
    names = {requirement.split("=")[0].split(">")[0].split("<")[0].split("[")[0] for requirement in declared}
    known = {name.lower().replace("_", "-") for name in names}
    wrong = set()
    for room in ROOMS:
        for path in modules(room):
            for name in imports(path):
                top = name.partition(".")[0]
                if top in sys.stdlib_module_names or top in ROOMS:
                    continue
                if DISTRIBUTIONS.get(top, top).lower().replace("_", "-") not in known:
                    wrong.add(f"{path.relative_to(ROOT)} imports {top}")
    assert not wrong


def test_nothing_else_stands_at_the_top_level() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not listed:
        pytest.skip("not a git checkout")
    top = {name.partition("/")[0] for name in listed}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_the_command_line_starts_without_the_slow_readers() -> None:
    slow = ("trafilatura", "dateparser", "py3langid", "feedparser", "whoosh")
    code = f"import sys, corpus.reading; print([name for name in {slow!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["ruff check", "mypy"])
def test_the_linters_are_silent(command: str) -> None:
    if command == "mypy" and sys.version_info[:2] != (3, 11):
        # The numpy that Python 3.12 and later get has annotations that the older one contradicts.
        pytest.skip("types are checked with Python 3.11, the oldest that is promised")
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
