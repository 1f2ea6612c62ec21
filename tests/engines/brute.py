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
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from whoosh.util.numeric import byte_to_length, length_to_byte

from corpus.article import Article, Dated
from indexer.analysis import Token, term_of, tokens
from indexer.fields import BY_NAME, FIELDS, NONE_VALUE, WORD_FIELDS, names_of, words_of
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
from indexer.whoosh_engine.compile import _DOUBLE, EXACT_BONUS

K1, B = 1.2, 0.75

Span = tuple[int, int]
Spans = dict[str, list[Span]]
# What may stand at one place of a phrase; None is anything.
Slot = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Match:
    score: float
    spans: Spans = field(default_factory=dict)

    def marks(self, article: Article) -> dict[str, list[Span]]:
        """Runs of marked characters by field, never across the end of a paragraph."""
        found = {}
        for name, spans in self.spans.items():
            text = words_of(article, name)
            inside = {at for start, stop in spans for at in range(start, stop) if text[at] != "\n"}
            starts = sorted(at for at in inside if at - 1 not in inside)
            stops = sorted(at + 1 for at in inside if at + 1 not in inside)
            found[name] = list(zip(starts, stops, strict=True))
        return {name: marks for name, marks in found.items() if marks}


class Doc:
    """One article's terms: by field, and weighed over all of them."""

    def __init__(self, article: Article, stemmer: Stemmer):
        self.article = article
        self.words: dict[str, list[Token]] = {}
        self.stems: dict[str, list[tuple[str, Token]]] = {}
        self.names: dict[str, list[list[Token]]] = {}
        self.text_weight: Counter[str] = Counter()
        self.stem_weight: Counter[str] = Counter()
        self.word_count = 0
        mark = mark_of(article.language)
        for each in FIELDS:
            if each.kind == "name":
                self.names[each.name] = [list(tokens(name)) for name in names_of(article, each.name)]
            if each.kind != "words":
                continue
            found = self.words[each.name] = list(tokens(words_of(article, each.name)))
            self.word_count += 1 + max((token.position for token in found), default=-1)
            for term, _position in {(token.term, token.position) for token in found}:
                self.text_weight[term] += each.weight
            self.stems[each.name] = [
                (stem, token) for token in found if token.kind == "word"
                for stem in stemmer.stems(token.term, mark)
            ]  # fmt: skip
            for stem, _token in self.stems[each.name]:
                self.stem_weight[stem] += each.weight
        self.length = byte_to_length(length_to_byte(self.word_count)) if self.word_count else 0


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
            return Match(0.0) if _touches(dated, clause.first, clause.last) else None
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
            return self._side_by_side(_slots(clause.word, self.text_df), doc, fields)
        if isinstance(clause, Phrase):
            return self._side_by_side(_slots(clause.text, self.text_df), doc, fields)
        if isinstance(clause, Near):
            return self._near(clause, doc, fields)
        if isinstance(clause, Fuzzy):
            slots = _slots(clause.word, self.text_df)
            if len(slots) != 1 or slots[0] is None:
                return self._side_by_side(slots, doc, fields)
            word = _first(clause.word, slots[0])
            return self._constant({t for t in self.text_df if edits(word, t) <= clause.distance}, doc, fields)
        assert isinstance(clause, Prefix | Wildcard)
        slots = _pattern_slots(clause, self.text_df)
        if len(slots) == 1 and slots[0] is not None:
            return self._constant(slots[0], doc, fields)
        return self._side_by_side(slots, doc, fields)

    def _in_names(self, clause: Clause, doc: Doc) -> Match | None:
        assert not isinstance(clause, AllOf | AnyOf | Not | DateRange)
        known = self.name_terms[clause.field]
        if isinstance(clause, Prefix | Wildcard):
            slots = _pattern_slots(clause, known)
        else:
            text = clause.text if isinstance(clause, Phrase | Near) else clause.word
            slots = _slots(text, known)
            if isinstance(clause, Fuzzy) and len(slots) == 1 and slots[0] is not None:
                word = _first(text, slots[0])
                slots = [frozenset(term for term in known if edits(word, term) <= clause.distance)]
        if isinstance(clause, Term):
            # A bare name is meant in any accents.
            slots = [
                slot and slot | {t for t in known for typed in slot if fold(t) == fold(typed)}
                for slot in slots
            ]
        found = any(_phrase_spans(slots, value) for value in doc.names[clause.field])
        return Match(0.0) if found else None

    def _bare(self, word: str, doc: Doc, fields: tuple[str, ...]) -> Match | None:
        typed = list(tokens(word, asked=True))
        slots = _slots(word, self.text_df)
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
        spans = _spans_of(terms, doc, fields)
        if not spans:
            return None
        standing = {t.term for name in fields for t in doc.words[name] if t.term in terms}
        weight = sum(doc.text_weight[term] for term in standing)
        return Match(boost * self._bm25(doc, weight, sum(self.text_df[term] for term in terms)), spans)

    def _constant(self, terms: Iterable[str], doc: Doc, fields: tuple[str, ...]) -> Match | None:
        spans = _spans_of(set(terms), doc, fields)
        return Match(1.0, spans) if spans else None

    def _side_by_side(self, slots: Sequence[Slot], doc: Doc, fields: tuple[str, ...]) -> Match | None:
        if not slots:
            return None
        if len(slots) == 1 and slots[0] is not None:
            return self._exact(slots[0], doc, fields)
        spans = {name: found for name in fields if (found := _phrase_spans(slots, doc.words[name]))}
        return Match(self._slots_score(slots, doc), spans) if spans else None

    def _near(self, clause: Near, doc: Doc, fields: tuple[str, ...]) -> Match | None:
        slots = _slots(clause.text, self.text_df)
        filled = [slot for slot in slots if slot is not None]
        if len(filled) < 2:
            return self._side_by_side(slots, doc, fields)
        slop = clause.slop + len(slots) - len(filled)
        spans = {name: found for name in fields if (found := _near_spans(filled, slop, doc.words[name]))}
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
        found = [doc for doc in of_clause if _passes(doc, query) and self._in_time(doc, query)]
        sort: Sort = query.sort or ("relevance" if looks_for_words(query.clause) else "newest")
        scores = {doc.article.id: matches[doc.article.id].score for doc in found}
        found.sort(key=lambda doc: (_sort_key(sort, doc, scores), doc.article.id))
        facets, missing = {}, {}
        for name in query.facets:
            counted = [
                facet_values(doc.article, name)
                for doc in of_clause
                if _passes(doc, query, without=name) and self._in_time(doc, query)
            ]
            facets[name] = dict(Counter(value for values in counted for value in values))
            missing[name] = sum(not values for values in counted)
        days = Counter(day for doc in found if (day := first_day(doc.article)))
        sources = query.include.get("source", ()) or query.exclude.get("source", ())
        only_sources = Query(
            include={"source": query.include.get("source", ())},
            exclude={"source": query.exclude.get("source", ())},
        )
        held = [doc for doc in self.docs if not sources or _passes(doc, only_sources)]
        return Answer(
            ids=[doc.article.id for doc in found],
            scores=scores if sort == "relevance" else {},
            facets=facets,
            missing=missing,
            by_day=days,
            held_by_day=Counter(day for doc in held if (day := first_day(doc.article))),
            undated_matches=sum(first_day(doc.article) is None for doc in found),
            undated=sum(_passes(doc, query) and not self._has_date(doc, query) for doc in of_clause),
        )

    def _has_date(self, doc: Doc, query: Query) -> bool:
        return query.date_field == "indexed" or _stated(_dated(doc, query)) is not None

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
            return _touches(dated, query.first, query.last, query.tz or "UTC")
        return _touches(_dated(doc, query), query.first, query.last, query.tz)


