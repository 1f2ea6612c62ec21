"""The bench itself: it runs, and its page has what it promises. No time is asserted."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.reading import read_articles
from tests.bench.__main__ import main
from tests.bench.peers import ENGINES, missing
from tests.bench.questions import questions
from tests.bench.records import records

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty of the sample articles as plain JSON Lines."""
    file = tmp_path_factory.mktemp("bench") / "sixty.jsonl"
    # By id, since newsdex rightly makes one article of two versions.
    different = {article.id: article for article in read_articles([SAMPLES])}.values()
    english = (article for article in different if article.language.startswith("en"))
    with file.open("w", encoding="utf-8") as out:
        for article in itertools.islice(english, 60):
            value = article.published.value if article.published else None
            item = {"id": article.id, "title": article.headline, "body": article.body, "author": article.by,
                    "source": article.source, "section": article.section, "lang": article.language,
                    "published": value.isoformat() if value else None}  # fmt: skip
            out.write(json.dumps(item) + "\n")
    return file


def test_the_page_has_a_row_for_every_engine_and_every_class_of_questions(
    sixty: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results.md"
    done = CliRunner().invoke(
        main, [str(sixty), "--out", str(out), "--questions", "2", "--rounds", "1"], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    absent = dict(missing(ENGINES))
    for name in ENGINES:
        assert (f"| {name} | 60 |" in page) != (name in absent)
        assert (f"- {name}: not installed" in page) == (name in absent)
    for kind in dict.fromkeys(each.kind for each in questions(records(sixty), per_kind=2, seed=1)):
        assert page.count(f"| {kind} | 2 |") == 3
    assert str(tmp_path) not in page


def test_a_seed_gives_the_same_questions_and_another_seed_others(sixty: Path) -> None:
    one, again, other = (
        [each.text for each in questions(records(sixty), per_kind=3, seed=seed)] for seed in (1, 1, 2)
    )
    assert one == again != other
