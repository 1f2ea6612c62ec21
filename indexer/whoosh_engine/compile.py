"""Clauses to plans: raw words to the terms of this index.

The rules that make a bare word what a reader of news expects stand here:

- A bare word is its stems in every language of the archive, scored as one word, plus a bonus where the form
  is the one typed.
- `US` typed in capitals is the acronym; other words in capitals are the acronym or the word.
- `Jae-myung` is its parts side by side or joined; two neighbouring bare words also match joined.
- Han, Kana and Hangul are their bigrams side by side; one character is any bigram that begins with it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import regex

from indexer.analysis import Token, term_of, tokens
from indexer.fields import BY_NAME
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
    Term,
    Wildcard,
)
from indexer.stems import Stemmer, fold
from indexer.whoosh_engine.dictionary import Dictionary, bounded
from indexer.whoosh_engine.plan import (
    ANYWHERE,
    BIT_OF,
    NOTHING,
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

# How much the form as typed counts beside its stem. Mean MAP / nDCG@10 over the four judged sets of
# tests/relevance: 0 .350/.484, 0.15 .352/.487, 0.25 .352/.487, 0.35 .352/.485, 0.5 .350/.483, 1.0 .343/.474.
# Finding 500 news articles by words of their headlines loses without a bonus (mean reciprocal rank .964,
# against .968) and is level from 0.15 to 1.0.
EXACT_BONUS = 0.25

# Words that in capitals mean something else (US, WHO, IT, UN): for these the capitals decide. Other words in
# capitals (NATO, BBC) are also written Nato, and mean either.
_DOUBLE = frozenset(
    [
        "us",
        "it",
        "who",
        "am",
        "or",
        "in",
        "as",
        "is",
        "he",
        "me",
        "so",
        "do",
        "go",
        "no",
        "we",
        "be",
        "by",
        "at",
        "an",
        "on",
        "if",
        "up",
        "my",
        "to",
        "of",
        "all",
        "aid",
        "aids",
        "may",
        "un",
        "et",
        "de",
        "la",
        "le",
        "les",
        "el",
        "en",
        "es",
        "si",
        "se",
        "du",
        "au",
        "ou",
        "ne",
        "ce",
        "ni",
        "te",
        "des",
        "der",
        "die",
        "das",
        "im",
        "um",
        "am",
        "er",
        "wir",
        "ist",
        "da",
        "il",
        "lo",
        "gli",
        "di",
        "o",
        "e",
        "os",
        "as",
        "na",
        "em",
        "que",
        "por",
    ]
)

# A wildcard's signs are no letters: in a pattern these stay inside the word, and all else parts it.
_PATTERN_PARTS = regex.compile(r"[\p{L}\p{M}\p{N}*?]+")

# Plans remembered; one of a wildcard may hold a thousand words.
_KEPT_MOST = 100

# Neighbouring words tried joined, so that a long query does not multiply.
_JOINS_MOST = 3

Slots = tuple[tuple[str, ...], ...]


class Compiler:
    """Compiles for one generation: its dictionary, its languages' marks, the search's word fields."""

    def __init__(
        self,
        dictionary: Callable[[str], Dictionary],
        frequency: Callable[[str], int],
        stemmer: Stemmer,
        marks: tuple[str, ...],
        expansion_most: int,
    ):
        self._dictionary = dictionary
        self._frequency = frequency
        self._stemmer = stemmer
        self._marks = marks
        self._expansion_most = expansion_most
        self._folded: dict[str, dict[str, list[str]]] = {}
        # A clause is asked for again beside its group, and on the next page.
        self._plans: dict[tuple[Clause, int], Plan] = {}

    def compile(self, clause: Clause, search_in: tuple[str, ...] = ()) -> Plan:
        """The plan of a clause; raises QueryTooBroad. `search_in` narrows words without a field."""
        narrowed = sum(BIT_OF[name] for name in set(search_in)) or ANYWHERE
        return self._plan(clause, narrowed)

    def _plan(self, clause: Clause, everywhere: int) -> Plan:
        known = self._plans.get((clause, everywhere))
        if known is None:
            known = self._made(clause, everywhere)
            if len(self._plans) >= _KEPT_MOST:
                self._plans.clear()
            self._plans[clause, everywhere] = known
        return known

    def _made(self, clause: Clause, everywhere: int) -> Plan:
        match clause:
            case AllOf(clauses):
                return self._all_of(clauses, everywhere)
            case AnyOf(clauses):
                plans = [self._plan(each, everywhere) for each in clauses]
                return Either((*plans, *(joined for joined, _ in self._joins(clauses, everywhere))))
            case Not(inner):
                return Without(self._plan(inner, everywhere))
            case DateRange(field, first, last):
                return Days(field, first, last)
        if clause.field and BY_NAME[clause.field].kind == "name":
            return self._name(clause)
        mask = BIT_OF[clause.field] if clause.field else everywhere
        match clause:
            case Term(word):
                return self._bare(word, mask)
            case Exact(text) | Phrase(text):
                return self._in_order(self._slots(text), mask)
            case Near(text, slop):
                slots = self._slots(text)
                filled = tuple(slot for slot in slots if slot)
                # The end of a run of Han, Kana or Hangul takes a place but is no other word.
                slop += len(slots) - len(filled)
                return Within(filled, slop, mask) if len(filled) > 1 else self._in_order(slots, mask)
        return self._expanded(clause, mask)

    def _all_of(self, clauses: tuple[Clause, ...], everywhere: int) -> Plan:
        plans = [self._plan(each, everywhere) for each in clauses]
        joins = self._joins(clauses, everywhere)
        if not joins:
            return Every(tuple(plans))
        ways: list[Plan] = [Every(tuple(plans))]
        for joined, place in joins:
            ways.append(Every((*plans[:place], joined, *plans[place + 2 :])))
        return Either(tuple(ways))

    def _joins(self, clauses: tuple[Clause, ...], everywhere: int) -> list[tuple[Plan, int]]:
        """Neighbouring bare words as one word where the archive has it, with the place of the first."""
        found: list[tuple[Plan, int]] = []
        for place, (one, two) in enumerate(itertools.pairwise(clauses)):
            if not (isinstance(one, Term) and isinstance(two, Term) and one.field == two.field):
                continue
            if one.field and BY_NAME[one.field].kind != "words":
                continue
            parts = [*tokens(one.word, asked=True), *tokens(two.word, asked=True)]
            if len(parts) != 2 or any(part.kind not in ("word", "number") for part in parts):
                continue
            joined = parts[0].term + parts[1].term
            if not joined.isdecimal() and self._frequency(joined):
                mask = BIT_OF[one.field] if one.field else everywhere
                found.append((self._word(joined, mask), place))
        return found[:_JOINS_MOST]

    def _bare(self, word: str, mask: int) -> Plan:
        found = list(tokens(word, asked=True))
        slots = _closed(self._slots_of(found))
        if not slots:
            return OneOf("text", (), mask)
        if len(slots) > 1:
            side_by_side = InOrder("text", slots, mask)
            joined = [token.term for token in found if token.kind == "word" and token.position == 0][1:]
            return Either((side_by_side, self._word(joined[0], mask))) if joined else side_by_side
        if found[0].kind == "word" and found[0].term in slots[0]:
            return self._word(found[0].term, mask, extra=tuple(t for t in slots[0] if t != found[0].term))
        return OneOf("text", slots[0], mask)

    def _word(self, term: str, mask: int, extra: tuple[str, ...] = ()) -> Plan:
        """Any form of a word, forms as typed counting more; `extra` are acronyms meant by the same word."""
        stems = {stem: None for mark in self._marks for stem in self._stemmer.stems(term, mark)}
        # Where a word stands, one of its stems does; acronyms have none.
        typed = OneOf("text", (term,), mask, EXACT_BONUS, implied=True)
        acronyms = (OneOf("text", extra, mask, EXACT_BONUS),) if extra else ()
        return Either((OneOf("stems", tuple(stems), mask), typed, *acronyms))

    def _in_order(self, slots: Slots, mask: int) -> Plan:
        # What finds nothing is still a question about words: it is ranked, and marked in no article.
        return InOrder("text", slots, mask) if len(slots) > 1 else OneOf("text", (*slots, ())[0], mask)

    def _slots(self, text: str, field: str = "text") -> Slots:
        return _closed(self._slots_of(list(tokens(text, asked=True)), field))

    def _slots_of(self, found: list[Token], field: str = "text") -> Slots:
        """The exact terms that may stand at each position, joined forms left out.

        The last character of a run of Han, Kana or Hangul is said by the pair before it already: its place
        may hold anything.
        """
        slots: dict[int, list[Token]] = {}
        for token in found:
            slots.setdefault(token.position, []).append(token)
        bigrams = {token.position for token in found if token.kind == "cjk" and token.stop - token.start == 2}
        made: list[tuple[str, ...]] = []
        for position, here in slots.items():
            if here[0].kind == "cjk":
                if here[0].stop - here[0].start == 2:
                    made.append((here[0].term,))
                elif position - 1 in bigrams:
                    made.append(())
                else:
                    # A lone character: it begins a bigram, or ends a run.
                    made.append(tuple(self._dictionary(field).starting_with(here[0].term)) or (here[0].term,))
                continue
            acronyms = tuple(token.term for token in here if token.kind == "acronym")
            plain = here[0].term
            if acronyms and plain in _DOUBLE:
                made.append(acronyms)
            elif here[0].kind == "number":
                # 1.000 has two readings, and either may have been meant.
                made.append(tuple(token.term for token in here if token.kind == "number"))
            else:
                made.append(tuple(dict.fromkeys((plain, *acronyms))))
        return tuple(made)

    def _expanded(self, clause: Clause, mask: int) -> Plan:
        match clause:
            case Prefix(prefix):
                return self._pattern(f"{prefix}*", "text", mask)
            case Wildcard(pattern):
                return self._pattern(pattern, "text", mask)
            case Fuzzy(word, distance):
                return self._fuzzy(word, distance, "text", mask)
        raise TypeError(f"not a clause: {clause!r}")

    def _pattern(self, pattern: str, field: str, mask: int) -> Plan:
        """A word with `*` or `?`; hyphens and the like part it into words side by side."""
        made: list[tuple[str, ...]] = []
        for part in _PATTERN_PARTS.findall(pattern):
            literal = list(tokens(part.strip("*")))
            if not set(part) & set("*?") or (len(literal) > 1 and literal[0].kind == "cjk"):
                made.extend(self._slots_of(literal, field))
                continue
            fitting = bounded(pattern, self._dictionary(field).matching(term_of(part)), self._expansion_most)
            if not fitting:
                made.clear()
                break
            made.append(fitting)
        slots = _closed(made) or ((),)
        if len(slots) > 1:
            return InOrder(field, slots, mask)
        return Constant(slots[0], mask) if field == "text" else OneOf(field, slots[0], boost=0.0)

    def _fuzzy(self, word: str, distance: int, field: str, mask: int) -> Plan:
        slots = self._slots(word, field)
        if len(slots) != 1:
            return self._in_order(slots, mask) if field == "text" else InOrder(field, slots)
        near = bounded(
            f"{word}~{distance}", self._dictionary(field).near(slots[0][0], distance), self._expansion_most
        )
        return Constant(near, mask) if field == "text" else OneOf(field, near, boost=0.0)

    def _name(self, clause: Term | Exact | Phrase | Near | Prefix | Wildcard | Fuzzy) -> Plan:
        """Words in a "name" field: side by side, unscored."""
        match clause:
            case Prefix(prefix, field):
                return self._pattern(f"{prefix}*", field, ANYWHERE)
            case Wildcard(pattern, field):
                return self._pattern(pattern, field, ANYWHERE)
            case Fuzzy(word, distance, field):
                return self._fuzzy(word, distance, field, ANYWHERE)
            case Term(text, field) | Exact(text, field) | Phrase(text, field) | Near(text, _, field):
                slots = self._slots(text, field)
                if not slots:
                    return NOTHING
                if isinstance(clause, Term):
                    slots = tuple(self._spellings(field, terms) for terms in slots)
                return OneOf(field, slots[0], boost=0.0) if len(slots) == 1 else InOrder(field, slots)
        raise TypeError(f"not a clause: {clause!r}")

    def _spellings(self, field: str, terms: tuple[str, ...]) -> tuple[str, ...]:
        """The terms, and those of a "name" field that differ from them in accents only: Zurich, Zürich."""
        known = self._folded.get(field)
        if known is None:
            known = {}
            for term in self._dictionary(field).starting_with(""):
                known.setdefault(fold(term), []).append(term)
            self._folded[field] = known
        return tuple(dict.fromkeys((*terms, *(each for term in terms for each in known.get(fold(term), ())))))


def _closed(slots: Sequence[tuple[str, ...]]) -> Slots:
    """Without the places after the last word, which may hold anything."""
    end = len(slots)
    while end and not slots[end - 1]:
        end -= 1
    return tuple(slots[:end])
