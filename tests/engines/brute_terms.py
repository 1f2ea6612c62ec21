"""One article's terms, and where in it the words of a clause stand; for brute.py."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from whoosh.util.numeric import byte_to_length, length_to_byte

from corpus.article import Article
from indexer.analysis import Token, term_of, tokens
from indexer.fields import FIELDS, names_of, words_of
from indexer.query import Prefix, Wildcard
from indexer.stems import Stemmer, mark_of
from indexer.whoosh_engine.compile import _DOUBLE

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


def slots_of(text: str, known: Iterable[str], asked: bool = True) -> list[Slot]:
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


def first_term(text: str, slot: frozenset[str]) -> str:
    """The term that a single word means first: as written, else its acronym; else, of a lone character, the
    first pair that it begins."""
    written = (token.term for token in tokens(text, asked=True) if token.term in slot)
    return next(written, min(slot))


def pattern_slots(clause: Prefix | Wildcard, known: Iterable[str]) -> list[Slot]:
    """A pattern's words; [] when one of them fits nothing."""
    pattern = clause.prefix + "*" if isinstance(clause, Prefix) else clause.pattern
    slots: list[Slot] = []
    for part in _parts(pattern):
        run = list(tokens(part.strip("*")))
        if "*" not in part and "?" not in part:
            slots.extend(slots_of(part, known, asked=False))
        elif len(run) > 1 and run[0].kind == "cjk":
            slots.extend(slots_of(part.strip("*"), known, asked=False))
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


def spans_of(terms: set[str], doc: Doc, fields: tuple[str, ...]) -> Spans:
    spans = {
        name: [(token.start, token.stop) for token in doc.words[name] if token.term in terms]
        for name in fields
    }
    return {name: found for name, found in spans.items() if found}


def phrase_spans(slots: Sequence[Slot], found: Sequence[Token]) -> list[Span]:
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


def near_spans(slots: Sequence[Slot], slop: int, found: Sequence[Token]) -> list[Span]:
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
