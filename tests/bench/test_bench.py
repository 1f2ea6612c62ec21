"""The bench itself: it runs, and its page has what it promises. No time is asserted."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from tests.bench.__main__ import main
from tests.bench.peers import ENGINES, left_out
from tests.bench.questions import questions
from tests.bench.records import prefix, records
from tests.bench.targets import NAMED


def test_the_page_has_a_row_for_every_engine_and_every_class_of_questions(
    sixty: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results.md"
    done = CliRunner().invoke(
        main, [str(sixty), "--out", str(out), "--questions", "2", "--rounds", "1"], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    absent = dict(left_out(ENGINES))
    for name in ENGINES:
        assert (f"| {name} | 60 |" in page) != (name in absent)
        assert (f"- {name}: left out" in page) == (name in absent)
    for kind in dict.fromkeys(each.kind for each in questions(records(sixty), per_kind=2, seed=1)):
        assert page.count(f"| {kind} | 2 |") == 3
    assert str(tmp_path) not in page


def test_a_seed_gives_the_same_questions_and_another_seed_others(sixty: Path) -> None:
    one, again, other = (
        [each.text for each in questions(records(sixty), per_kind=3, seed=seed)] for seed in (1, 1, 2)
    )
    assert one == again != other


def test_the_mean_is_over_the_classes_that_are_asked(sixty: Path) -> None:
    asked = {each.kind for each in questions(records(sixty), per_kind=1, seed=1)}
    assert asked - set(NAMED) == {"headline, all words", "headline, any word"}
    assert set(NAMED) <= asked


def test_every_line_of_a_prefix_states_its_language(tmp_path: Path) -> None:
    source, out = tmp_path / "all.jsonl", tmp_path / "few.jsonl"
    source.write_text('{"id": "1", "lang": "de"}\n\n{"id": "2"}\n{"id": "3", "language": ""}\n{"id": "4"}\n')
    assert prefix(source, 3, out) == 3
    assert [each.language for each in records(out)] == ["de", "en", "en"]


def test_asking_for_engines_that_cannot_run_says_why(sixty: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("".join(json.dumps({"id": str(n), "body": "x"}) + "\n" for n in range(20_001)))
    done = CliRunner().invoke(main, [str(many), "--articles", "20001", "--engine", "whoosh"])
    assert done.exit_code == 1
    assert "too slow for more than 20,000 articles" in done.output
