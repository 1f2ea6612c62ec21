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
from functools import cached_property
from typing import NamedTuple

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
from indexer.whoosh_engine.set_kernels import common, followed, scored, united
from indexer.whoosh_engine.store import Store
from indexer.whoosh_engine.weighting import K1, B, idf
from indexer.whoosh_engine.windows import any_window

Scores = NDArray[np.float64]
Weights = NDArray[np.float32 | np.float64]
# A document's place in a list, shifted left by 32, and a word position.
Keys = NDArray[np.int64]

# Up to so many lists are merged pair by pair; more are added up over all documents of the segment.
_FEW_LISTS = 4


class OutOfTime(Exception):
    """The deadline passed inside a segment."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ascending documents of one segment and the score of each."""

    docs: Docs
    scores: Scores


class Places(NamedTuple):
    """Word positions by document: document i of some has positions[offsets[i]:offsets[i + 1]]."""

    offsets: NDArray[np.int64]
    positions: NDArray[np.int32]


def found_in(docs: Docs, score: float = 0.0) -> Found:
    return Found(docs, np.full(len(docs), score))


class Executor:
    """Runs plans over a store. Statistics are the whole generation's, documents one segment's at a time."""

    def __init__(self, store: Store):
        self._store = store
        self._frequencies: dict[tuple[str, str], int] = {}

    def run(
        self, plan: Plan, segment_at: int, deadline: float = math.inf, known: dict[Plan, Found] | None = None
    ) -> Found:
        """All documents of one segment that the plan matches, deleted ones left out.

        `deadline` is a time.monotonic(); raises OutOfTime when it passes. `known` remembers the plan's parts
        for further plans over the same segment.
        """
        segment = self._store.segments[segment_at]
        run = _Run(self, segment, self._norms[segment_at], deadline, {} if known is None else known)
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

    @cached_property
    def _norms(self) -> list[NDArray[np.float64]]:
        """Of each segment's documents, what is added to a weight under the fraction."""
        return [K1 * (1.0 - B + B * each / self._store.average_length) for each in self._store.lengths]


