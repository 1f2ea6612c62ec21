"""The order of what came in last, which only feeds ask for; and both ends of the order by date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.article import Dated
from indexer.as_json import page_json
from indexer.engine import Engine, EngineFormat
from indexer.query import SORTS, Query
from indexer.whoosh_engine.engine import WhooshFormat
from tests.engines.building import holding
from tests.fakes import FORMAT, an_article

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CAME = {"0c": 3, "0a": 1, "0d": 3, "0b": 2, "0e": 0}


@pytest.fixture(params=[WhooshFormat(), FORMAT], ids=["whoosh", "list"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    form: EngineFormat = request.param
    writer = form.writer(tmp_path, None, 64)
    for name, day in CAME.items():
        article = an_article(id=name * 8, published=f"20{10 + ord(name[1]) % 7}-05-01")
        writer.add(article, indexed=FIRST + timedelta(days=day))
    manifest = {"segments": writer.finish(), "generation": 1, "built_at": FIRST.isoformat()}
    opened = form.open(tmp_path, manifest)
    yield opened
    opened.close()


def test_what_came_in_last_stands_first_and_ids_part_what_came_together(engine: Engine) -> None:
    page = engine.search(Query(sort="indexed"))

    assert [hit.article.id[:2] for hit in page.hits] == ["0c", "0d", "0b", "0a", "0e"]
    assert page.sort == "indexed"


def test_the_cursor_goes_on_between_articles_that_came_together(engine: Engine) -> None:
    first = engine.search(Query(sort="indexed", page_size=1))
    rest = engine.search(Query(sort="indexed", cursor=first.next_cursor))

    assert [hit.article.id[:2] for hit in rest.hits] == ["0d", "0b", "0a", "0e"]


@pytest.mark.parametrize("form", [WhooshFormat(), FORMAT], ids=["whoosh", "list"])
def test_first_and_last_are_dated_no_more_precisely_than_their_articles(form: EngineFormat) -> None:
    month = Dated(value=datetime(2005, 3, 1, tzinfo=UTC), basis="url", precision="month")
    articles = (an_article(id="a" * 16, published=month), an_article(id="b" * 16, published="2026-01-15"))
    with holding(*articles, form=form) as opened:
        page = opened.search(Query())

    assert page.first
    assert page.last
    assert page.first.published == month
    assert page.last.published == articles[1].published
    assert page_json(page)["first"]["published"] == "2005-03"


@pytest.mark.parametrize("form", [WhooshFormat(), FORMAT], ids=["whoosh", "list"])
def test_undated_articles_come_last_in_either_order_by_date(form: EngineFormat) -> None:
    days = ("2026-01-02", None, "2026-01-01")
    articles = (an_article(id=f"{at}" * 16, published=day) for at, day in enumerate(days))
    with holding(*articles, form=form) as opened:
        found = {sort: opened.search(Query(sort=sort)).hits for sort in ("newest", "oldest")}

    orders = {sort: [hit.article.id[0] for hit in hits] for sort, hits in found.items()}
    assert orders == {"newest": ["0", "2", "1"], "oldest": ["2", "0", "1"]}


def test_it_is_not_among_what_may_be_asked_for() -> None:
    assert "indexed" not in SORTS
