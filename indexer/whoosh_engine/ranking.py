"""Scores of documents that a plan matches, and which of them can be among the first.

A document's score is added up in the order of the plan's parts whichever documents it is asked with, so that
it is the same to the last bit on every page.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.bits import SPAN, WORD
from indexer.whoosh_engine.counting_kernels import INSERTED_MOST, least_of_best
from indexer.whoosh_engine.doc_set import Docs, DocSet, bits_of
from indexer.whoosh_engine.execute import Evaluation, slots_of
from indexer.whoosh_engine.plan import Constant, Either, Every, InOrder, OneOf, Plan, Within
from indexer.whoosh_engine.segment import Held

Scores = NDArray[np.float64]

# With fewer documents, or when this part of all is to be shown, or with more parts that are scored (a bare
# word has two), all are scored: bounds would cost more. The sum of many words' bounds is too high to tell
# articles apart: of OR of 5 nearly all remained, and it took twice the time.
_FEW, _SMALL_PART, _SCORED_MOST = 24_000, 20, 4
# One in so many spans is looked into each time, those of the highest bounds, and then the rest: every time it
# is better known what the last of those shown scores at least.
_SHARES = (16, 4, 1)


def scores(over: Evaluation, plan: Plan, docs: Docs) -> Scores:
    """The scores of ascending documents that the plan matches."""
    return _scores(over, plan, DocSet(bits_of(docs, over.segment.count)))


def best(over: Evaluation, plan: Plan, of: DocSet, most: int) -> tuple[Docs, Scores]:
    """Some of a set of documents that the plan matches, with their scores: those among the `most` best, all
    that are level with the last of them as float32, and perhaps others. In no order.

    Spans of documents are passed over whose best score is bound to be lower (Mallia, Suel and Tonellotto
    2024, "Faster Learned Sparse Retrieval with Block-Max Pruning"); blocks of postings have the bounds.
    """
    if len(of) <= most:
        return of.docs, _scores(over, plan, of)
    if len(of) < max(_FEW, _SMALL_PART * most) or _scored_parts(plan) > _SCORED_MOST:
        found, their_scores = of.docs, _scores(over, plan, of)
    else:
        found, their_scores = _bounded(over, plan, of, most)
    # In float64, what is as high as anything that float32 rounds up to the level.
    chosen = np.flatnonzero(their_scores >= np.nextafter(_level(their_scores, most), np.float32(-np.inf)))
    return found[chosen], their_scores[chosen]


def _bounded(over: Evaluation, plan: Plan, of: DocSet, most: int) -> tuple[Docs, Scores]:
    """As best, of spans alone whose bounds reach as high."""
    bits = of.bits.reshape(-1, SPAN // WORD)
    spans = np.zeros(len(bits))
    _bound(over, plan, spans)
    # A bound and a score are the same sum, each rounded its own way.
    spans *= 1 + 1e-6
    left = bits.any(axis=1)
    found, their_scores = np.empty(0, np.int32), np.empty(0)
    least = np.float32(-np.inf)
    for share in _SHARES:
        left &= spans >= least
        wanted = len(spans) // share
        chosen = left
        if np.count_nonzero(left) > wanted:
            chosen = left & (spans >= np.partition(spans[left], -wanted - 1)[-wanted - 1])
        among = DocSet(np.where(chosen[:, None], bits, np.uint64(0)).reshape(-1))
        found = np.concatenate((found, among.docs))
        their_scores = np.concatenate((their_scores, _scores(over, plan, among)))
        left = left & ~chosen
        if len(found) >= most:
            least = _level(their_scores, most)
    return found, their_scores


def _level(of: Scores, most: int) -> np.float32:
    """The `most`-th highest score, as float32."""
    if most <= INSERTED_MOST:
        return np.float32(least_of_best(of, np.empty(most, np.float32)))
    level: np.float32 = np.partition(of.astype(np.float32), -most)[-most]
    return level


def _scores(over: Evaluation, plan: Plan, of: DocSet) -> Scores:
    sums = np.zeros(len(of))
    _add(over, plan, of, sums, outermost=True)
    return sums


def _add(over: Evaluation, plan: Plan, of: DocSet, sums: Scores, *, outermost: bool = False) -> None:
    """Add the plan's scores to `sums`, which has a place for each document of the set."""
    match plan:
        case OneOf():
            _add_one_of(over, plan, of, sums)
        case Constant(_, _, score):
            sums += score * over.holds(plan, of.docs)
        case Either(plans):
            for part in plans:
                _add(over, part, of, sums)
        case Every() | InOrder() | Within():
            # Of documents that the parts match but the whole does not, nothing counts.
            if outermost:
                for part in _parts(plan):
                    _add(over, part, of, sums)
            else:
                inside = DocSet(of.bits & over.bits(plan))
                sums[of.places(inside.docs)] += _scores(over, plan, inside)


def _parts(plan: Every | InOrder | Within) -> tuple[Plan, ...]:
    match plan:
        case Every(plans):
            return plans
        case InOrder(field, slots):
            return tuple(slots_of(field, slots))
        case Within(slots):
            return tuple(slots_of("text", slots))


def _add_one_of(over: Evaluation, plan: OneOf, of: DocSet, sums: Scores) -> None:
    if not plan.boost:
        return
    factor = over.executor.factor(plan)
    norms = over.executor.norms
    for lists in _apart(over, plan):
        if len(lists) == 1:
            lists[0].add_scores(of, norms, factor, sums)
        else:
            weights = np.zeros(len(of))
            for held in lists:
                held.add_weights(of, weights)
            sums += factor * weights / (weights + norms.table[over.segment.length_codes()[of.docs]])


def _apart(over: Evaluation, plan: OneOf) -> list[list[Held]]:
    """Who holds the terms, those together that can stand in one article: its stems are of one language."""
    if plan.field != "stems":
        found = [over.lists(plan.field, plan.terms, plan.mask)]
    else:
        by_mark: dict[str, list[str]] = {}
        for term in plan.terms:
            by_mark.setdefault(term.partition(":")[0], []).append(term)
        found = [over.lists(plan.field, terms, plan.mask) for terms in by_mark.values()]
    return [lists for lists in found if lists]


def _bound_one_of(over: Evaluation, plan: OneOf, spans: Scores) -> None:
    if not plan.boost:
        return
    factor = over.executor.factor(plan)
    most = np.zeros(len(spans))
    for lists in _apart(over, plan):
        here = np.zeros(len(spans))
        for held in lists:
            held.add_bounds(over.executor.norms, factor, here)
        np.maximum(most, here, out=most)
    spans += most


def _scored_parts(plan: Plan) -> int:
    match plan:
        case OneOf(boost=boost):
            return int(boost > 0)
        case Either(plans):
            return sum(map(_scored_parts, plans))
        case Every() | InOrder() | Within():
            return sum(map(_scored_parts, _parts(plan)))
    return 0


def _bound(over: Evaluation, plan: Plan, spans: Scores) -> None:
    """Add to `spans` the most that the plan gives any document of each."""
    match plan:
        case OneOf():
            _bound_one_of(over, plan, spans)
        case Constant(_, _, score):
            spans += score
        case Either(plans):
            for part in plans:
                _bound(over, part, spans)
        case Every() | InOrder() | Within():
            for part in _parts(plan):
                _bound(over, part, spans)
