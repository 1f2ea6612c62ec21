"""Plans to documents and scores.

Documents come first, as sets of bits: exact totals, facets and the timeline need all of them, and Whoosh's
own top-k, which loses hits, takes no part. Scores are made afterwards, of the documents that a page may show
(ranking.py). A word's is BM25F in the form of Robertson, Zaragoza and Taylor 2004, with the idf of
weighting.py:

    idf(n, N) * w * (K1 + 1) / (w + K1 * (1 - B + B * length / average))

with w the weight of the posting, n the document frequency and N the articles of the whole generation,
deleted ones included.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from indexer.fields import WORD_FIELDS
from indexer.whoosh_engine.closeness import Bearings, in_order, within
from indexer.whoosh_engine.columnar.compiled import read_only
from indexer.whoosh_engine.counting_kernels import mark_days
from indexer.whoosh_engine.doc_set import Bits, Docs, DocSet, bits_of, bits_of_mask, no_bits
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
from indexer.whoosh_engine.segment import Held, HeldArrays, Places, Segment
from indexer.whoosh_engine.set_kernels import followed
from indexer.whoosh_engine.store import Store
from indexer.whoosh_engine.weighting import K1, Norms, idf

# What is remembered of terms: a number each.
_KEPT_FREQUENCIES = 50_000
# And of words; one of a name typed in part may be a thousand terms.
_KEPT_FACTORS = 1_000
# Later than every day and every second.
_FAR = 2**62


class OutOfTime(Exception):
    """The deadline passed inside a segment."""


class Executor:
    """Runs plans over a store. Statistics are the whole generation's, documents one segment's at a time."""

    def __init__(self, store: Store):
        self._store = store
        self._frequencies: dict[tuple[str, str], int] = {}
        self._factors: dict[OneOf, float] = {}

    def over(self, segment_at: int, deadline: float = math.inf) -> Evaluation:
        """The plans of one search over one segment; `deadline` is a time.monotonic()."""
        return Evaluation(self, segment_at, deadline)

    def factor(self, plan: OneOf) -> float:
        """What the score of terms taken as one word comes to at most."""
        known = self._factors.get(plan)
        if known is None:
            together = sum(self.frequency(plan.field, term) for term in plan.terms)
            if len(self._factors) >= _KEPT_FACTORS:
                self._factors.clear()
            known = self._factors[plan] = plan.boost * idf(together, self._store.count_all) * (K1 + 1.0)
        return known

    def frequency(self, field: str, term: str) -> int:
        key = (field, term)
        known = self._frequencies.get(key)
        if known is None:
            if len(self._frequencies) >= _KEPT_FREQUENCIES:
                self._frequencies.clear()
            known = self._frequencies[key] = self._store.document_frequency(field, term)
        return known

    @cached_property
    def norms(self) -> Norms:
        return Norms(self._store.average_length)

    @cached_property
    def alive(self) -> list[Bits]:
        """Of each segment the documents that are not deleted."""
        return [bits_of_mask(~segment.deleted) for segment in self._store.segments]

    def segment(self, at: int) -> Segment:
        return self._store.segments[at]


class Evaluation:
    """The plans of one search over one segment: what they have in common is looked up once."""

    def __init__(self, executor: Executor, segment_at: int, deadline: float):
        self.executor = executor
        self.segment = executor.segment(segment_at)
        self.deadline = deadline
        self._alive = executor.alive[segment_at]
        self._known: dict[Plan, DocSet] = {}
        self._lists: dict[tuple[str, str, int], Held | None] = {}

    def docs(self, plan: Plan) -> Docs:
        """The documents that a plan matches, ascending, deleted ones left out; raises OutOfTime."""
        return self.matched(plan).docs

    def matched(self, plan: Plan) -> DocSet:
        """The same as a set."""
        return DocSet(self.bits(plan) & self._alive)

    def holds(self, plan: Plan, docs: Docs) -> NDArray[np.bool_]:
        """Which of some documents a plan matches."""
        bits = self.bits(plan)[docs >> 6] >> (docs & 63).astype(np.uint64)
        held: NDArray[np.bool_] = (bits & np.uint64(1)).astype(np.bool_)
        return held

    def bits(self, plan: Plan) -> Bits:
        """The documents that a plan matches, deleted ones perhaps among them; only to be read."""
        return self._holding(plan).bits

    def _holding(self, plan: Plan) -> DocSet:
        """As bits."""
        known = self._known.get(plan)
        if known is None:
            known = self._known[plan] = DocSet(self._found(plan))
        return known

    def _found(self, plan: Plan) -> Bits:
        self.check_time()
        match plan:
            case OneOf(field, terms, mask):
                return self._any_of(field, terms, mask)
            case Constant(terms, mask):
                return self._any_of("text", terms, mask)
            case InOrder(field, slots, mask):
                return in_order(self.bearings(field, slots, mask), self._in_all(field, slots))
            case Within(slots, slop, mask):
                return within(self.bearings("text", slots, mask), self._in_all("text", slots), slop)
            case Days():
                return bits_of_mask(days_mask(self.segment, plan))
            case Every(plans):
                return reduce(np.bitwise_and, map(self.bits, plans), self._alive)
            case Either(plans):
                found = [self.bits(each) for each in plans if not (isinstance(each, OneOf) and each.implied)]
                return reduce(np.bitwise_or, found) if found else no_bits(self.segment.count)
            case Without(inner):
                return self._alive & ~self.bits(inner)

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise OutOfTime

    def _any_of(self, field: str, terms: Sequence[str], mask: int = ANYWHERE) -> Bits:
        bits = no_bits(self.segment.count)
        for held in self.lists(field, terms, mask):
            held.mark(bits)
        return bits

    def _in_all(self, field: str, slots: Sequence[tuple[str, ...]]) -> Docs:
        """The documents that hold something for every slot."""
        return DocSet(reduce(np.bitwise_and, map(self.bits, slots_of(field, slots)), self._alive)).docs

    def lists(self, field: str, terms: Sequence[str], mask: int) -> list[Held]:
        """Who holds each of the terms in an allowed field."""
        return [held for term in terms if (held := self._list(field, term, mask)) is not None]

    def _list(self, field: str, term: str, mask: int) -> Held | None:
        if mask == ANYWHERE or field not in ("text", "stems"):
            return self.segment.held(field, term)
        key = field, term, mask
        if key not in self._lists:
            self._lists[key] = self._held_in(field, term, mask)
        return self._lists[key]

    def _held_in(self, field: str, term: str, mask: int) -> Held | None:
        """A term's list, cut down to the documents that hold it in an allowed field."""
        postings = self.segment.postings(field, term)
        if not len(postings.docs):
            return None
        if postings.masks is not None:
            allowed = (postings.masks & mask) != 0
        else:
            everywhere = DocSet(bits_of(postings.docs, self.segment.count))
            offsets, positions = self.segment.positions(field, term, postings.docs, everywhere)
            allowed = np.logical_or.reduceat((field_bits(positions) & mask) != 0, offsets[:-1])
        return HeldArrays(postings.docs[allowed], postings.weights[allowed], self.segment.length_codes())

    def bearings(self, field: str, slots: Sequence[tuple[str, ...]], mask: int) -> Bearings:
        alone = mask == ANYWHERE or field != "text"

        def places(terms: Sequence[str], docs: Docs) -> Places:
            """Where any of the terms stands, in allowed fields, in each of some documents."""
            self.check_time()
            if len(terms) == 1 and alone:
                return self.segment.positions(field, terms[0], docs, self._holders(field, terms[0]))
            return self._places(field, terms, docs, mask)

        def following(
            terms: Sequence[str], docs: Docs, before: Places, distance: int, last: bool
        ) -> tuple[NDArray[np.int64], Places]:
            """As segment.followed, for any of the terms."""
            self.check_time()
            if len(terms) == 1 and alone:
                holders = self._holders(field, terms[0])
                return self.segment.followed(field, terms[0], docs, holders, before, distance, last)
            kept, *there = followed(*before, *self._places(field, terms, docs, mask), distance, last)
            return kept, Places(*there)

        def frequency(terms: Sequence[str]) -> int:
            return sum(self.executor.frequency(field, term) for term in terms)

        return Bearings(slots, places, following, frequency, self.segment.count)

    def _holders(self, field: str, term: str) -> DocSet:
        return self._holding(slots_of(field, ((term,),))[0])

    def _places(self, field: str, terms: Sequence[str], docs: Docs, mask: int) -> Places:
        found: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        at: NDArray[np.int64] = np.arange(len(docs) + 1, dtype=np.int64) << 32
        for term in terms:
            offsets, positions = self.segment.positions(field, term, docs, self._holders(field, term))
            # A document's place among them, shifted left by 32, and a word position.
            keys = np.repeat(at[:-1], np.diff(offsets)) + positions.astype(np.int64)
            if field == "text" and mask != ANYWHERE:
                keys = keys[(field_bits(positions) & mask) != 0]
            found.append(keys)
        every = np.unique(np.concatenate(found))
        return Places(np.searchsorted(every, at), (every & 0xFFFFFFFF).astype(np.int32))


