"""The same plans as Whoosh's own queries, run by Whoosh's own searcher on the same files.

Whoosh's top-k loses hits for six reasons, each a few lines in one of its matchers; `corrected` puts them
right for the time of a test. Compared are the plans whose meaning Whoosh shares:

    OneOf of one term        Term                    Every      And, in an AndNot (a Not inside scores 1.0)
    OneOf of several, masked OneWord (below)         Either     Or
    Constant                 ConstantScoreQuery(Or)  InOrder    Phrase, when every slot is one term

Left out, by raising `NotShared`: Days and plans scored 0 (Whoosh's union drops what scores 0), Within
(Whoosh's unordered spans count slop otherwise), slots of several terms or none in a phrase, masks in a
phrase (Whoosh has one field for four of ours), and a Without that stands alone (Whoosh gives it 1.0).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from whoosh import query, scoring
from whoosh.matching import ListMatcher, NullMatcher, binary, combo, wrappers

from indexer.fields import WORD_FIELDS
from indexer.whoosh_engine.plan import (
    ANYWHERE,
    BIT_OF,
    Constant,
    Either,
    Every,
    InOrder,
    OneOf,
    Plan,
    Without,
)


class NotShared(Exception):
    """Whoosh has no query that means the same."""


def query_of(plan: Plan) -> query.Query:
    """The plan as Whoosh's query; raises NotShared."""
    match plan:
        case OneOf(field, terms, mask, boost) if boost and terms and field in ("text", "stems"):
            if len(terms) == 1 and mask == ANYWHERE:
                return query.Term(field, terms[0], boost=boost)
            return OneWord(field, terms, mask, boost)
        case Constant(terms, mask, score) if terms and mask == ANYWHERE:
            return query.ConstantScoreQuery(query.Or([query.Term("text", term) for term in terms]), score)
        case InOrder("text", slots, mask) if mask == ANYWHERE and all(len(slot) == 1 for slot in slots):
            return query.Phrase("text", [slot[0] for slot in slots])
        case Every(plans) if any(not isinstance(each, Without) for each in plans):
            wanted = query.And([query_of(each) for each in plans if not isinstance(each, Without)])
            unwanted = [query_of(each.plan) for each in plans if isinstance(each, Without)]
            return query.AndNot(wanted, query.Or(unwanted)) if unwanted else wanted
        case Either(plans) if plans:
            return query.Or([query_of(each) for each in plans])
    raise NotShared(plan)


class OneWord(query.Query):
    """Several terms scored as one: weights added, document frequencies added; for Whoosh's searcher.

    Its postings are those of Whoosh's own term matchers, one segment at a time.
    """

    def __init__(self, fieldname: str, terms: tuple[str, ...], mask: int, boost: float):
        self.fieldname, self.words, self.mask, self.boost = fieldname, terms, mask, boost

    def __hash__(self) -> int:
        return hash((self.fieldname, self.words, self.mask))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneWord) and vars(self) == vars(other)

    def is_leaf(self) -> bool:
        return True

    def normalize(self) -> query.Query:
        return self

    def estimate_size(self, ixreader: Any) -> int:
        return min(ixreader.doc_count(), sum(ixreader.doc_frequency(self.fieldname, w) for w in self.words))

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        weights: dict[int, float] = {}
        for word in self.words:
            found = query.Term(self.fieldname, word).matcher(searcher, context)
            while found.is_active():
                if self._stands(found):
                    weights[found.id()] = weights.get(found.id(), 0.0) + found.weight()
                found.next()
        if not weights:
            return NullMatcher()
        ids = sorted(weights)
        scorer = _Scorer(searcher, self.fieldname, self.words, max(weights.values()))
        made = ListMatcher(ids, [weights[each] for each in ids], scorer=scorer)
        return wrappers.WrappingMatcher(made, boost=self.boost)

    def _stands(self, found: Any) -> bool:
        if self.fieldname == "stems":
            return bool(found.value()[0] & self.mask)
        places = found.value_as("positions")
        return any(
            self.mask & BIT_OF[field.name] and field.positions and place in field.positions
            for place in places
            for field in WORD_FIELDS
        )


class _Scorer(scoring.BaseScorer):
    def __init__(self, searcher: Any, field: str, words: tuple[str, ...], most: float):
        whole = searcher.get_parent()
        count = whole.doc_count_all()
        frequency = min(count, sum(whole.doc_frequency(field, word) for word in words))
        self._idf = math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
        self._average = whole.avg_field_length(field) or 1
        self._searcher, self._field, self._most = searcher, field, most

    def supports_block_quality(self) -> bool:
        return True

    def score(self, matcher: Any) -> float:
        length = self._searcher.doc_field_length(matcher.id(), self._field)
        return scoring.bm25(self._idf, matcher.weight(), length, self._average, 0.75, 1.2)

    def max_quality(self) -> float:
        return scoring.bm25(self._idf, self._most, 0, self._average, 0.75, 1.2)

    def block_quality(self, matcher: Any) -> float:
        return self.max_quality()


@contextmanager
def corrected() -> Iterator[None]:
    """Whoosh with its six matchers put right."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary.AndMaybeMatcher, "skip_to", _skip_to_where_a_landed)
        patch.setattr(wrappers.WrappingMatcher, "replace", _replace_by_its_own_measure)
        patch.setattr(combo.ArrayUnionMatcher, "max_quality", _sum_of_qualities)
        patch.setattr(binary.DisjunctionMaxMatcher, "score", _score_of_the_same_document)
        patch.setattr(binary.AndNotMatcher, "_find_first", _align_first)
        patch.setattr(wrappers.RequireMatcher, "skip_to_quality", _skip_both_to_quality)
        yield


def _skip_to_where_a_landed(self: Any, id: int) -> bool:
    moved = self.a.skip_to(id)
    if self.a.is_active() and self.b.is_active():
        moved = self.b.skip_to(self.a.id()) or moved
    return bool(moved)


def _replace_by_its_own_measure(self: Any, minquality: float = 0) -> Any:
    child = self.child.replace(minquality / self.boost if self.boost else 0)
    return self if child is self.child else self._replacement(child)


def _sum_of_qualities(self: Any) -> float:
    return float(
        sum(each.max_quality() for each in self._submatchers if each.is_active()) * self._boost
    ) + max(self._a)


def _score_of_the_same_document(self: Any) -> float:
    a, b = self.a, self.b
    if not a.is_active() or (b.is_active() and b.id() < a.id()):
        return float(b.score())
    if not b.is_active() or a.id() < b.id():
        return float(a.score())
    low, high = sorted((a.score(), b.score()))
    return float(high + self.tiebreak * low)


def _align_first(self: Any) -> None:
    if self.a.is_active() and self.b.is_active():
        self._find_next()


def _skip_both_to_quality(self: Any, minquality: float) -> int:
    skipped = int(self.a.skip_to_quality(minquality))
    if self.a.is_active() and self.b.is_active() and self.a.id() != self.b.id():
        self.child._find_next()
    return skipped
