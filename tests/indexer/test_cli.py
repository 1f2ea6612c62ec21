"""The command line: outcomes, exit codes, and output for people and for programs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.cli import cli

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSDEX_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write("files/a.jsonl", "1", "The ferry sank off <Naxos>.")
    write("files/b.jsonl", "2", "The budget passed.")
    return tmp_path


def write(name: str, key: str, body: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    record = {"id": key, "headline": f"Story {key}", "body": body, "source": "Naxos Post", "language": "en"}
    Path(name).write_text(json.dumps(record) + "\n", "utf-8")


def run(*arguments: str):
    return CliRunner().invoke(cli, arguments, prog_name="newsdex")


def test_rebuild_tells_what_it_made_and_exits_with_0():
    result = run("rebuild", "files")
    assert result.exit_code == 0
    assert result.stdout.startswith("Rebuilt newsdex-index: 2 articles from 2 files")
    assert "Reading ..." in result.stderr


def test_unreadable_sources_are_named_and_exit_with_1():
    Path("files/c.jsonl").write_text("{ broken\n")
    result = run("rebuild", "files")
    assert result.exit_code == 1
    assert "1 file or item gave no article:" in result.stdout
    assert "files/c.jsonl" in result.stdout


def test_an_article_whose_file_was_renamed_is_told_as_moved_and_not_as_lost():
    Path("files/c.txt").write_text("Ferry sinks off Naxos\n\nAll were saved by two fishing boats.\n")
    run("rebuild", "files")
    Path("files/c.txt").rename("files/d.txt")
    Path("files/b.jsonl").unlink()
    assert "  articles  1 removed, 1 unchanged, 1 moved\n" in run("update").stdout


def test_a_refusal_exits_with_2_and_names_the_remedy():
    result = run("rebuild", "nowhere")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == (
        "newsdex: nowhere: no such file or folder; mend it, or go on without it by --force"
    )


@pytest.mark.parametrize("command", ["update", "search", "info", "export"])
def test_without_an_index_each_command_names_the_one_to_run(command):
    result = run(command)
    assert result.exit_code == 2
    assert "make one with: newsdex rebuild PATH" in result.stderr


def test_json_reports_carry_the_counts():
    report = json.loads(run("rebuild", "files", "--json").stdout)
    assert (report["ok"], report["articles"], report["added"], report["problems"]) == (True, 2, 2, [])
    assert json.loads(run("update", "--json").stdout)["unchanged"] == 2


def test_json_errors_are_json_with_a_code():
    result = run("search", "ferry", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)
    assert (error["ok"], error["code"]) == (False, "index_missing")


def test_search_prints_matches_without_markup_when_piped():
    run("rebuild", "files")
    result = run("search", "ferry")
    assert result.exit_code == 0
    assert "1 article for ferry" in result.stdout
    assert "   The ferry sank off <Naxos>." in result.stdout
    assert "\x1b" not in result.stdout
    assert "budget" not in result.stdout


def test_search_json_is_the_endpoint_s():
    run("rebuild", "files")
    page = json.loads(run("search", "ferry", "--json").stdout)
    assert (page["ok"], page["total"], page["query"]["q"]) == (True, 1, "ferry")
    snippet = page["results"][0]["match"]["snippets"][0]
    assert snippet["html"] == "The <mark>ferry</mark> sank off &lt;Naxos&gt;."


def test_a_minus_word_reaches_the_query_and_an_unknown_option_does_not():
    run("rebuild", "files")
    assert "1 article for" in run("search", "story", "-ferry").stdout
    result = run("search", "--mach", "any", "story")
    assert result.exit_code == 2
    assert "No such option" in result.stderr


def test_export_gives_every_article_whole_one_a_line():
    run("rebuild", "files")
    lines = run("export").stdout.splitlines()
    assert sorted(json.loads(line)["body"] for line in lines) == [
        "The budget passed.",
        "The ferry sank off <Naxos>.",
    ]
    assert len(run("export", "ferry").stdout.splitlines()) == 1


def test_what_is_exported_can_be_indexed_again(tmp_path):
    run("rebuild", "files")
    run("export", "--output", "out.jsonl")
    assert json.loads(run("--index", "other", "rebuild", "out.jsonl", "--json").stdout)["articles"] == 2
    again = run("--index", "other", "export").stdout
    assert sorted(again.splitlines()) == sorted((tmp_path / "out.jsonl").read_text("utf-8").splitlines())


def test_info_tells_what_is_held():
    run("rebuild", "files")
    assert json.loads(run("info", "--json").stdout)["articles"] == 2
    assert "articles    2" in run("info").stdout


def test_options_stand_before_or_behind_the_command():
    run("--index", "one", "rebuild", "files")
    assert run("info", "--index", "one").exit_code == 0
    assert run("--index", "one", "info").exit_code == 0
    assert run("info").exit_code == 2


def test_a_slip_in_the_settings_is_told():
    Path("newsdex.toml").write_text("prot = 3\n")
    result = run("info")
    assert result.exit_code == 2
    assert "newsdex.toml: prot: there is no such setting; did you mean 'port'?" in result.stderr


def test_the_doctor_finds_a_sound_index_sound():
    run("rebuild", "files")
    for name in ("a", "b"):
        os.utime(f"files/{name}.jsonl", (1e9, 1e9))
    run("update")
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    assert "2 articles" in result.stdout


def test_the_doctor_notes_changed_files_and_problems():
    Path("files/c.jsonl").write_text("{ broken\n")
    run("rebuild", "files")
    write("files/d.jsonl", "3", "New.")
    result = run("doctor", "--json")
    assert result.exit_code == 1
    notes = {each["what"]: each for each in json.loads(result.stdout)["findings"] if each["state"] == "note"}
    assert notes["files"]["details"] == ["files/d.jsonl"]
    assert notes["files"]["remedy"] == "newsdex update"
    assert "files/c.jsonl" in notes["problems"]["details"][0]


def test_the_doctor_finds_a_flipped_bit_and_says_rebuild():
    run("rebuild", "files")
    path = max(Path("newsdex-index/generation-000001").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    result = run("doctor")
    assert result.exit_code == 2
    assert path.name in result.stdout
    assert "to do: newsdex rebuild\n" in result.stdout
    assert run("rebuild").exit_code == 0
    assert run("doctor").exit_code < 2


def test_the_doctor_does_not_crash_without_an_index_or_with_a_broken_ledger():
    result = run("doctor")
    assert result.exit_code == 2
    assert "to do: newsdex rebuild PATH\n" in result.stdout
    assert not Path("newsdex-index").exists()
    run("rebuild", "files")
    Path("newsdex-index/ledger.sqlite").write_bytes(b"nonsense" * 1000)
    result = run("doctor")
    assert result.exit_code == 2
    assert "backup" in result.stdout


def test_forget_asks_and_then_forgets():
    run("rebuild", "files")
    (hit,) = json.loads(run("search", "ferry", "--json").stdout)["results"]
    assert CliRunner().invoke(cli, ["forget", hit["id"]], input="n\n").exit_code != 0
    assert run("search", "ferry", "--json").stdout.count(hit["id"]) > 0
    result = run("forget", hit["id"], "--yes")
    assert result.exit_code == 0
    assert "files/a.jsonl" in result.stdout
    assert json.loads(run("search", "ferry", "--json").stdout)["total"] == 0


def test_as_a_module_it_works_in_a_process_of_its_own(here):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "indexer", "rebuild", "files", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(done.stdout)["articles"] == 2


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_build_exits_with_2_and_leaves_the_old_index(here, sent):
    run("rebuild", "files")
    record = {"headline": "Story", "body": "All were saved. " * 50, "language": "en"}
    lines = (json.dumps({"id": str(number), **record}) + "\n" for number in range(20_000))
    Path("files/c.jsonl").write_text("".join(lines))
    command = [sys.executable, "-m", "indexer", "rebuild", "files"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while "Reading" not in process.stderr.readline():
        pass
    process.send_signal(sent)
    _, told = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "newsdex: stopped; what was there before is still in use" in told
    assert "Traceback" not in told
    assert json.loads(run("info", "--json").stdout)["articles"] == 2
    assert sorted(path.name for path in Path("newsdex-index").iterdir()) == [
        "CURRENT", "generation-000001", "ledger.sqlite", "lock",
    ]  # fmt: skip
