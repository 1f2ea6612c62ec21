"""Prefixes, patterns and misspellings over the terms of several segments."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from indexer.whoosh_engine.columnar.data import Strings
from indexer.whoosh_engine.dictionary import Dictionary

TERMS = st.lists(st.text(alphabet="abcé법ż", min_size=1, max_size=7), max_size=30)


class Segments:
    """Terms as store.Store gives them: each once, in order."""

    def __init__(self, terms):
        self._held = sorted(set(terms))

    def strings(self, field):
        return Strings.of(term.encode() for term in self._held)

    def terms(self, field, prefix=""):
        return (term for term in self._held if term.startswith(prefix))


@settings(deadline=None)
@given(TERMS, st.text(alphabet="abcé법żx", max_size=7), st.integers(1, 2))
def test_the_terms_near_a_word_are_all_within_so_many_edits(terms, word, distance):
    found = Dictionary(Segments(terms), "text").near(word, distance)
    assert found == [term for term in sorted(set(terms)) if OSA.distance(term, word) <= distance]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("fer*", ["fern", "ferry"]), ("f?rry", ["ferry", "furry"]), ("*rn", ["fern"]), ("x*", [])],
)
def test_patterns_find_whole_terms_in_order(pattern, found):
    assert Dictionary(Segments(["furry", "fern", "ferry", "a"]), "text").matching(pattern) == found


@settings(deadline=None)
@given(TERMS, st.text(alphabet="ab法*?", min_size=1, max_size=6))
def test_a_pattern_fits_as_the_same_regular_expression_does(terms, pattern):
    same = re.compile("".join({"*": ".*", "?": "."}.get(char, char) for char in pattern))
    found = Dictionary(Segments(terms), "text").matching(pattern)
    assert found == [term for term in sorted(set(terms)) if same.fullmatch(term)]
