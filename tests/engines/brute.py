"""Every clause held against every article, word by word: what an engine's answers are compared with.

Written from what indexer/query.py says of clauses and from the scoring formula, not from the engine: no
postings, no plans, nothing skipped and nothing remembered. Shared with the engine are the definition of
terms (indexer.analysis), of stems (indexer.stems), the list of words that capitals decide, the bonus
of exact forms (both tuned), and Whoosh's table of lengths, which is its file format.

    Archive(articles held, articles whose postings are still on disk)
        .found(clause) -> {id: Match(score, spans by field)}
        .answer(query) -> ids in order, total, facets, timeline, undated
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from corpus.article import Article, Dated
from indexer.analysis import tokens
from indexer.fields import BY_NAME, FIELDS, WORD_FIELDS
from indexer.query import (
    AllOf,
    AnyOf,
    Clause,
    DateRange,
    Exact,
    Fuzzy,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Sort,
    Term,
    Wildcard,
)
from indexer.stems import Stemmer, fold, mark_of
from indexer.whoosh_engine.compile import EXACT_BONUS
from tests.engines.brute_filters import asked_date, facet_values, first_day, passes, sort_key, stated, touches
from tests.engines.brute_terms import (
    Doc,
    Match,
    Slot,
    Spans,
    edits,
    first_term,
    near_spans,
    pattern_slots,
    phrase_spans,
    slots_of,
    spans_of,
)

K1, B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query's answer must be; `scores` only when sorted by relevance."""

    ids: list[str]
    scores: dict[str, float]
    facets: dict[str, dict[str, int]]
    missing: dict[str, int]
    by_day: Counter[date]
    held_by_day: Counter[date]
    undated_matches: int
    undated: int

    @property
    def total(self) -> int:
        return len(self.ids)


