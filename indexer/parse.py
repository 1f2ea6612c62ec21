"""What a person types, read into a clause tree; never an error, always with word of what was not obeyed.

    or     = and { OR and }                 binds loosest
    and    = chain { chain }                words side by side: all of them, or any under match="any"
    chain  = prefixed { AND prefixed }
    prefixed = { NOT | - | field: } operand   binds tightest
    operand  = word | "phrase" | "a b"~5 | =word | pre* | w?rd | word~1 | ( or ) | a date after date:

So `a OR b c` is `a OR (b c)`, and `NOT a b` is `(NOT a) b`. Under match="any" the words side by side are
alternatives, while what filters (a minus, a date, a name field such as section:) still holds for all.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import date

from indexer.analysis import tokens as analysed
from indexer.daterange import read_range
from indexer.describe import all_of, any_of, describe, negated, top_clauses
from indexer.fields import FIELDS, NAME_FIELDS, SLOP_MOST, Field
from indexer.lexer import Token, tokens
from indexer.query import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Clause,
    DateRange,
    Exact,
    Fuzzy,
    Match,
    Near,
    Not,
    Parsed,
    Phrase,
    Prefix,
    Term,
    Wildcard,
)
from indexer.querynotes import FUZZY_MOST, Notes
from indexer.shouting import calmed

__all__ = ["describe", "parse", "top_clauses"]

_NAMES = frozenset(field.name for field in NAME_FIELDS)
_FIELD_WORDS = sorted({name for field in FIELDS for name in (field.name, *field.aliases)})
_ENDING = ".,;:!…"
_FUZZY = re.compile(r"(.*[^~])~(\d*)")
_TILDES = re.compile(f"(?:~\\d*|[{_ENDING}])+$")
_LITERAL = re.compile(r"[*]|\w\?\w|\w~\d*$")
# Indexed as pairs of characters, where one character is worth a pattern and an edit is another word.
_PAIRED = (
    "[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_PAIRED_SCRIPTS = re.compile(_PAIRED)
# Of longer words in these scripts, pairs cannot say what stands at a place within them; ends need no sign,
# since such words are found inside longer ones.
_INSIDE_PAIRED = re.compile(rf"{_PAIRED}[*?]+\w|\w[*?]+{_PAIRED}|\?{_PAIRED}")
_PATTERN_LEAST = 2
_FUZZY_LEAST = 3


def parse(text: str, *, match: Match = "all", today: date | None = None) -> Parsed:
    """The clause that `text` means, in normal form (describe.py), and notes; any text gives one.

    `match` says how words side by side combine; `today` is what P7D and yesterday count from.

    >>> describe(parse("“prime minister” −trump title:tariffs").clause)
    '"prime minister" -trump headline:tariffs'
    >>> parse("prime AND").notes[0].message
    'Ignored “AND”: there is nothing beside it to work on.'
    """
    notes = Notes()
    parser = _Parser(tokens(text, notes), match, today or date.today(), notes)
    clause = parser.either(None)
    if clause is None and text.strip():
        notes.add("nothing_left")
    return Parsed(clause=EVERYTHING if clause is None else calmed(clause), notes=notes.all())


class _Parser:
    """One walk over the tokens; every method gives the clause read, or None when nothing of it counts."""

    def __init__(self, found: list[Token], match: Match, today: date, notes: Notes) -> None:
        self.tokens, self.at = found, 0
        self.match, self.today, self.notes = match, today, notes

    def next_kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self, field: Field | None) -> Clause | None:
        """`or` of the grammar, up to the bracket that closes it or the end."""
        found: list[Clause] = []
        operator: Token | None = None
        while True:
            side = self.together(field)
            if side is not None:
                found.append(side)
                operator = None
            if self.next_kind() != "or":
                break
            if side is None or not found:
                self.notes.add("operator_ignored", (operator or self.tokens[self.at]).typed)
            operator = self.take()
        if operator and found:
            self.notes.add("operator_ignored", operator.typed)
        return any_of(found) if found else None

    def together(self, field: Field | None) -> Clause | None:
        """`and` of the grammar."""
        chains: list[list[Clause]] = []
        operator: Token | None = None
        while (kind := self.next_kind()) not in ("", "or", "close"):
            if kind == "and":
                if operator or not chains:
                    self.notes.add("operator_ignored", self.tokens[self.at].typed)
                operator = self.take()
                continue
            clause = self.prefixed(field)
            if clause is None:
                continue
            if operator and chains:
                chains[-1].append(clause)
            else:
                chains.append([clause])
            operator = None
        if operator and chains:
            self.notes.add("operator_ignored", operator.typed)
        return self.side_by_side([all_of(chain) for chain in chains]) if chains else None

    def side_by_side(self, clauses: list[Clause]) -> Clause:
        if self.match == "all":
            return all_of(clauses)
        filters = [clause for clause in clauses if _filters(clause)]
        wanted = [clause for clause in clauses if not _filters(clause)]
        # Beside words a * asks for nothing more; as an alternative it would undo them.
        wanted = [clause for clause in wanted if clause != EVERYTHING] or wanted
        return all_of([any_of(wanted), *filters] if wanted else filters)

    def prefixed(self, field: Field | None) -> Clause | None:
        """An operand with all that stands before it, innermost applied first; the last field counts."""
        outside: list[Callable[[Clause | None], Clause | None]] = []
        last: Token | None = None
        while (kind := self.next_kind()) in ("not", "minus", "field", "unknown"):
            if last and last.kind == "minus" and not self.tokens[self.at].glued:
                break
            token = self.take()
            if last and last.kind == "field":
                if token.kind == "field":
                    self.notes.add("field_without_value", last.typed)
                elif not token.glued:
                    self.notes.add("field_space", last.typed)
            if kind == "field":
                field = token.field
            elif kind == "unknown" and field and field.kind == "date":
                self.notes.add("date_not_understood", token.typed)
            elif kind == "unknown":
                self.notes.add("field_unknown", token.typed, _suggestion(token.text))
                outside.append(self._beside(Term(token.text, field.name if field else "")))
            else:
                outside.append(lambda clause: negated(clause) if clause is not None else None)
            last = token
        clause = None
        if last is None or self._has_operand(last):
            clause = self.operand(field)
        elif last.kind != "unknown":
            code = "field_without_value" if last.kind == "field" else "operator_ignored"
            self.notes.add(code, last.typed)
        for apply in reversed(outside):
            clause = apply(clause)
        return clause

    def _beside(self, word: Term) -> Callable[[Clause | None], Clause | None]:
        return lambda clause: self.side_by_side([word] if clause is None else [word, clause])

    def _has_operand(self, last: Token) -> bool:
        if self.next_kind() not in ("word", "quote", "open"):
            return False
        glued = self.tokens[self.at].glued
        if last.kind == "field" and not glued:
            self.notes.add("field_space", last.typed)
        return glued or last.kind != "minus"

    def operand(self, field: Field | None) -> Clause | None:
        token = self.take()
        if token.kind == "open":
            if self.next_kind() == "close":
                self.notes.add("group_empty")
                self.take()
                return None
            clause = self.either(field)
            if self.next_kind() == "close":
                self.take()
            return clause
        if field and field.kind == "date":
            return self.days(token, field)
        read = self.quotation if token.kind == "quote" else self.word
        return read(token, field.name if field else "")

    def days(self, token: Token, field: Field) -> Clause | None:
        try:
            span = read_range(token.text, self.today)
        except ValueError:
            self.notes.add("date_not_understood", token.typed)
            return None
        if span.swapped:
            self.notes.add("date_reversed", token.typed)
        return DateRange(field.name, span.first, span.last)

    def quotation(self, token: Token, field: str) -> Clause | None:
        if not _searchable(token.text):
            self.notes.add("quote_empty", token.typed)
            return None
        if _LITERAL.search(token.text):
            self.notes.add("pattern_literal", token.typed)
        if not token.tail:
            return Phrase(token.text, field)
        if token.tail == "~":
            self.notes.add("slop_missing", token.typed)
            return Phrase(token.text, field)
        # More digits than any bound has are not worth reading, and int() refuses thousands of them.
        slop = int(token.tail[1:].lstrip("0")[:4] or 0)
        most = _slop_most(token.text)
        if slop > most:
            self.notes.add("slop_bounded", token.typed, str(most))
        return Near(token.text, min(slop, most), field)

    def word(self, token: Token, field: str) -> Clause | None:
        text = token.text
        if not field and text and not text.strip("*＊"):
            return EVERYTHING
        if not _searchable(text):
            self.notes.add("pattern_too_short" if "*" in text else "punctuation_ignored", token.typed)
            return None
        if text.startswith("="):
            if _LITERAL.search(text):
                self.notes.add("pattern_literal", token.typed)
            return Exact(text[1:], field)
        core = text.replace("＊", "*").rstrip(_ENDING)
        fuzzy = _FUZZY.fullmatch(core)
        if fuzzy and _searchable(fuzzy[1]):
            if not _is_pattern(fuzzy[1]):
                return self.fuzzy(token, fuzzy[1], fuzzy[2], field)
            self.notes.add("fuzzy_ignored", token.typed, "a pattern with * or ? is not searched by likeness")
            core = _TILDES.sub("", core)
        if _is_pattern(core):
            return self.pattern(token, core, field)
        if text.endswith("?") and (self.at < len(self.tokens) or self.at == 1):
            # At the end of several words it is a question's mark, and needs no word.
            self.notes.add("question_mark", token.typed)
        return Term(text, field)

    def pattern(self, token: Token, pattern: str, field: str) -> Clause | None:
        pattern = re.sub(r"\*+", "*", pattern)
        letters = sum(char.isalnum() for char in pattern)
        if letters > 1 and _INSIDE_PAIRED.search(pattern):
            parts = [Phrase(part, field) for part in re.split("[*?]+", pattern) if _searchable(part)]
            clause = all_of(parts)
            self.notes.add("pattern_in_pairs", token.typed, describe(clause))
            return clause
        if letters < _PATTERN_LEAST and not (letters and _PAIRED_SCRIPTS.search(pattern)):
            self.notes.add("pattern_too_short", token.typed)
            return None
        if pattern.endswith("*") and not _is_pattern(pattern[:-1] + "."):
            return Prefix(pattern[:-1], field)
        return Wildcard(pattern, field)

    def fuzzy(self, token: Token, word: str, distance: str, field: str) -> Clause:
        edits = int(distance.lstrip("0")[:2] or (0 if distance else 1))
        if edits > FUZZY_MOST:
            self.notes.add("fuzzy_bounded", token.typed)
        if _PAIRED_SCRIPTS.search(word):
            self.notes.add("fuzzy_ignored", token.typed, "Han, Kana and Hangul are searched as written")
        elif sum(char.isalnum() for char in word) < _FUZZY_LEAST:
            self.notes.add("fuzzy_ignored", token.typed, "so short a word is like too many others")
        elif edits:
            return Fuzzy(word, min(edits, FUZZY_MOST), field)
        return Exact(word, field)


def _slop_most(text: str) -> int:
    """How many words may stand among those of the text, so that none is looked for in the next field.

    Between two fields lie twice SLOP_MOST empty places (fields.py).
    """
    places = 1 + max((token.position for token in analysed(text, asked=True)), default=0)
    return max(0, min(SLOP_MOST, 2 * SLOP_MOST - places))


def _searchable(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _is_pattern(word: str) -> bool:
    """Whether * or ? stands for letters here: ? not at a word's end nor in an address."""
    return "://" not in word and ("*" in word or "?" in word.rstrip("?"))


def _filters(clause: Clause) -> bool:
    match clause:
        case Not() | DateRange():
            return True
        case AllOf(clauses) | AnyOf(clauses):
            return bool(clauses) and all(_filters(each) for each in clauses)
    return clause.field in _NAMES


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, _FIELD_WORDS, n=1)
    return f" (did you mean {near[0]}: perhaps)" if near else ""
