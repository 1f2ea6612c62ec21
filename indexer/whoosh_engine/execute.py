"""Plans to documents and scores, over arrays.

Every node answers with all of its documents: an exact total, facets and the timeline need them anyway, so
nothing is pruned, and Whoosh's own top-k, which loses hits, takes no part. Scores are BM25F in the form of
Robertson, Zaragoza and Taylor 2004, with the idf of weighting.py:

    idf(n, N) * w * (K1 + 1) / (w + K1 * (1 - B + B * length / average))

with w the weight of the posting, n the document frequency and N the articles of the whole generation,
deleted ones included.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from indexer.fields import WORD_FIELDS
from indexer.whoosh_engine.plan import (
    ANYWHERE,
    Constant,
    Days,
    Either,
    Every,
    InOrder,
    OneOf,
    Plan,
    Within,
    Without,
)
from indexer.whoosh_engine.schema import NO_DAY, NO_INSTANT
from indexer.whoosh_engine.segment import Docs, Segment
from indexer.whoosh_engine.store import Store
from indexer.whoosh_engine.weighting import K1, B, idf
from indexer.whoosh_engine.windows import any_window

Scores = NDArray[np.float64]


class OutOfTime(Exception):
    """The deadline passed inside a segment."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ascending documents of one segment and the score of each."""

    docs: Docs
    scores: Scores


def found_in(docs: Docs, score: float = 0.0) -> Found:
    return Found(docs, np.full(len(docs), score))


class Executor:
    """Runs plans over a store. Statistics are the whole generation's, documents one segment's at a time."""

    def __init__(self, store: Store):
        self._store = store
        self._frequencies: dict[tuple[str, str], int] = {}

    def run(self, plan: Plan, segment_at: int, deadline: float = math.inf) -> Found:
        """All documents of one segment that the plan matches, deleted ones left out.

        `deadline` is a time.monotonic(); raises OutOfTime when it passes.
        """
        segment = self._store.segments[segment_at]
        run = _Run(self, segment, self._store.lengths[segment_at], deadline)
        found = run.node(plan)
        if segment.deleted.any():
            alive = ~segment.deleted[found.docs]
            found = Found(found.docs[alive], found.scores[alive])
        return found

    def idf(self, field: str, terms: Sequence[str]) -> float:
        """The rarity of terms taken as one word."""
        return idf(sum(self.frequency(field, term) for term in terms), self._store.count_all)

    def frequency(self, field: str, term: str) -> int:
        key = (field, term)
        known = self._frequencies.get(key)
        if known is None:
            known = self._frequencies[key] = self._store.document_frequency(field, term)
        return known

    def scores(self, weights: NDArray[np.float64], lengths: NDArray[np.float64], idf: float) -> Scores:
        """BM25 of postings: weights and lengths of the same shape."""
        norms = K1 * (1.0 - B + B * lengths / self._store.average_length)
        return idf * weights * (K1 + 1.0) / (weights + norms)


