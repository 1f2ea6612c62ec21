"""Case pairs: a file as it comes, and the articles it must give.

To add a case, put two files into `tests/corpus/cases/<format>/`: the input (any name), and beside it
`<name of the input>.expected.json` (`summit.txt` -> `summit.txt.expected.json`), a list with one object
an article in order. Each object names the fields that matter to the case, in the form `article_to_dict`
writes; fields it does not name are not compared. A field that must be empty is given as null. A
`published` or `updated` is compared in the same way, by the keys it names. `{"unreadable": "words"}`
stands for an item that must be reported with these words in its reason. An optional
`<name>.options.json` gives ReadOptions ({"zone": "Asia/Seoul", "outlets": {"donga.com": {"name": ...}}});
without it the zone is UTC, and "now" is 2026-06-30 for every case.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.article import Article, article_to_dict
from corpus.errors import CorpusError
from corpus.options import Outlet, ReadOptions
from corpus.reading import read_source
from corpus.source import Source

CASES = Path(__file__).parent / "cases"
INPUTS = sorted(
    path
    for path in CASES.glob("*/*")
    if path.with_name(path.name + ".expected.json").exists() and not path.name.endswith(".expected.json")
)


def options_of(path: Path) -> ReadOptions:
    told = path.with_name(path.name + ".options.json")
    values: dict[str, Any] = json.loads(told.read_text("utf-8")) if told.exists() else {}
    outlets = {domain: Outlet(domain=domain, **rest) for domain, rest in values.pop("outlets", {}).items()}
    return ReadOptions(outlets=outlets, now=datetime(2026, 6, 30, tzinfo=UTC), **values)


def seen_as(item: Article | CorpusError, expected: dict[str, Any]) -> dict[str, Any]:
    """What came, cut down to the keys the case names."""
    if not isinstance(item, Article):
        wanted = expected.get("unreadable", "")
        return {"unreadable": wanted if wanted and wanted in str(item) else str(item)}
    values = article_to_dict(item)
    seen = {}
    for name, wanted in expected.items():
        value = values.get(name)
        if isinstance(wanted, dict) and isinstance(value, dict):
            value = {key: value.get(key) for key in wanted}
        seen[name] = value
    return seen


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_gives_the_articles_its_case_expects(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text("utf-8"))
    source = Source(uri=path.name, relative=path.name, path=path)

    items = list(read_source(source, options_of(path)))

    assert [seen_as(item, case) for item, case in zip(items, expected, strict=False)] == expected
    assert len(items) == len(expected), [str(item)[:300] for item in items]


def test_every_expectation_has_its_input() -> None:
    orphans = [
        path.name
        for path in CASES.glob("*/*.expected.json")
        if not path.with_name(path.name.removesuffix(".expected.json")).exists()
    ]
    assert orphans == []