def looks_for_words(clause: Clause) -> bool:
    """Whether anything not negated looks into headline, byline, summary or body."""
    if isinstance(clause, AllOf | AnyOf):
        return any(looks_for_words(each) for each in clause.clauses)
    if isinstance(clause, Not | DateRange):
        return False
    return not clause.field or BY_NAME[clause.field].kind == "words"


def facet_values(article: Article, facet: str) -> tuple[str, ...]:
    """The values that a facet counts an article under; () when it has none."""
    if facet in ("year", "month"):
        days = article.published.days if article.published else None
        if not days:
            return ()
        first, last = (day.isoformat()[: 4 if facet == "year" else 7] for day in days)
        return (first,) if first == last else ()
    if facet == "source":
        return (article.source_id,) if article.source else ()
    name = next(each.name for each in FIELDS if each.facet == facet)
    names = names_of(article, name)
    # Readers choose English, not en-GB.
    return tuple(each.split("-")[0].lower() for each in names) if facet == "language" else names


def first_day(article: Article) -> date | None:
    dated = _stated(article.published)
    return dated.days[0] if dated and dated.days else None


def edits(one: str, other: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours between two words (optimal alignment)."""
    rows = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i, j in itertools.product(range(1, len(one) + 1), range(1, len(other) + 1)):
        ways = [
            rows[i - 1, j] + 1,
            rows[i, j - 1] + 1,
            rows[i - 1, j - 1] + (one[i - 1] != other[j - 1]),
        ]
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            ways.append(rows[i - 2, j - 2] + 1)
        rows[i, j] = min(ways)
    return rows[len(one), len(other)]


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


def _slots(text: str, known: Iterable[str], asked: bool = True) -> list[Slot]:
    """What may stand at each place of a quoted text."""
    found = list(tokens(text, asked=asked))
    slots: list[Slot] = []
    for position, here in itertools.groupby(found, key=lambda token: token.position):
        terms = list(here)
        word = terms[0]
        if word.kind == "cjk" and len(text[word.start : word.stop]) == 1:
            run_goes_back = any(
                token.kind == "cjk" and token.position == position - 1 and token.stop == word.stop
                for token in found
            )
            begun = frozenset(term for term in known if term.startswith(word.term))
            slots.append(None if run_goes_back else begun or frozenset({word.term}))
        elif word.kind in ("cjk", "acronym"):
            slots.append(frozenset({word.term}))
        elif word.kind == "number":
            slots.append(frozenset(token.term for token in terms if token.kind == "number"))
        else:
            acronyms = {token.term for token in terms if token.kind == "acronym"}
            meant = acronyms if acronyms and word.term in _DOUBLE else {word.term, *acronyms}
            slots.append(frozenset(meant))
    while slots and slots[-1] is None:
        slots.pop()
    return slots


def _first(text: str, slot: frozenset[str]) -> str:
    """The term that a single word means first: as written, else its acronym."""
    return next(token.term for token in tokens(text, asked=True) if token.term in slot)


def _pattern_slots(clause: Prefix | Wildcard, known: Iterable[str]) -> list[Slot]:
    """A pattern's words; [] when one of them fits nothing."""
    pattern = clause.prefix + "*" if isinstance(clause, Prefix) else clause.pattern
    slots: list[Slot] = []
    for part in _parts(pattern):
        run = list(tokens(part.strip("*")))
        if "*" not in part and "?" not in part:
            slots.extend(_slots(part, known, asked=False))
        elif len(run) > 1 and run[0].kind == "cjk":
            slots.extend(_slots(part.strip("*"), known, asked=False))
        else:
            fits = re.compile(
                "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in term_of(part)), re.S
            )
            fitting = frozenset(term for term in known if fits.fullmatch(term))
            if not fitting:
                return []
            slots.append(fitting)
    while slots and slots[-1] is None:
        slots.pop()
    return slots


def _parts(pattern: str) -> list[str]:
    """A pattern cut at what is neither letter, mark, digit nor sign of a pattern."""
    letters = ("*", "?")
    kept = (char if char in letters or unicodedata.category(char)[0] in "LMN" else " " for char in pattern)
    return "".join(kept).split()


def _spans_of(terms: set[str], doc: Doc, fields: tuple[str, ...]) -> Spans:
    spans = {
        name: [(token.start, token.stop) for token in doc.words[name] if token.term in terms]
        for name in fields
    }
    return {name: found for name, found in spans.items() if found}


def _phrase_spans(slots: Sequence[Slot], found: Sequence[Token]) -> list[Span]:
    """Where the slots stand side by side: from the first character of the first to the last of the last."""
    if not slots:
        return []
    spans = []
    for first in sorted({token.position for token in found}):
        inside: list[Token] = []
        for offset, slot in enumerate(slots):
            if slot is None:
                continue
            here = [token for token in found if token.position == first + offset and token.term in slot]
            if not here:
                break
            inside.extend(here)
        else:
            spans.append((min(token.start for token in inside), max(token.stop for token in inside)))
    return spans


def _near_spans(slots: Sequence[Slot], slop: int, found: Sequence[Token]) -> list[Span]:
    """The words of every choice of different places, one a slot, with at most `slop` others among them."""
    places = [sorted({token.position for token in found if slot and token.term in slot}) for slot in slots]
    spans = set()
    for chosen in itertools.product(*places):
        close = max(chosen) - min(chosen) + 1 - len(chosen) <= slop
        if close and len(set(chosen)) == len(chosen):
            for slot, place in zip(slots, chosen, strict=True):
                here = [token for token in found if token.position == place and slot and token.term in slot]
                spans.add((min(token.start for token in here), max(token.stop for token in here)))
    return sorted(spans)


def _stated(dated: Dated | None) -> Dated | None:
    return dated if dated is not None and dated.value is not None else None


def _dated(doc: Doc, query: Query) -> Dated | None:
    return doc.article.updated if query.date_field == "updated" else doc.article.published


def _touches(
    dated: Dated | None, first: date | datetime | None, last: date | datetime | None, tz: str = ""
) -> bool:
    """Whether a date may lie in [first, last]: local days of the article, days of `tz`, or instants."""
    dated = _stated(dated)
    if dated is None or dated.value is None or dated.days is None:
        return False
    days = dated.days
    if tz and dated.precision in ("second", "minute"):
        days = (dated.value.astimezone(ZoneInfo(tz)).date(),) * 2
    after = first is None or (dated.value >= first if isinstance(first, datetime) else days[1] >= first)
    before = last is None or (dated.value <= last if isinstance(last, datetime) else days[0] <= last)
    return after and before


def _passes(doc: Doc, query: Query, without: str = "") -> bool:
    """Whether the facet filters let an article through; those of the facet `without` not looked at."""
    for name, wanted in query.include.items():
        if name != without and wanted and not _has_value(doc, name, wanted):
            return False
    for name, unwanted in query.exclude.items():
        if name != without and unwanted and _has_value(doc, name, unwanted):
            return False
    return True


def _has_value(doc: Doc, facet: str, wanted: Iterable[str]) -> bool:
    return bool(set(facet_values(doc.article, facet) or (NONE_VALUE,)) & set(wanted))


def _sort_key(sort: Sort, doc: Doc, scores: Mapping[str, float]) -> float:
    """Lower first; undated last either way."""
    if sort == "relevance":
        return -scores[doc.article.id]
    if sort == "longest":
        return -doc.word_count
    published, updated = _stated(doc.article.published), _stated(doc.article.updated)
    dated = (updated or published) if sort == "updated" else published
    if dated is None or dated.value is None:
        return math.inf
    instant = dated.value.timestamp()
    return instant if sort == "oldest" else -instant


def periods(first: date, last: date, interval: str) -> list[date]:
    """The first days of every day, week, month or year from that of `first` to that of `last`."""
    begun = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
        "year": lambda day: day.replace(month=1, day=1),
    }[interval]
    every = []
    day = begun(first)
    while day <= last:
        every.append(day)
        longer = {"day": 1, "week": 7, "month": 31, "year": 366}[interval]
        day = begun(day + timedelta(days=longer))
    return every
