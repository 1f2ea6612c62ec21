"""Whether good answers come first: measured on judged questions, held to floors (baseline.json).

After a change that moves them for the better, write the new ones:

    python -m tests.relevance.test_relevance
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest

from tests.relevance.judged import HERE, SHARED, JudgedSet, engine_over, measured, samples, shared

FLOORS = HERE / "baseline.json"
SHARED_SETS = ("cran", "med", "npl", "cacm")

# What a measure may fall below its floor: less than a change in the order of equals can do.
TOLERANCE = 0.005


def hold(name: str, judged: JudgedSet, directory: Path) -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))[name]
    engine = engine_over(judged, directory)
    try:
        found = measured(judged, engine)
    finally:
        engine.close()
    fallen = {measure: (found[measure], floor) for measure, floor in floors.items()
              if found[measure] < floor - TOLERANCE}  # fmt: skip
    assert not fallen, f"{name}: {found}, floors {floors}"


def test_questions_on_the_sample_articles_find_what_answers_them(tmp_path: Path) -> None:
    hold("samples", samples(), tmp_path)


def test_every_judged_sample_article_is_there() -> None:
    judged = samples()
    origins = {judged.name_of(article) for article in judged.articles()}
    questions = {line.split("\t")[0] for line in judged.queries.read_text(encoding="utf-8").splitlines()}
    for line in judged.qrels.read_text(encoding="utf-8").splitlines():
        question, _, origin, _ = line.split()
        assert origin in origins
        assert question in questions


@pytest.mark.parametrize("name", SHARED_SETS)
def test_a_judged_set_stays_above_its_floor(name: str, tmp_path: Path) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip(f"no judged set {name}; put one in ../shared/relevance or set NEWSDEX_SHARED")
    hold(name, shared(name), tmp_path)


def write_floors() -> None:
    """Measure every set there is and write what was found as floors; others keep theirs."""
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    sets = {"samples": samples(), **{name: shared(name) for name in SHARED_SETS if (SHARED / name).is_dir()}}
    for name, judged in sets.items():
        with tempfile.TemporaryDirectory() as directory:
            engine = engine_over(judged, Path(directory))
            floors[name] = measured(judged, engine)
            engine.close()
        print(name, floors[name], file=sys.stderr)
    FLOORS.write_text(json.dumps(floors, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_floors()
