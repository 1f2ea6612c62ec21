"""The README is true: its tables are the code's tables, its commands run, its links lead somewhere.

`python tests/test_readme.py` writes the tables anew.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.readers import READERS
from indexer.querydoc import EXAMPLES
from indexer.settings import SETTINGS, Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _settings() -> str:
    defaults = Settings()
    rows = []
    for setting in SETTINGS:
        default = getattr(defaults, setting.name)
        shown = f"`{default}`" if isinstance(default, (int, str, Path)) and str(default) else ""
        rows.append((f"`{setting.name}`", f"`NEWSDEX_{setting.name.upper()}`", shown, setting.help))
    return _table(("setting", "environment", "default", "meaning"), rows)


def _readers() -> str:
    rows = ((f"`{name}`", ", ".join(f"`{suffix}`" for suffix in READERS[name].suffixes)) for name in READERS)
    return _table(("format", "files"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "querydoc.EXAMPLES": lambda: _table(
        ("typed", "finds"), ((f"`{typed}`", finds) for typed, finds in EXAMPLES)
    ),
    "READERS": _readers,
    "SETTINGS": _settings,
}


def with_tables(text: str) -> str:
    """The README with each table as the code has it, below its marker."""
    for name, table in TABLES.items():
        marker = f"<!-- table: {name} -->"
        assert marker in text
        head, rest = text.split(marker)
        tail = re.sub(r"\A\s*(?:\|[^\n]*\n)*\s*", "", rest)
        text = f"{head}{marker}\n{table()}\n\n{tail}"
    return text


def test_the_tables_are_those_of_the_code() -> None:
    text = README.read_text("utf-8")
    assert text == with_tables(text), "run: python tests/test_readme.py"


def test_every_link_and_picture_leads_to_a_file() -> None:
    wrong = []
    for page in (README, *(ROOT / room / "README.md" for room in ("corpus", "indexer", "web"))):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
    assert not wrong


def shell_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.S)
    return [line for block in blocks for line in block.splitlines() if line.startswith("newsdex ")]


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.cli import cli

    (tmp_path / "path/to").mkdir(parents=True)
    (tmp_path / "path/to/articles").symlink_to(ROOT / "corpus/samples")
    monkeypatch.chdir(tmp_path)
    lines = shell_lines()
    assert any(line.startswith("newsdex rebuild") for line in lines)
    for line in lines:
        words = shlex.split(line)[1:]
        if words[0] == "serve":
            words.append("--help")
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, f"{line}\n{done.output}"


def test_every_command_named_exists() -> None:
    from web.cli import cli

    named = set(re.findall(r"^\| `newsdex (\w+)", README.read_text("utf-8"), re.M))
    assert named == set(cli.commands)


def test_the_ci_runs_the_readme_test_command() -> None:
    text = README.read_text("utf-8")
    found = re.search(r"<!-- test command -->\n```sh\n(.*?)\n```", text, re.S)
    assert found
    assert found.group(1).endswith("-m pytest -q")
    assert "<!-- test command -->" in (ROOT / ".ci/run").read_text("utf-8")


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text("utf-8")), "utf-8")
    sys.exit(0)