class Archive:
    """`held` are the articles that can be found; `physical` all whose postings count in scores."""

    def __init__(
        self,
        held: Sequence[Article],
        physical: Sequence[Article] | None = None,
        indexed: datetime | None = None,
        stemmer: Stemmer | None = None,
    ):
        self.stemmer = stemmer or Stemmer()
        self.indexed = indexed
        self.docs = [Doc(article, self.stemmer) for article in held]
        counted = self.docs if physical is None else [Doc(each, self.stemmer) for each in physical]
        self.marks = sorted({mark_of(article.language) for article in held if article.language} | {""})
        self.count = len(counted)
        self.average = sum(doc.length for doc in counted) / self.count if self.count else 1.0
        self.text_df = Counter(term for doc in counted for term in doc.text_weight)
        self.stem_df = Counter(stem for doc in counted for stem in doc.stem_weight)
        self.name_terms = {
            each.name: {t.term for doc in counted for value in doc.names[each.name] for t in value}
            for each in FIELDS
            if each.kind == "name"
        }

    def found(self, clause: Clause, search_in: tuple[str, ...] = ()) -> dict[str, Match]:
        """The articles that match, by id."""
        matches = ((doc, self.match(clause, doc, search_in)) for doc in self.docs)
        return {doc.article.id: match for doc, match in matches if match is not None}

    # ---- clauses -----------------------------------------------------------------------------------------

    def match(self, clause: Clause, doc: Doc, search_in: tuple[str, ...] = ()) -> Match | None:
        """How the clause matches one article, None when it does not."""
        if isinstance(clause, Not):
            return Match(0.0) if self.match(clause.clause, doc, search_in) is None else None
        if isinstance(clause, AllOf):
            ways = self._ways(clause)
            return _any([_all([self.match(each, doc, search_in) for each in way]) for way in ways])
        if isinstance(clause, AnyOf):
            joined = [Term(word, name) for _, word, name in self._joins(clause.clauses)]
            return _any([self.match(each, doc, search_in) for each in (*clause.clauses, *joined)])
        if isinstance(clause, DateRange):
            dated = doc.article.updated if clause.field == "updated" else doc.article.published
            return Match(0.0) if touches(dated, clause.first, clause.last) else None
        if clause.field and BY_NAME[clause.field].kind == "name":
            return self._in_names(clause, doc)
        fields = (clause.field,) if clause.field else search_in or tuple(each.name for each in WORD_FIELDS)
        return self._in_words(clause, doc, fields)

    def _ways(self, clause: AllOf) -> list[tuple[Clause, ...]]:
        """The clauses as they stand, and with two neighbouring words written as one."""
        ways = [clause.clauses]
        for place, word, name in self._joins(clause.clauses):
            ways.append((*clause.clauses[:place], Term(word, name), *clause.clauses[place + 2 :]))
        return ways

    def _joins(self, clauses: tuple[Clause, ...]) -> list[tuple[int, str, str]]:
        found = []
        for place, (one, two) in enumerate(itertools.pairwise(clauses)):
            if isinstance(one, Term) and isinstance(two, Term) and one.field == two.field:
                if one.field and BY_NAME[one.field].kind == "name":
                    continue
                sides = [list(tokens(each.word, asked=True)) for each in (one, two)]
                if all(len(side) == 1 and side[0].kind in ("word", "number") for side in sides):
                    word = sides[0][0].term + sides[1][0].term
                    if not word.isdecimal() and self.text_df[word]:
                        found.append((place, word, one.field))
        return found[:3]

    def _in_words(self, clause: Clause, doc: Doc, fields: tuple[str, ...]) -> Match | None:
        if isinstance(clause, Term):
            return self._bare(clause.word, doc, fields)
        if isinstance(clause, Exact):
            return self._side_by_side(slots_of(clause.word, self.text_df), doc, fields)
        if isinstance(clause, Phrase):
            return self._side_by_side(slots_of(clause.text, self.text_df), doc, fields)
        if isinstance(clause, Near):
            return self._near(clause, doc, fields)
        if isinstance(clause, Fuzzy):
            slots = slots_of(clause.word, self.text_df)
            if len(slots) != 1 or slots[0] is None:
                return self._side_by_side(slots, doc, fields)
            word = first_term(clause.word, slots[0])
            return self._constant({t for t in self.text_df if edits(word, t) <= clause.distance}, doc, fields)
        assert isinstance(clause, Prefix | Wildcard)
        slots = pattern_slots(clause, self.text_df)
        if len(slots) == 1 and slots[0] is not None:
            return self._constant(slots[0], doc, fields)
        return self._side_by_side(slots, doc, fields)

    def _in_names(self, clause: Clause, doc: Doc) -> Match | None:
        assert not isinstance(clause, AllOf | AnyOf | Not | DateRange)
        known = self.name_terms[clause.field]
        if isinstance(clause, Prefix | Wildcard):
            slots = pattern_slots(clause, known)
        else:
            text = clause.text if isinstance(clause, Phrase | Near) else clause.word
            slots = slots_of(text, known)
            if isinstance(clause, Fuzzy) and len(slots) == 1 and slots[0] is not None:
                word = first_term(text, slots[0])
                slots = [frozenset(term for term in known if edits(word, term) <= clause.distance)]
        if isinstance(clause, Term):
            # A bare name is meant in any accents.
            slots = [
                slot and slot | {t for t in known for typed in slot if fold(t) == fold(typed)}
                for slot in slots
            ]
        found = any(phrase_spans(slots, value) for value in doc.names[clause.field])
        return Match(0.0) if found else None

    def _bare(self, word: str, doc: Doc, fields: tuple[str, ...]) -> Match | None:
        typed = list(tokens(word, asked=True))
        slots = slots_of(word, self.text_df)
        if not slots:
            return None
        if len(slots) > 1:
            first = [token for token in typed if token.position == 0 and token.kind == "word"]
            joined = self._any_form(first[1].term, doc, fields) if len(first) > 1 else None
            return _any([self._side_by_side(slots, doc, fields), joined])
        assert slots[0] is not None
        term = typed[0].term
        if typed[0].kind != "word" or term not in slots[0]:
            return self._exact(slots[0], doc, fields)
        acronyms = slots[0] - {term}
        return _any([self._any_form(term, doc, fields), self._exact(acronyms, doc, fields, EXACT_BONUS)])

    def _any_form(self, term: str, doc: Doc, fields: tuple[str, ...]) -> Match | None:
        """Any word of the same stem in the article's language; the form as typed counts more."""
        stems = {stem for mark in self.marks for stem in self.stemmer.stems(term, mark)}
        spans: Spans = {}
        standing = set()
        for name in fields:
            here = [(stem, token) for stem, token in doc.stems[name] if stem in stems]
            standing |= {stem for stem, _ in here}
            if here:
                spans[name] = [(token.start, token.stop) for _, token in here]
        if not standing:
            return None
        weight = sum(doc.stem_weight[stem] for stem in standing)
        stemmed = Match(self._bm25(doc, weight, sum(self.stem_df[stem] for stem in stems)), spans)
        return _any([stemmed, self._exact({term}, doc, fields, EXACT_BONUS)])

    def _exact(
        self, terms: Iterable[str], doc: Doc, fields: tuple[str, ...], boost: float = 1.0
    ) -> Match | None:
        """Any of the exact terms in the fields, scored as one word."""
        terms = set(terms)
        spans = spans_of(terms, doc, fields)
        if not spans:
            return None
        standing = {t.term for name in fields for t in doc.words[name] if t.term in terms}
        weight = sum(doc.text_weight[term] for term in standing)
        return Match(boost * self._bm25(doc, weight, sum(self.text_df[term] for term in terms)), spans)

    def _constant(self, terms: Iterable[str], doc: Doc, fields: tuple[str, ...]) -> Match | None:
        spans = spans_of(set(terms), doc, fields)
        return Match(1.0, spans) if spans else None

    def _side_by_side(self, slots: Sequence[Slot], doc: Doc, fields: tuple[str, ...]) -> Match | None:
        if not slots:
            return None
        if len(slots) == 1 and slots[0] is not None:
            return self._exact(slots[0], doc, fields)
        spans = {name: found for name in fields if (found := phrase_spans(slots, doc.words[name]))}
        return Match(self._slots_score(slots, doc), spans) if spans else None

    def _near(self, clause: Near, doc: Doc, fields: tuple[str, ...]) -> Match | None:
        slots = slots_of(clause.text, self.text_df)
        filled = [slot for slot in slots if slot is not None]
        if len(filled) < 2:
            return self._side_by_side(slots, doc, fields)
        slop = clause.slop + len(slots) - len(filled)
        spans = {name: found for name in fields if (found := near_spans(filled, slop, doc.words[name]))}
        return Match(self._slots_score(filled, doc), spans) if spans else None

    # ---- scores ------------------------------------------------------------------------------------------

    def _slots_score(self, slots: Sequence[Slot], doc: Doc) -> float:
        return sum(
            self._bm25(doc, sum(doc.text_weight[t] for t in slot), sum(self.text_df[t] for t in slot))
            for slot in slots
            if slot is not None
        )

    def _bm25(self, doc: Doc, weight: float, frequency: int) -> float:
        """Robertson, Zaragoza and Taylor 2004, with the rarity of Robertson and Sparck Jones above 0."""
        held = min(self.count, frequency)
        rarity = math.log(1 + (self.count - held + 0.5) / (held + 0.5))
        norm = K1 * (1 - B + B * doc.length / self.average)
        return rarity * weight * (K1 + 1) / (weight + norm)

    # ---- whole queries -----------------------------------------------------------------------------------

    def answer(self, query: Query) -> Answer:
        """The answer to a query: filters, order, counts."""
        matches = self.found(query.clause, query.search_in)
        of_clause = [doc for doc in self.docs if doc.article.id in matches]
        found = [doc for doc in of_clause if passes(doc, query) and self._in_time(doc, query)]
        sort: Sort = query.sort or ("relevance" if looks_for_words(query.clause) else "newest")
        scores = {doc.article.id: matches[doc.article.id].score for doc in found}
        found.sort(key=lambda doc: (sort_key(sort, doc, scores), doc.article.id))
        facets, missing = {}, {}
        for name in query.facets:
            counted = [
                facet_values(doc.article, name)
                for doc in of_clause
                if passes(doc, query, without=name) and self._in_time(doc, query)
            ]
            facets[name] = dict(Counter(value for values in counted for value in values))
            missing[name] = sum(not values for values in counted)
        days = Counter(day for doc in found if (day := first_day(doc.article)))
        sources = query.include.get("source", ()) or query.exclude.get("source", ())
        only_sources = Query(
            include={"source": query.include.get("source", ())},
            exclude={"source": query.exclude.get("source", ())},
        )
        held = [doc for doc in self.docs if not sources or passes(doc, only_sources)]
        return Answer(
            ids=[doc.article.id for doc in found],
            scores=scores if sort == "relevance" else {},
            facets=facets,
            missing=missing,
            by_day=days,
            held_by_day=Counter(day for doc in held if (day := first_day(doc.article))),
            undated_matches=sum(first_day(doc.article) is None for doc in found),
            undated=sum(passes(doc, query) and not self._has_date(doc, query) for doc in of_clause),
        )

    def _has_date(self, doc: Doc, query: Query) -> bool:
        return query.date_field == "indexed" or stated(asked_date(doc, query)) is not None

    def _in_time(self, doc: Doc, query: Query) -> bool:
        filtered = query.first is not None or query.last is not None
        undated = query.undated or ("exclude" if filtered else "include")
        if not self._has_date(doc, query):
            return undated != "exclude"
        if undated == "only":
            return False
        if query.date_field == "indexed":
            assert self.indexed is not None
            dated: Dated | None = Dated(value=self.indexed, basis="none", precision="second")
            return touches(dated, query.first, query.last, query.tz or "UTC")
        return touches(asked_date(doc, query), query.first, query.last, query.tz)


def looks_for_words(clause: Clause) -> bool:
    """Whether anything not negated looks into headline, byline, summary or body."""
    if isinstance(clause, AllOf | AnyOf):
        return any(looks_for_words(each) for each in clause.clauses)
    if isinstance(clause, Not | DateRange):
        return False
    return not clause.field or BY_NAME[clause.field].kind == "words"


def _all(parts: Sequence[Match | None]) -> Match | None:
    matched = [part for part in parts if part is not None]
    return _added(matched) if len(matched) == len(parts) else None


def _any(parts: Sequence[Match | None]) -> Match | None:
    matched = [part for part in parts if part is not None]
    return _added(matched) if matched else None


def _added(parts: Sequence[Match]) -> Match:
    spans: Spans = {}
    for part in parts:
        for name, found in part.spans.items():
            spans.setdefault(name, []).extend(found)
    return Match(sum(part.score for part in parts), spans)