def slots_of(field: str, slots: Sequence[tuple[str, ...]]) -> list[OneOf]:
    """The parts of an InOrder or Within that are scored: its slots, where they are filled."""
    return [OneOf(field, terms, boost=float(field == "text")) for terms in slots if terms]


_BOUNDS = [(field.positions.stop, 1 << bit) for bit, field in enumerate(WORD_FIELDS) if field.positions]
_BOUNDS.sort()
_STOPS = np.array([stop for stop, _ in _BOUNDS], np.int64)
_BITS = np.array([bit for _, bit in _BOUNDS] + [0], np.uint8)


def field_bits(positions: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The field of each word position, as its bit."""
    bits: NDArray[np.uint8] = _BITS[np.searchsorted(_STOPS, positions, side="right")]
    return bits


def days_mask(segment: Segment | Store, plan: Days) -> NDArray[np.bool_]:
    """Which documents a Days matches; undated ones never."""
    prefix = {"published": "col_", "updated": "col_updated_"}[plan.field]
    instants = segment.numbers("col_published" if plan.field == "published" else "col_updated")
    first_days = segment.numbers(f"{prefix}first_day")
    last_days = segment.numbers(f"{prefix}last_day")
    # As bounds these leave out nothing that is dated.
    days, seconds = [NO_DAY + 1, _FAR], [NO_INSTANT + 1, _FAR]
    for end, bound in enumerate((plan.first, plan.last)):
        if isinstance(bound, datetime):
            seconds[end] = (math.floor if end else math.ceil)(bound.timestamp())
        elif isinstance(bound, date):
            days[end] = bound.toordinal()
    mask = np.empty(len(instants), np.bool_)
    mark_days(
        read_only(first_days), read_only(last_days), read_only(instants), days[0], days[1], seconds[0],
        seconds[1], mask,
    )  # fmt: skip
    return mask
