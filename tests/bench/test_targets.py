"""The short numbers of the report, from times and builds that are made up."""

from __future__ import annotations

import pytest

from tests.bench.measure import Asked, Build, Times
from tests.bench.peers import Question
from tests.bench.targets import Ratio, pooled, ratios, summary


def asked(**times: dict[str, list[float]]) -> Asked:
    """`newsdex={"prefix": [1.0]}`: the times of one question each."""
    kinds = dict.fromkeys(kind for of_kind in times.values() for kind in of_kind)
    return Asked(
        times={
            (kind, name): Times(warm=values)
            for name, of_kind in times.items()
            for kind, values in of_kind.items()
        },
        totals=[(Question(kind=kind, text="x"), {}) for kind in kinds],
    )


def a_build(articles: int, seconds: float) -> Build:
    return Build(articles=articles, seconds=seconds, cpu=seconds, peak=1, processes=1, disk=1)


def test_a_ratio_is_our_time_over_theirs() -> None:
    found = ratios(asked(newsdex={"prefix": [3.0]}, tantivy={"prefix": [2.0]}))
    assert found == [Ratio("prefix", 1.5, 1.5)]


def test_times_below_the_floor_count_as_the_floor_on_both_sides() -> None:
    both = asked(
        newsdex={"prefix": [0.001], "wildcard": [0.2], "AND of 2": [0.01]},
        tantivy={"prefix": [0.04], "wildcard": [0.01], "AND of 2": [0.1]},
    )
    assert [each.p50 for each in ratios(both)] == pytest.approx([1.0, 4.0, 0.5])


def test_the_95th_percentile_has_a_ratio_of_its_own() -> None:
    both = asked(newsdex={"prefix": [1.0] * 19 + [9.0]}, tantivy={"prefix": [1.0] * 19 + [3.0]})
    assert ratios(both) == [Ratio("prefix", 1.0, 3.0)]


def test_a_class_that_only_one_engine_answers_has_no_ratio() -> None:
    both = asked(newsdex={"prefix": [1.0], "fuzzy, 1 edit": [1.0]}, tantivy={"prefix": [1.0]})
    assert [each.kind for each in ratios(both)] == ["prefix"]


def test_the_mean_is_geometric_over_the_named_classes_and_slow_ones_are_named() -> None:
    both = asked(
        newsdex={"prefix": [4.0], "wildcard": [1.0], "headline, any word": [100.0]},
        tantivy={"prefix": [1.0], "wildcard": [1.0], "headline, any word": [1.0]},
    )
    page = summary({}, {"top": both})
    assert "ten articles: 2.00 times tantivy's p50 and 2.00 times its p95" in page
    assert "over 2 classes" in page
    assert "p50 above 1.5 times: prefix (4.0)\n" in page
    assert "| headline, any word (not in the mean) | 100.00 | 100.00 |" in page


def test_building_is_compared_by_articles_a_second() -> None:
    builds = {"newsdex": a_build(1_000, 2.0), "tantivy": a_build(1_000, 1.0), "whoosh": a_build(500, 5.0)}
    page = summary(builds, {})
    assert "articles a second: 0.50 times tantivy" in page
    assert "articles a second: 5.00 times whoosh" in page


def test_whole_answers_are_pooled_over_all_classes() -> None:
    both = asked(newsdex={"prefix": [1.0, 2.0], "wildcard": [3.0, 40.0]}, tantivy={"prefix": [1.0]})
    assert sorted(pooled(both, "newsdex")) == [1.0, 2.0, 3.0, 40.0]
    page = summary({"newsdex": a_build(1, 1.0)}, {"whole": both})
    assert "whole answers, all classes together: newsdex p50 3.00 ms, p95 40.00 ms" in page


def test_without_the_engine_to_compare_with_there_is_no_comparison() -> None:
    page = summary({"newsdex": a_build(1, 1.0)}, {"top": asked(newsdex={"prefix": [1.0]})})
    assert "tantivy" not in page
