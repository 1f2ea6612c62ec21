"""A plan held against one article: whether it matches, and which characters it matched.

The same terms, fields and rules as the executor's, over the article's own tokens instead of postings; the
number of marks here is the hit count everywhere.

    Plan --Looking--> the words sought --article_words--> their places --match--> spans --merged--> marks
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corpus.article import Article
from indexer.fields import NAME_FIELDS, WORD_FIELDS, words_of
from indexer.results import Marked
from indexer.whoosh_engine.article_words import ArticleWords
from indexer.whoosh_engine.plan import (
    BIT_OF,
    Days,
    Either,
    Every,
    InOrder,
    Leaf,
    OneOf,
    Plan,
    Within,
    Without,
    has_text,
)
from indexer.whoosh_engine.shown_chunks import Place, Places, Sought
from indexer.whoosh_engine.windows import windows

# Characters [start, stop) that a leaf matched.
Span = tuple[int, int]
# What matched in one article: of each field, by the number of the leaf, its spans in order of their starts.
Spans = Mapping[str, Mapping[int, Sequence[Span]]]
NO_SPANS: Spans = {}


class Looking:
    """A plan made ready to be held against articles: its leaves and the words they look for, numbered."""

    def __init__(self, plan: Plan):
        self.has_text = has_text(plan)
        self._leaves: dict[Leaf, int] = {}
        self._sought: dict[Sought, int] = {}
        self._root = self._node(plan)
        self.leaves, self.sought = list(self._leaves), list(self._sought)

    def match(self, words: ArticleWords) -> Spans | None:
        """What the plan matches in an article (`words` are those of `sought`), None when it does not match.

        There is nothing of what stands under a Without, nor of a part whose whole fails.
        """
        return self._root.match(words)

    def _node(self, plan: Plan) -> _Node:
        match plan:
            case Every(plans):
                return _Every([self._node(each) for each in plans])
            case Either(plans):
                return _Either([self._node(each) for each in plans])
            case Without(inner):
                return _Without(self._node(inner))
            case Days():
                return _Days(plan)
        if isinstance(plan, OneOf | InOrder) and plan.field not in ("text", "stems"):
            return _Names(plan)
        stemmed = isinstance(plan, OneOf) and plan.field == "stems"
        slots = plan.slots if isinstance(plan, InOrder | Within) else (plan.terms,)
        return _Words(
            plan,
            self._leaves.setdefault(plan, len(self._leaves)),
            tuple(self._slot(stemmed, words) for words in slots),
            tuple(name for name, bit in BIT_OF.items() if plan.mask & bit),
        )

    def _slot(self, stemmed: bool, words: tuple[str, ...]) -> int:
        return self._sought.setdefault(Sought(stemmed, frozenset(words)), len(self._sought))


class _Node(Protocol):
    def match(self, words: ArticleWords) -> Spans | None: ...


@dataclass(frozen=True, slots=True)
class _Every:
    parts: Sequence[_Node]

    def match(self, words: ArticleWords) -> Spans | None:
        found = []
        for part in self.parts:
            here = part.match(words)
            if here is None:
                return None
            found.append(here)
        return _joined(found)


@dataclass(frozen=True, slots=True)
class _Either:
    parts: Sequence[_Node]

    def match(self, words: ArticleWords) -> Spans | None:
        found = [here for part in self.parts if (here := part.match(words)) is not None]
        return _joined(found) if found else None


@dataclass(frozen=True, slots=True)
class _Without:
    part: _Node

    def match(self, words: ArticleWords) -> Spans | None:
        return NO_SPANS if self.part.match(words) is None else None


@dataclass(frozen=True, slots=True)
class _Days:
    plan: Days

    def match(self, words: ArticleWords) -> Spans | None:
        return NO_SPANS if _dated(self.plan, words.article) else None


@dataclass(frozen=True, slots=True)
class _Names:
    """A leaf that looks in a "name" field, where nothing is marked."""

    plan: OneOf | InOrder

    def match(self, words: ArticleWords) -> Spans | None:
        plan = self.plan
        if isinstance(plan, OneOf):
            return NO_SPANS if words.names(plan.field, plan.terms) else None
        slots = [_by_place(words.names(plan.field, terms)) if terms else None for terms in plan.slots]
        return NO_SPANS if _in_order(slots) else None


@dataclass(frozen=True, slots=True)
class _Words:
    """A leaf that looks in "words" fields: its number, those of the words it seeks, and the fields."""

    plan: Leaf
    number: int
    slots: tuple[int, ...]
    fields: tuple[str, ...]

    def match(self, words: ArticleWords) -> Spans | None:
        first, spans = self.slots[0], {}
        for field, places in words.places.items():
            if first in places and field in self.fields and (found := self._spans(places)):
                spans[field] = {self.number: found}
        return spans or None

    def _spans(self, places: Places) -> Sequence[Span]:
        match self.plan:
            case InOrder(_, slots):
                numbered = zip(self.slots, slots, strict=True)
                return _in_order(
                    [_by_place(places.get(slot, ())) if terms else None for slot, terms in numbered]
                )
            case Within(_, slop):
                return _within([_by_place(places.get(slot, ())) for slot in self.slots], slop)
        return [(start, stop) for _, start, stop in places[self.slots[0]]]


def _joined(parts: Sequence[Spans]) -> Spans:
    if len(parts) == 1:
        return parts[0]
    spans: dict[str, dict[int, Sequence[Span]]] = {}
    for part in parts:
        for field, found in part.items():
            spans.setdefault(field, {}).update(found)
    return spans


def _by_place(found: Iterable[Place]) -> dict[int, Span]:
    """Where the tokens stand: word position to the widest characters there."""
    places: dict[int, Span] = {}
    for position, start, stop in found:
        known = places.get(position)
        places[position] = (min(start, known[0]), max(stop, known[1])) if known else (start, stop)
    return places


def _in_order(slots: Sequence[dict[int, Span] | None]) -> list[Span]:
    """From the first slot's places on, those of all others side by side; None is any word at all."""
    spans = []
    rest = [(offset, slot) for offset, slot in enumerate(slots) if offset and slot is not None]
    for first, (start, stop) in (slots[0] or {}).items():
        for offset, slot in rest:
            here = slot.get(first + offset)
            if here is None:
                break
            stop = max(stop, here[1])
        else:
            spans.append((start, stop))
    return spans


