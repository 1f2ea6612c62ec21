"""A word as typed stands nowhere without one of its stems, so that its documents need not be looked for."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.query import AllOf, Term
from indexer.whoosh_engine.doc_set import DocSet
from indexer.whoosh_engine.engine import WhooshFormat
from indexer.whoosh_engine.plan import BIT_OF, Either, Every, OneOf
from tests.engines.building import Step, built, numbered
from tests.engines.columnar.texts import article
from tests.engines.test_against_brute_force import SHORT
from tests.fakes import an_article

PROTECTED = WhooshFormat(protected=("elections", "résumé"), time_limit_ms=60_000)
HYPHENS = an_article(
    headline="The COVID-19 law, F-16s",
    body="Jae-myung’s 20th U.S. e-mail to R-US and N.A.T.O.",
    language="en",
)


def eithers(plan):
    """Every Either of a plan, that within others among them."""
    if isinstance(plan, Either):
        yield plan
    if isinstance(plan, Either | Every):
        for each in plan.plans:
            yield from eithers(each)


@SHORT
@given(
    st.lists(article, min_size=1, max_size=4), st.sampled_from([None, PROTECTED]), st.sampled_from([*BIT_OF])
)
@example([HYPHENS], None, "body")
def test_where_a_word_stands_as_typed_one_of_its_stems_stands(articles, form, field):
    with built([Step(tuple(numbered(articles)))], form) as engine:
        terms = list(engine.store.terms("text"))
        pairs = [AllOf((Term(one), Term(two))) for one, two in itertools.product(terms[:12], repeat=2)]
        seen = 0
        for clause in (*map(Term, terms), *(Term(term.upper()) for term in ("nato", *terms)), *pairs):
            for search_in in ((), (field,)):
                over = engine.executor.over(0)
                for found in eithers(engine.compiler.compile(clause, search_in)):
                    for each in found.plans:
                        if isinstance(each, OneOf) and each.implied:
                            seen += 1
                            assert set(DocSet(over.bits(each)).docs) <= set(over.docs(found))
        assert seen
