"""`newsdex serve` asked by several clients at once. No time is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench import http, tree
from tests.bench.clients import Answered, Clients, Load
from tests.bench.http import main
from tests.bench.with_newsdex import NEWSDEX


@pytest.mark.parametrize("workers", ["0", "2"])
def test_all_questions_are_answered_without_error(workers: str, sixty_indexed: Path, tmp_path: Path) -> None:
    if workers != "0":
        pytest.importorskip("gunicorn")
    out = tmp_path / "http.md"
    options = ["--clients", "2", "--requests", "120", "--warm-up", "0", "--questions", "2", "--out", str(out)]
    options += ["--workers", workers]
    done = CliRunner().invoke(main, [str(sixty_indexed), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    rows = [
        line.split(" | ")
        for line in page.splitlines()
        if line.startswith(tuple(f"| {k}" for k in http.KINDS))
    ]
    assert [row[1] for row in rows] == ["120", "120"]
    assert [row[7] for row in rows] == ["0", "0"]
    assert "60 articles" in page
    assert str(tmp_path) not in page


def test_errors_are_counted_by_their_kind_and_not_among_the_times(sixty_indexed: Path) -> None:
    with http.serving(sixty_indexed) as (port, _):
        paths = ["/api/v1/search?q=coast", "/api/v1/search?no_such=1", "/"]
        clients = Clients(port, paths, Load(clients=1, warm_up=0, requests=6))
        clients.warmed()
        answered = clients.go()
    assert len(answered.times) == 2
    assert answered.errors == {"status 400": 2, "no JSON": 2}


def test_a_server_that_does_not_start_is_told_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "NEWSDEX", (*NEWSDEX[:-1], "raise SystemExit('the port is taken')"))
    with pytest.raises(tree.Failed, match="the port is taken"), http.serving(tmp_path):
        pass


def test_a_folder_without_an_index_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [str(tmp_path)])
    assert done.exit_code == 1
    assert "newsdex rebuild" in done.output


def test_answers_a_second_are_those_of_all_clients_together() -> None:
    assert Answered(times=[1.0] * 30, seconds=1.5).per_second == 20
