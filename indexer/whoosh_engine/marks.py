"""A plan held against one article: whether it matches, and which characters it matched.

The same terms, fields and rules as the executor's, over the article's own tokens instead of postings; the
number of marks here is the hit count everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from corpus.article import Article
from indexer.analysis import Token, tokens
from indexer.fields import NAME_FIELDS, WORD_FIELDS, names_of, words_of
from indexer.results import Marked, Snippet
from indexer.stems import mark_of
from indexer.whoosh_engine.documents import VALUE_GAP
from indexer.whoosh_engine.plan import (
    BIT_OF,
    Constant,
    Days,
    Either,
    Every,
    InOrder,
    OneOf,
    Plan,
    Within,
    Without,
    has_text,
)
from indexer.whoosh_engine.shown_chunks import Cut, ShownChunks
from indexer.whoosh_engine.windows import windows


class Span(NamedTuple):
    """Characters [start, stop) of one field that a leaf matched; `leaf` tells the plan's leaves apart."""

    start: int
    stop: int
    leaf: Plan


@dataclass(frozen=True, slots=True)
class Matched:
    """What a plan matched in one article: spans by field, overlapping and unordered."""

    true: bool
    spans: dict[str, tuple[Span, ...]]

    def __bool__(self) -> bool:
        return self.true


# How many word positions of a field are indexed.
_BOUND_OF = {field.name: len(field.positions) for field in WORD_FIELDS if field.positions}
# What is not looked for.
UNMARKED = Matched(False, {})
_NOTHING = Matched(False, {})
_SILENT = Matched(True, {})


class ArticleWords:
    """One article's tokens by field, cut when first asked for."""

    def __init__(self, article: Article, chunks: ShownChunks):
        self.article = article
        self._chunks = chunks
        self._mark = mark_of(article.language)
        self._found: dict[tuple[bool, tuple[str, ...]], Mapping[str, list[Token]]] = {}

    def of_terms(self, field: str, terms: tuple[str, ...]) -> list[Token]:
        """The field's tokens of any of the exact terms."""
        if field not in _BOUND_OF:
            return [token for token in self._names(field) if token.term in terms]
        return self.by_field(False, terms).get(field, [])

    def of_stems(self, field: str, stems: tuple[str, ...]) -> list[Token]:
        """The words of any of the marked stems."""
        return self.by_field(True, stems).get(field, [])

    def by_field(self, stemmed: bool, words: tuple[str, ...]) -> Mapping[str, list[Token]]:
        """The tokens of any of the exact terms, or stems, in order, in the "words" fields that hold any."""
        found = self._found.get((stemmed, words))
        if found is None:
            cut, chunks = self._cut, self._chunks
            lists = cut.tokens(chunks.of_stems(words, self._mark) if stemmed else chunks.of_terms(words))
            found = self._found[stemmed, words] = {
                name: within
                for (name, bound), here in zip(_BOUND_OF.items(), lists, strict=True)
                if here and (within := [token for token in here if token.position < bound])
            }
        return found

    @cached_property
    def _cut(self) -> Cut:
        return self._chunks.cut([words_of(self.article, field) for field in _BOUND_OF])

    def _names(self, field: str) -> list[Token]:
        found: list[Token] = []
        base = 0
        for name in names_of(self.article, field):
            here = [token._replace(position=base + token.position) for token in tokens(name)]
            found.extend(here)
            base = max((token.position for token in here), default=base) + VALUE_GAP
        return found


def match(plan: Plan, words: ArticleWords) -> Matched:
    """What the plan matches in one article; nothing under a Without, nor a part whose whole fails."""
    match plan:
        case Every(plans):
            parts = [match(each, words) for each in plans]
            return _joined(parts) if all(parts) else _NOTHING
        case Either(plans):
            parts = [part for part in (match(each, words) for each in plans) if part]
            return _joined(parts) if parts else _NOTHING
        case Without(inner):
            return _NOTHING if match(inner, words) else _SILENT
        case Days():
            return _SILENT if _dated(plan, words.article) else _NOTHING
    field = "text" if isinstance(plan, Constant | Within) else plan.field
    if field not in ("text", "stems"):
        return _SILENT if _spans(plan, field, words) else _NOTHING
    first = plan.slots[0] if isinstance(plan, InOrder | Within) else plan.terms
    spans = {
        name: tuple(found)
        for name in words.by_field(field == "stems", first)
        if plan.mask & BIT_OF[name] and (found := _spans(plan, name, words))
    }
    return Matched(True, spans) if spans else _NOTHING


