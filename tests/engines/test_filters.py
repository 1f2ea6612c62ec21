"""Which articles a filter lets through: days, zones, undated ones, facets."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.article import Dated
from indexer.query import Query
from tests.engines.building import holding, numbered
from tests.fakes import an_article


def ids(engine, **asked):
    return [int(hit.article.id, 16) for hit in engine.search(Query(sort="oldest", **asked)).hits]


@pytest.mark.parametrize("zone", ["-12:00", "-05:00", "+00:00", "+09:00", "+14:00"])
def test_a_day_holds_its_first_and_last_minute_where_the_article_was_published(zone):
    times = ("14T23:59", "15T00:00", "15T23:59", "16T00:00")
    articles = numbered(an_article(published=f"2026-01-{time}:00{zone}") for time in times)
    with holding(*articles) as engine:
        day = date(2026, 1, 15)
        assert ids(engine, first=day, last=day) == [2, 3]
        assert ids(engine, last=day) == [1, 2, 3]
        assert ids(engine, first=day) == [2, 3, 4]


def test_in_a_zone_asked_for_times_move_and_bare_days_stay():
    late_in_seoul = an_article(published="2026-01-15T08:00:00+09:00")
    bare = an_article(published="2026-01-15")
    month = an_article(
        published=Dated(value=bare.published.value.replace(day=1), basis="field", precision="month")
    )
    with holding(*numbered([late_in_seoul, bare, month])) as engine:
        day = date(2026, 1, 14)
        assert ids(engine, first=day, last=day, tz="UTC") == [3, 1]
        day = date(2026, 1, 15)
        assert ids(engine, first=day, last=day, tz="UTC") == [3, 2]
        assert ids(engine, first=day, last=day, tz="Asia/Seoul") == [3, 1, 2]


def test_a_value_chosen_means_itself_and_a_spelling_of_it_means_its_likes():
    articles = numbered(an_article(authors=(name,)) for name in ("Lee Jae", "LEE JAE", "Ana"))
    with holding(*articles) as engine:
        assert ids(engine, include={"author": ("Lee Jae",)}) == [1]
        assert ids(engine, include={"author": ("lee-jae",)}) == [1, 2]


def test_values_of_one_facet_are_alternatives_and_facets_are_conditions():
    articles = numbered(
        an_article(section=section, source=source)
        for section, source in (("Politics", "Gazette"), ("World", "Gazette"), ("World", "Herald"), ("", ""))
    )
    with holding(*articles) as engine:
        assert ids(engine, include={"section": ("Politics", "World")}) == [1, 2, 3]
        assert ids(engine, include={"section": ("World",), "source": ("herald",)}) == [3]
        assert ids(engine, include={"section": ("~none", "Politics")}) == [1, 4]
        assert ids(engine, exclude={"source": ("gazette", "~none")}) == [3]


def test_a_chosen_value_keeps_its_siblings_counts_and_is_listed_even_when_nobody_has_it():
    articles = numbered(an_article(section=each) for each in ("Politics", "World", "World", ""))
    with holding(*articles) as engine:
        page = engine.search(
            Query(include={"section": ("Politics", "Sport")}, facets=("section",), facet_size=1)
        )
        assert page.total == 1
        counts = {bucket.value: (bucket.count, bucket.selected) for bucket in page.facets[0].buckets}
        assert counts == {"World": (2, False), "Politics": (1, True), "Sport": (0, True)}
        assert (page.facets[0].missing, page.facets[0].other) == (1, 0)


def test_undated_articles_stay_out_of_date_filters_unless_asked_for():
    articles = numbered([an_article(published="2026-01-15"), an_article()])
    with holding(*articles) as engine:
        day = date(2026, 1, 1)
        assert ids(engine) == [1, 2]
        assert ids(engine, first=day) == [1]
        assert ids(engine, first=day, undated="include") == [1, 2]
        assert ids(engine, first=day, undated="only") == [2]
        assert ids(engine, undated="exclude") == [1]
        assert engine.search(Query(first=day)).undated == 1
