"""An index at several sizes. No time is asserted."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tests.bench.growth import Opening, Step, main, report
from tests.bench.measure import Build


def test_there_is_a_row_for_every_engine_and_size(sixty: Path, tmp_path: Path) -> None:
    out = tmp_path / "growth.md"
    options = [
        "--sizes",
        "30,60",
        "--engine",
        "sqlite",
        "--questions",
        "1",
        "--rounds",
        "1",
        "--out",
        str(out),
    ]
    done = CliRunner().invoke(main, [str(sixty), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert [line.split(" | ")[1] for line in page.splitlines() if line.startswith("| sqlite")] == ["30", "60"]
    assert str(tmp_path) not in page


def test_a_file_that_is_too_short_is_told_with_the_command_that_lengthens_it(sixty: Path) -> None:
    done = CliRunner().invoke(main, [str(sixty), "--sizes", "61", "--engine", "sqlite"])
    assert done.exit_code == 1
    assert "holds 60 articles, fewer than 61" in done.output
    assert "python -m tests.bench.recombine sixty.jsonl --articles 61" in done.output


def test_the_peak_is_set_against_the_memory_setting_and_two_hundred_megabytes() -> None:
    build = Build(articles=10, seconds=2.0, cpu=1.0, peak=356_000_000, processes=3, disk=20_000)
    opening = Opening(open_ms=1.0, first_ms=2.0, p50_ms=3.0, p95_ms=4.0, peak=1)
    steps = [Step(engine=name, articles=10, build=build, opening=opening) for name in ("newsdex", "tantivy")]
    page = report(steps, memory_mb=512, load=0.0, data="")
    assert "| newsdex | 10 | 5 | 1.0 | 340 | 50% | 2,000 | 1.0 | 2.0 | 3.00 / 4.00 |" in page
    assert "| tantivy | 10 | 5 | 1.0 | 340 |  | 2,000 |" in page