class _Run:
    """One plan over one segment."""

    def __init__(
        self,
        executor: Executor,
        segment: Segment,
        norms: NDArray[np.float64],
        deadline: float,
        known: dict[Plan, Found],
    ):
        self._executor = executor
        self._segment = segment
        self._norms = norms
        self._deadline = deadline
        self._known = known

    def node(self, plan: Plan) -> Found:
        known = self._known.get(plan)
        if known is None:
            known = self._known[plan] = self._run(plan)
        return known

    def _run(self, plan: Plan) -> Found:
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

    def _merged(self, field: str, terms: Sequence[str], mask: int) -> tuple[Docs, Weights]:
        """The documents that hold any of the terms in an allowed field, and the sum of their weights."""
        lists = [found for term in terms if len((found := self._held(field, term, mask))[0])]
        if not lists:
            return np.empty(0, np.int32), np.empty(0)
        if len(lists) <= _FEW_LISTS:
            docs, weights = lists[0]
            for more, theirs in lists[1:]:
                docs, weights = united(docs, _double(weights), more, _double(theirs))
            return docs, weights
        every = np.concatenate([docs for docs, _ in lists])
        sums: Weights = np.bincount(
            every, np.concatenate([each for _, each in lists]), self._segment.count
        ).astype(np.float64)
        holding = np.zeros(self._segment.count, dtype=bool)
        holding[every] = True
        docs = np.flatnonzero(holding).astype(np.int32)
        return docs, sums[docs]

    def _held(self, field: str, term: str, mask: int) -> tuple[Docs, Weights]:
        """One term's documents, in an allowed field, and its weights there."""
        postings = self._segment.postings(field, term)
        docs, weights = postings.docs, postings.weights
        if mask == ANYWHERE or field not in ("text", "stems") or not len(docs):
            return docs, weights
        if postings.masks is not None:
            allowed = (postings.masks & mask) != 0
        else:
            offsets, positions = self._segment.positions(field, term, docs)
            allowed = np.logical_or.reduceat((_bits(positions) & mask) != 0, offsets[:-1])
        return docs[allowed], weights[allowed]

    def _one_of(self, plan: OneOf) -> Found:
        docs, weights = self._merged(plan.field, plan.terms, plan.mask)
        if not plan.boost:
            return found_in(docs)
        idf = self._executor.idf(plan.field, plan.terms)
        return Found(docs, scored(docs, weights, self._norms, idf, plan.boost, K1))

    def _slots(self, field: str, slots: Sequence[tuple[str, ...]]) -> tuple[Docs, Scores]:
        """The documents that hold something for every slot, and the sum of the slots' scores."""
        ranked = field == "text"
        parts = [self.node(OneOf(field, terms, boost=float(ranked))) for terms in slots if terms]
        together = _together(parts)
        return together.docs, together.scores

    def _places(self, field: str, terms: Sequence[str], docs: Docs, mask: int) -> Places:
        """Where any of the terms stands, in allowed fields, in each of `docs`."""
        if len(terms) == 1 and (mask == ANYWHERE or field != "text"):
            # All of the documents hold the only term of a slot.
            return Places(*self._segment.positions(field, terms[0], docs))
        found: list[Keys] = [np.empty(0, np.int64)]
        for term in terms:
            here, _ = common(docs, self._segment.postings(field, term).docs)
            offsets, positions = self._segment.positions(field, term, docs[here])
            keys: Keys = np.repeat(here << 32, np.diff(offsets)) + positions.astype(np.int64)
            if field == "text" and mask != ANYWHERE:
                keys = keys[(_bits(positions) & mask) != 0]
            found.append(keys)
        every = np.unique(np.concatenate(found))
        offsets = np.searchsorted(every, np.arange(len(docs) + 1, dtype=np.int64) << 32)
        return Places(offsets, (every & 0xFFFFFFFF).astype(np.int32))

    def _in_order(self, plan: InOrder) -> Found:
        docs, scores = self._slots(plan.field, plan.slots)
        if not len(docs):
            return Found(docs, scores)
        filled = [offset for offset, terms in enumerate(plan.slots) if terms]
        reached = self._places(plan.field, plan.slots[0], docs, plan.mask)
        for offset in filled[1:]:
            if time.monotonic() > self._deadline:
                raise OutOfTime
            places = self._places(plan.field, plan.slots[offset], docs, plan.mask)
            reached = Places(*followed(*reached, *places, offset, offset == filled[-1]))
        kept = np.flatnonzero(np.diff(reached.offsets))
        return Found(docs[kept], scores[kept])

    def _within(self, plan: Within) -> Found:
        docs, scores = self._slots("text", plan.slots)
        places = [self._places("text", terms, docs, plan.mask) for terms in plan.slots]
        bounds = [each.offsets.tolist() for each in places]
        low = [each.positions.tolist() for each in places]
        near = (
            any_window(
                [held[stops[at] : stops[at + 1]] for held, stops in zip(low, bounds, strict=True)], plan.slop
            )
            for at in range(len(docs))
        )
        kept = np.fromiter(near, dtype=bool, count=len(docs))
        return Found(docs[kept], scores[kept])

    def _days(self, plan: Days) -> Docs:
        return np.flatnonzero(days_mask(self._segment, plan)).astype(np.int32)

    def _every(self, plans: Sequence[Plan]) -> Found:
        needed = [self.node(plan) for plan in plans if not isinstance(plan, Without)]
        found = _together(needed) if needed else found_in(self._all())
        for plan in plans:
            if isinstance(plan, Without):
                kept = np.ones(len(found.docs), dtype=bool)
                kept[common(found.docs, self.node(plan.plan).docs)[0]] = False
                found = Found(found.docs[kept], found.scores[kept])
        return found

    def _either(self, plans: Sequence[Plan]) -> Found:
        docs, scores = np.empty(0, np.int32), np.empty(0)
        for part in map(self.node, plans):
            docs, scores = (
                united(docs, scores, part.docs, part.scores) if len(docs) else (part.docs, part.scores)
            )
        return Found(docs, scores)


def _together(parts: Sequence[Found]) -> Found:
    """The documents in all of the parts, scores added in the parts' order."""
    order = sorted(range(len(parts)), key=lambda at: len(parts[at].docs))
    docs = parts[order[0]].docs
    for at in order[1:]:
        places, _ = common(docs, parts[at].docs)
        docs = docs[places]
    scores = np.zeros(len(docs))
    for part in parts:
        scores += part.scores[common(docs, part.docs)[1]]
    return Found(docs, scores)


def _double(weights: Weights) -> NDArray[np.float64]:
    return weights.astype(np.float64, copy=False)


_BOUNDS = [(field.positions.stop, 1 << bit) for bit, field in enumerate(WORD_FIELDS) if field.positions]
_BOUNDS.sort()


_STOPS = np.array([stop for stop, _ in _BOUNDS], np.int64)
_BITS = np.array([bit for _, bit in _BOUNDS] + [0], np.uint8)


def _bits(positions: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The field of each word position, as its bit."""
    bits: NDArray[np.uint8] = _BITS[np.searchsorted(_STOPS, positions, side="right")]
    return bits


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
