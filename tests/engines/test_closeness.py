"""Words near one another, found by one loop over all, are those that the definition finds one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.whoosh_engine.closeness import Bearings, within
from indexer.whoosh_engine.doc_set import DocSet
from indexer.whoosh_engine.segment import Places
from indexer.whoosh_engine.windows import any_window


def placed(lists):
    """The places of one slot in each document."""
    return Places(np.cumsum([0, *map(len, lists)]), np.array([at for each in lists for at in each], np.int32))


@given(st.integers(2, 4).flatmap(
    lambda slots: st.lists(
        st.lists(
            st.sets(st.integers(0, 12), min_size=1, max_size=5).map(sorted), min_size=slots, max_size=slots
        ),
        min_size=1, max_size=70,
    )
), st.integers(0, 4))  # fmt: skip
def test_near_is_what_a_window_over_each_article_says(articles, slop):
    slots = [(f"slot{at}",) for at in range(len(articles[0]))]
    by_slot = dict(zip(slots, (placed(lists) for lists in zip(*articles, strict=True)), strict=True))
    everything = np.arange(len(articles), dtype=np.int32)
    bearings = Bearings(
        slots, lambda terms, of: by_slot[terms], lambda *asked: None, lambda terms: 0, len(articles)
    )

    found = DocSet(within(bearings, everything, slop)).docs.tolist()

    assert found == [at for at, places in enumerate(articles) if any_window(places, slop)]
