"""Sample articles as a file of JSON Lines, and newsdex's index of them.

Doctests are kept away from a peer that is not installed: `.[test]` does without `.[bench]`.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from corpus.reading import read_articles
from tests.bench import measure
from tests.bench.peers import ENGINES, left_out

collect_ignore = [f"with_{name}.py" for name, _ in left_out(ENGINES)]

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def sixty_indexed(sixty: Path) -> Path:
    """newsdex's index of the sixty, made by its command."""
    index = sixty.with_name("sixty-index")
    measure.build("newsdex", sixty, index)
    return index