def _joined(parts: Sequence[Matched]) -> Matched:
    spans: dict[str, tuple[Span, ...]] = {}
    for part in parts:
        for field, found in part.spans.items():
            spans[field] = (*spans.get(field, ()), *found)
    return Matched(True, spans)


def _spans(plan: OneOf | Constant | InOrder | Within, field: str, words: ArticleWords) -> list[Span]:
    match plan:
        case OneOf("stems", terms):
            found = words.of_stems(field, terms)
        case OneOf() | Constant():
            found = words.of_terms(field, plan.terms)
        case InOrder():
            return _in_order(plan, field, words)
        case Within():
            return _within(plan, field, words)
    return [Span(token.start, token.stop, plan) for token in found]


def _by_place(found: Iterable[Token]) -> dict[int, tuple[int, int]]:
    """Where the tokens stand: word position to the widest characters there."""
    places: dict[int, tuple[int, int]] = {}
    for token in found:
        start, stop = places.get(token.position, (token.start, token.stop))
        places[token.position] = (min(start, token.start), max(stop, token.stop))
    return places


def _in_order(plan: InOrder, field: str, words: ArticleWords) -> list[Span]:
    slots = [_by_place(words.of_terms(field, terms)) if terms else {} for terms in plan.slots]
    spans = []
    for first, (start, stop) in slots[0].items():
        rest = [slot.get(first + offset) for offset, slot in enumerate(slots[1:], start=1)]
        rest = [each for each, terms in zip(rest, plan.slots[1:], strict=True) if terms]
        if None not in rest:
            stops = [stop, *(each[1] for each in rest if each)]
            spans.append(Span(start, max(stops), plan))
    return spans


def _within(plan: Within, field: str, words: ArticleWords) -> list[Span]:
    slots = [_by_place(words.of_terms(field, terms)) for terms in plan.slots]
    spans = {
        Span(start, stop, plan)
        for first, last in windows([sorted(slot) for slot in slots], plan.slop)
        for slot in slots
        for place, (start, stop) in slot.items()
        if first <= place <= last
    }
    return sorted(spans, key=lambda span: span[:2])


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


def merged(spans: Iterable[Span], text: str) -> tuple[tuple[int, int], ...]:
    """Spans as marks: in order, those that overlap or touch made one, cut where a paragraph ends."""
    marks: list[tuple[int, int]] = []
    for start, stop, _leaf in sorted(spans, key=lambda span: span[:2]):
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(stop, marks[-1][1]))
        else:
            marks.append((start, stop))
    return tuple(
        piece
        for start, stop in marks
        for piece in (_by_paragraph(start, stop, text) if "\n" in text else ((start, stop),))
    )


def _by_paragraph(start: int, stop: int, text: str) -> Iterable[tuple[int, int]]:
    while (end := text.find("\n", start, stop)) >= 0:
        if end > start:
            yield start, end
        start = end + 1
    if stop > start:
        yield start, stop


def marked(article: Article, plan: Plan, matched: Matched) -> Marked:
    """The article with its marks; `hits` is None when the plan looks for no words."""
    parts = {}
    for field in WORD_FIELDS:
        text = words_of(article, field.name)
        marks = merged(matched.spans.get(field.name, ()), text)
        parts[field.name] = Snippet(text=text, marks=marks, field=field.name)
    hits = sum(len(part.marks) for part in parts.values()) if has_text(plan) else None
    return Marked(article=article, hits=hits, **parts)


assert {field.name for field in WORD_FIELDS} == {"headline", "by", "summary", "body"}
assert not {field.name for field in NAME_FIELDS} & {"text", "stems"}
