"""The engine's answers are those of looking at every article: documents, scores, order, marks and counts."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indexer.query import SORTS, Query
from tests.engines.building import built, held_after
from tests.engines.comparing import archive_of, check_answer, check_clauses, every_hit
from tests.engines.generated import Case, cases, queries, questioned

# Shrinking a whole archive takes minutes, and a found case says enough unshrunk: it is left to the long form.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=QUICK)
SHORT = settings(COMMON, max_examples=20)
LONG = settings(COMMON, max_examples=1_500)
SEARCHED_IN = st.sampled_from([(), (), ("headline",), ("body", "by"), ("headline", "summary", "body")])


@SHORT
@given(cases(steps_most=1, removing=False), SEARCHED_IN)
def test_one_segment_answers_as_looking_at_every_article_does(case: Case, search_in):
    with built(case.steps) as engine:
        check_clauses(engine, held_after(case.steps), case.clauses, search_in)


@SHORT
@given(cases(), SEARCHED_IN)
def test_so_do_several_segments_with_articles_replaced_and_removed(case: Case, search_in):
    with built(case.steps, merge=False) as engine:
        check_clauses(engine, held_after(case.steps), case.clauses, search_in)


@SHORT
@given(cases(), SEARCHED_IN)
def test_so_do_segments_that_writers_merged(case: Case, search_in):
    with built(case.steps) as engine:
        check_clauses(engine, held_after(case.steps), case.clauses, search_in)


@SHORT
@given(cases(removing=False))
def test_scores_do_not_depend_on_how_the_articles_lie_in_segments(case: Case):
    in_many = {}
    with built(case.steps, merge=False) as engine:
        for clause in case.clauses:
            in_many[clause] = [(hit.article.id, hit.score) for hit in every_hit(engine, clause)]
    with built([dataclasses.replace(case.steps[0], added=tuple(held_after(case.steps)))]) as engine:
        for clause in case.clauses:
            for (one, score), hit in zip(in_many[clause], every_hit(engine, clause), strict=True):
                assert (one, pytest.approx(score, rel=1e-9)) == (hit.article.id, hit.score)


@SHORT
@given(questioned())
def test_filters_facets_timeline_and_orders_count_what_is_there(asked: tuple[Case, list[Query]]):
    case, found = asked
    with built(case.steps, merge=False) as engine:
        archive = archive_of(engine, held_after(case.steps))
        for query in found:
            check_answer(engine.search(query), archive.answer(query), query)
            assert engine.count(query) == archive.answer(query).total


@SHORT
@given(st.data())
def test_pages_and_cursors_show_every_result_once_in_every_order(data):
    case = data.draw(cases())
    # With filters there are seldom three results, which a second page needs.
    asked = [Query(), Query(clause=case.clauses[0]), data.draw(queries(case.words))]
    with built(case.steps, merge=False) as engine:
        for query, sort in itertools.product(asked, SORTS):
            check_pages(engine, dataclasses.replace(query, sort=sort, page_size=2, facets=(), timeline=False))


def check_pages(engine, query):
    whole = engine.search(dataclasses.replace(query, page_size=100))
    ids = [hit.article.id for hit in whole.hits]
    assert len(set(ids)) == len(ids) == whole.total
    assert [article.id for article in engine.articles(query)] == ids
    paged, page = [], 1
    while shown := engine.search(dataclasses.replace(query, page=page)).hits:
        paged.extend(shown)
        page += 1
    followed, cursor = [], ""
    for _ in range(len(ids) + 1):
        answer = engine.search(dataclasses.replace(query, cursor=cursor))
        followed.extend(answer.hits)
        cursor = answer.next_cursor
        if not cursor:
            break
    for hits in (paged, followed):
        assert [hit.article.id for hit in hits] == ids
        assert [hit.rank for hit in hits] == list(range(1, len(ids) + 1))


@pytest.mark.slow
def test_all_of_it_at_length():
    settings(LONG)(given(cases(), SEARCHED_IN)(_any_segments))()
    settings(LONG)(given(questioned())(_any_queries))()


def _any_segments(case: Case, search_in):
    with built(case.steps, merge=False) as engine:
        check_clauses(engine, held_after(case.steps), case.clauses, search_in)


def _any_queries(asked):
    case, found = asked
    with built(case.steps) as engine:
        archive = archive_of(engine, held_after(case.steps))
        for query in found:
            check_answer(engine.search(query), archive.answer(query), query)