class _Run:
    """One plan over one segment."""

    def __init__(self, executor: Executor, segment: Segment, lengths: NDArray[np.float64], deadline: float):
        self._executor = executor
        self._segment = segment
        self._lengths = lengths
        self._deadline = deadline

    def node(self, plan: Plan) -> Found:
        if time.monotonic() > self._deadline:
            raise OutOfTime
        match plan:
            case OneOf():
                return self._one_of(plan)
            case Constant(terms, mask, score):
                docs, _ = self._merged("text", terms, mask)
                return found_in(docs, score)
            case InOrder():
                return self._in_order(plan)
            case Within():
                return self._within(plan)
            case Days():
                return found_in(self._days(plan))
            case Every(plans):
                return self._every(plans)
            case Either(plans):
                return self._either(plans)
            case Without(inner):
                return found_in(np.setdiff1d(self._all(), self.node(inner).docs, assume_unique=True))

    def _all(self) -> Docs:
        return np.arange(self._segment.count, dtype=np.int32)

    def _merged(self, field: str, terms: Sequence[str], mask: int) -> tuple[Docs, NDArray[np.float64]]:
        """The documents that hold any of the terms in an allowed field, and the sum of their weights."""
        lists = []
        for term in terms:
            postings = self._segment.postings(field, term)
            docs, weights = postings.docs, postings.weights
            if mask != ANYWHERE and field in ("text", "stems") and len(docs):
                if postings.masks is not None:
                    allowed = (postings.masks & mask) != 0
                else:
                    where = self._segment.positions(field, term, docs)
                    allowed = np.array([any(_bit(place) & mask for place in places) for places in where])
                docs, weights = docs[allowed], weights[allowed]
            if len(docs):
                lists.append((docs, weights))
        if not lists:
            return np.empty(0, np.int32), np.empty(0)
        if len(lists) == 1:
            return lists[0][0], lists[0][1].astype(np.float64)
        every = np.concatenate([docs for docs, _ in lists])
        unique, place = np.unique(every, return_inverse=True)
        sums = np.zeros(len(unique))
        np.add.at(sums, place, np.concatenate([w for _, w in lists]))
        return unique, sums

    def _one_of(self, plan: OneOf) -> Found:
        docs, weights = self._merged(plan.field, plan.terms, plan.mask)
        if not plan.boost:
            return found_in(docs)
        scores = self._executor.scores(
            weights, self._lengths[docs], self._executor.idf(plan.field, plan.terms)
        )
        return Found(docs, plan.boost * scores)

    def _slots(self, field: str, slots: Sequence[tuple[str, ...]]) -> tuple[Docs, Scores]:
        """The documents that hold something for every slot, and the sum of the slots' scores."""
        scored = field == "text"
        parts = [self._one_of(OneOf(field, terms, boost=float(scored))) for terms in slots if terms]
        together = _together(parts)
        return together.docs, together.scores

    def _places(self, field: str, terms: Sequence[str], docs: Docs, mask: int) -> list[list[int]]:
        """The word positions of any of the terms, in allowed fields, in each of `docs`; ascending."""
        places: list[list[int]] = [[] for _ in range(len(docs))]
        for term in terms:
            held = self._segment.postings(field, term).docs
            here = np.flatnonzero(np.isin(docs, held, assume_unique=True))
            for at, where in zip(
                here.tolist(), self._segment.positions(field, term, docs[here]), strict=True
            ):
                places[at].extend(where)
        narrowed = field == "text" and mask != ANYWHERE
        return [sorted({place for place in each if not narrowed or _bit(place) & mask}) for each in places]

    def _in_order(self, plan: InOrder) -> Found:
        docs, scores = self._slots(plan.field, plan.slots)
        if not len(docs):
            return Found(docs, scores)
        # A place in a document as one number, document first: what follows side by side differs by one.
        reached = _keys(self._places(plan.field, plan.slots[0], docs, plan.mask))
        for offset, terms in enumerate(plan.slots[1:], start=1):
            if not terms:
                continue
            if time.monotonic() > self._deadline:
                raise OutOfTime
            held = _keys(self._places(plan.field, terms, docs, plan.mask))
            reached = reached[np.isin(reached + offset, held, assume_unique=True)]
        kept = np.unique(reached >> 32).astype(np.int64)
        return Found(docs[kept], scores[kept])

    def _within(self, plan: Within) -> Found:
        docs, scores = self._slots("text", plan.slots)
        places = [self._places("text", terms, docs, plan.mask) for terms in plan.slots]
        near = (any_window([each[at] for each in places], plan.slop) for at in range(len(docs)))
        kept = np.fromiter(near, dtype=bool, count=len(docs))
        return Found(docs[kept], scores[kept])

    def _days(self, plan: Days) -> Docs:
        return np.flatnonzero(days_mask(self._segment, plan)).astype(np.int32)

    def _every(self, plans: Sequence[Plan]) -> Found:
        needed = [self.node(plan) for plan in plans if not isinstance(plan, Without)]
        found = _together(needed) if needed else found_in(self._all())
        for plan in plans:
            if isinstance(plan, Without):
                kept = ~np.isin(found.docs, self.node(plan.plan).docs, assume_unique=True)
                found = Found(found.docs[kept], found.scores[kept])
        return found

    def _either(self, plans: Sequence[Plan]) -> Found:
        parts = [part for part in map(self.node, plans) if len(part.docs)]
        if len(parts) < 2:
            return parts[0] if parts else found_in(np.empty(0, np.int32))
        docs = np.unique(np.concatenate([part.docs for part in parts]))
        scores = np.zeros(len(docs))
        for part in parts:
            scores[np.searchsorted(docs, part.docs)] += part.scores
        return Found(docs, scores)


def _together(parts: Sequence[Found]) -> Found:
    """The documents in all of the parts, scores added in the parts' order."""
    docs = parts[0].docs
    for part in sorted(parts[1:], key=lambda each: len(each.docs)):
        docs = np.intersect1d(docs, part.docs, assume_unique=True)
    scores = np.zeros(len(docs))
    for part in parts:
        scores += part.scores[np.searchsorted(part.docs, docs)]
    return Found(docs, scores)


def _keys(places: list[list[int]]) -> NDArray[np.int64]:
    return np.array([at << 32 | place for at, each in enumerate(places) for place in each], dtype=np.int64)


_BOUNDS = [(field.positions.stop, 1 << bit) for bit, field in enumerate(WORD_FIELDS) if field.positions]
_BOUNDS.sort()


def _bit(place: int) -> int:
    """The field of a word position, as its bit."""
    return next((bit for stop, bit in _BOUNDS if place < stop), 0)


def days_mask(segment: Segment | Store, plan: Days) -> NDArray[np.bool_]:
    """Which documents a Days matches; undated ones never."""
    prefix = {"published": "col_", "updated": "col_updated_"}[plan.field]
    instants = segment.numbers("col_published" if plan.field == "published" else "col_updated")
    first_days = segment.numbers(f"{prefix}first_day")
    last_days = segment.numbers(f"{prefix}last_day")
    mask: NDArray[np.bool_] = (first_days != NO_DAY) & (instants != NO_INSTANT)
    for bound, is_first in ((plan.first, True), (plan.last, False)):
        if isinstance(bound, datetime):
            second = bound.timestamp()
            mask &= instants >= second if is_first else instants <= second
        elif isinstance(bound, date):
            day = bound.toordinal()
            mask &= last_days >= day if is_first else first_days <= day
    return mask
