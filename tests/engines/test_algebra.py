"""What must hold of AND, OR and NOT whatever the words mean, and of marks whatever the article says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.describe import all_of, describe
from indexer.parse import parse
from indexer.query import EVERYTHING, AllOf, AnyOf, Not, Query
from tests.engines.brute import looks_for_words
from tests.engines.building import built
from tests.engines.comparing import every_hit, marks_of
from tests.engines.generated import cases, clauses, leaves, vocabularies
from tests.engines.test_against_brute_force import SHORT

WORD_FIELD = st.sampled_from(["", "", "headline", "body", "summary", "by"])


def count(engine, clause):
    return engine.count(Query(clause=clause))


def ids(engine, clause):
    return {hit.article.id for hit in every_hit(engine, clause)}


def alone(clause):
    """The clause so that no neighbour is tried joined with it: `jae myung` also means jaemyung."""
    return AllOf((clause,))


@SHORT
@given(cases(clauses_most=6))
def test_and_or_and_not_obey_the_laws_of_logic(case):
    with built(case.steps, merge=False) as engine:
        everything = count(engine, EVERYTHING)
        a, b, c = (alone(each) for each in case.clauses[:3])
        assert ids(engine, Not(AllOf((a, b)))) == ids(engine, AnyOf((Not(a), Not(b))))
        assert ids(engine, Not(AnyOf((a, b)))) == ids(engine, AllOf((Not(a), Not(b))))
        assert ids(engine, Not(Not(a))) == ids(engine, a)
        assert ids(engine, AllOf((a, AnyOf((b, c))))) == ids(engine, AnyOf((AllOf((a, b)), AllOf((a, c)))))
        assert ids(engine, AnyOf((a, AllOf((b, c))))) == ids(engine, AllOf((AnyOf((a, b)), AnyOf((a, c)))))
        assert count(engine, AllOf((a, Not(a)))) == 0
        assert count(engine, AnyOf((a, Not(a)))) == everything
        assert count(engine, AnyOf((a, b))) == count(engine, a) + count(engine, b) - count(
            engine, AllOf((a, b))
        )
        assert count(engine, Not(a)) == everything - count(engine, a)
        assert count(engine, AllOf((a, EVERYTHING))) == count(engine, a)
        assert count(engine, AnyOf(())) == 0


@SHORT
@given(cases(clauses_most=6), st.permutations(range(4)))
def test_neither_order_nor_repeating_changes_what_is_found(case, order):
    found = [alone(clause) for clause in case.clauses[:4]]
    turned = [found[at] for at in order]
    with built(case.steps, merge=False) as engine:
        for kind in (AllOf, AnyOf):
            once = {hit.article.id: hit.score for hit in every_hit(engine, kind(tuple(found)))}
            other = {hit.article.id: hit.score for hit in every_hit(engine, kind(tuple(turned)))}
            assert set(once) == set(other) == ids(engine, kind((*found, *turned)))
            assert all(abs(once[each] - other[each]) <= 1e-9 * (1 + once[each]) for each in once)


@SHORT
@given(st.data())
def test_whatever_words_found_is_marked_and_nothing_a_not_names(data):
    words = data.draw(vocabularies())
    case = data.draw(cases())
    wanted = data.draw(st.lists(leaves((*case.words, *words), WORD_FIELD), min_size=3, max_size=6))
    unwanted = data.draw(clauses(case.words))
    with built(case.steps) as engine:
        for one in wanted:
            found = every_hit(engine, one)
            for hit in found:
                marks = marks_of(hit.marked)
                assert marks
                assert hit.marked.hits == sum(map(len, marks.values()))
                assert set(hit.marked.fields) == set(marks)
                assert not one.field or set(marks) == {one.field}
                again = engine.article(hit.article.id, Query(clause=one))
                assert again == hit.marked
            for hit in every_hit(engine, AllOf((one, Not(unwanted)))):
                assert marks_of(hit.marked) == next(
                    marks_of(each.marked) for each in found if each.article.id == hit.article.id
                )
        for hit in every_hit(engine, Not(unwanted)):
            assert not marks_of(hit.marked)
            assert hit.marked.hits is None


@SHORT
@given(cases())
def test_an_article_that_does_not_match_has_no_marks(case):
    with built(case.steps) as engine:
        for clause in case.clauses:
            found = ids(engine, clause)
            for article in engine.articles():
                if article.id not in found:
                    marked = engine.article(article.id, Query(clause=clause))
                    assert not marks_of(marked)
                    assert marked.hits in (None, 0)


@SHORT
@given(cases(), st.integers(20, 90))
def test_passages_lie_in_the_article_at_edges_of_words_and_show_a_mark(case, chars):
    with built(case.steps) as engine:
        for clause in case.clauses:
            page = engine.search(Query(clause=clause, page_size=50, snippets=3, snippet_chars=chars))
            for hit in page.hits:
                body, summary = hit.marked.body, hit.marked.summary
                marked = body.marks or summary.marks
                assert len(hit.snippets) <= 3
                for snippet in hit.snippets:
                    whole = {"body": body, "summary": summary}[snippet.field].text
                    assert snippet.text in whole
                    assert snippet.text == snippet.text.strip()
                    assert "\n" not in snippet.text
                    assert bool(snippet.marks) == bool(marked)
                    assert all(0 <= start < stop <= len(snippet.text) for start, stop in snippet.marks)
                    assert "".join(part for part, _ in snippet.pieces()) == snippet.text
                if marked:
                    assert hit.snippets


@SHORT
@given(cases())
def test_a_query_typed_as_it_is_described_finds_the_same(case):
    with built(case.steps) as engine:
        for clause in case.clauses:
            described = describe(all_of([clause]))
            once = parse(described)
            again = parse(describe(once.clause))
            assert ids(engine, once.clause) == ids(engine, again.clause)
            if not once.notes and once.clause == clause:
                assert ids(engine, once.clause) == ids(engine, clause)


@SHORT
@given(cases())
def test_clause_counts_are_those_of_the_clauses_alone(case):
    with built(case.steps) as engine:
        several = AllOf(tuple(alone(clause) for clause in case.clauses[:3]))
        page = engine.search(Query(clause=several))
        for clause, counted in zip(several.clauses, page.clauses, strict=True):
            assert counted.total == count(engine, clause)
        for clause in case.clauses:
            found = engine.search(Query(clause=AllOf((alone(clause), Not(several)))))
            assert found.clauses[1].removed == count(engine, clause) - found.total
            assert found.sort == ("relevance" if looks_for_words(clause) else "newest")