def _within(slots: Sequence[dict[int, Span]], slop: int) -> list[Span]:
    return sorted(
        {
            span
            for first, last in windows([sorted(slot) for slot in slots], slop)
            for slot in slots
            for place, span in slot.items()
            if first <= place <= last
        }
    )


def _dated(plan: Days, article: Article) -> bool:
    dated = article.published if plan.field == "published" else article.updated
    if dated is None or dated.value is None or dated.days is None:
        return False
    first_day, last_day = dated.days
    for bound, is_first in ((plan.first, True), (plan.last, False)):
        if isinstance(bound, datetime):
            if (dated.value < bound) if is_first else (dated.value > bound):
                return False
        elif bound is not None and ((last_day < bound) if is_first else (first_day > bound)):
            return False
    return True


def merged(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    """Spans as marks: in order, those that overlap or touch made one, cut where a paragraph ends."""
    marks: list[Span] = []
    begin, end = -1, -1
    for start, stop in sorted(spans):
        if start > end:
            if end >= 0:
                marks.append((begin, end))
            begin, end = start, stop
        elif stop > end:
            end = stop
    if end >= 0:
        marks.append((begin, end))
    if all(text.find("\n", start, stop) < 0 for start, stop in marks):
        return tuple(marks)
    return tuple(piece for start, stop in marks for piece in _by_paragraph(start, stop, text))


def _by_paragraph(start: int, stop: int, text: str) -> Iterable[Span]:
    while (end := text.find("\n", start, stop)) >= 0:
        if end > start:
            yield start, end
        start = end + 1
    if stop > start:
        yield start, stop


def marked(article: Article, spans: Spans, *, counted: bool = True) -> Marked:
    """The article with its marks; `hits` is None unless they are `counted`."""
    marks = {
        field: merged([span for each in found.values() for span in each], words_of(article, field))
        for field, found in spans.items()
    }
    hits = sum(map(len, marks.values())) if counted else None
    return Marked(article=article, marks=marks, hits=hits)


assert not {field.name for field in NAME_FIELDS} & {"text", "stems"}
assert list(BIT_OF) == [field.name for field in WORD_FIELDS]
