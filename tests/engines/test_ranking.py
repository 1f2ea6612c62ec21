"""The first results found over bounds are those of scoring everything, to the last bit."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.whoosh_engine import ranking
from indexer.whoosh_engine.doc_set import DocSet, bits_of
from indexer.whoosh_engine.plan import BIT_OF, Constant, Either, Every, InOrder, OneOf, Within, Without
from indexer.whoosh_engine.ranking import best, scores
from tests.engines.building import Step, built, number, numbered
from tests.engines.test_against_brute_force import SHORT
from tests.fakes import an_article

WORDS = [f"word{each:02d}" for each in range(12)]


@pytest.fixture(scope="module")
def engine():
    """Thousands of articles in two segments, some taken out: whole blocks of postings, and what is over."""
    chance = random.Random(5)
    weights = [1 / (each + 1) ** 1.5 for each in range(12)]
    articles = numbered(
        an_article(
            headline=" ".join(chance.choices(WORDS, weights, k=chance.randint(1, 6))),
            body=" ".join(chance.choices(WORDS, weights, k=int(chance.lognormvariate(3, 1)) + 1)),
        )
        for _ in range(4_500)
    )
    gone = tuple(number(at) for at in range(1, 4_500, 50))
    with built([Step(tuple(articles[:3_000])), Step(tuple(articles[3_000:]), gone)], merge=False) as engine:
        yield engine


words = st.sampled_from(WORDS)
masks = st.sampled_from([BIT_OF["body"], *[sum(BIT_OF.values())] * 4])
leaves = st.one_of(
    st.builds(
        OneOf, st.just("text"), st.lists(words, max_size=3, unique=True).map(tuple), masks,
        st.sampled_from([0.0, 0.25, 1.0]),
    ),
    st.builds(lambda word, mask: OneOf("stems", (f"en:{word}", f":{word}"), mask), words, masks),
    st.builds(Constant, st.lists(words, min_size=1, max_size=2).map(tuple)),
    st.builds(lambda one, two: InOrder("text", ((one,), (two,))), words, words),
    st.builds(lambda one, two: Within(((one,), (two,)), 3), words, words),
)  # fmt: skip
plans = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Either, st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(Every, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(lambda one, two: Every((one, Without(two))), inner, inner),
    ),
    max_leaves=6,
)


@SHORT
@given(plans, st.sampled_from([1, 3, 10, 40]), st.sampled_from([0.2, 1.0]), st.integers(0, 2**32))
def test_passing_over_what_cannot_be_among_the_first_changes_nothing(engine, plan, most, part, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_FEW", 1)
        patch.setattr(ranking, "_SMALL_PART", 1)
        patch.setattr(ranking, "_SCORED_MOST", 100)
        for at in range(2):
            over = engine.executor.over(at)
            docs = over.docs(plan)
            docs = docs[np.random.default_rng(seed).random(len(docs)) < part]
            every = scores(over, plan, docs)
            of = DocSet(bits_of(docs, over.segment.count))
            found, their_scores = best(over, plan, of, most)

            told = dict(zip(found.tolist(), their_scores.tolist(), strict=True))
            known = dict(zip(docs.tolist(), every.tolist(), strict=True))
            assert told.items() <= known.items()
            levels = np.sort(every.astype(np.float32))[::-1]
            if len(levels):
                least = levels[:most][-1]
                assert {doc for doc, score in known.items() if np.float32(score) >= least} <= told.keys()


def test_most_articles_with_common_words_are_passed_over(engine):
    over = engine.executor.over(0)
    plan = OneOf("text", (WORDS[0],))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_FEW", 1)
        docs = over.docs(plan)
        found, _ = best(over, plan, DocSet(bits_of(docs, over.segment.count)), 3)

    assert len(found) < len(docs) / 2
