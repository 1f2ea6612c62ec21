"""What is typed, cut into words, quotations, brackets, operators and field names.

The rules a reader of a query would name: quotation marks of any kind go together by their family; an
apostrophe is no quotation mark; a minus counts only where a word begins and something follows it at once;
AND, OR and NOT count only in capitals and on their own; a field is a known name with a colon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from corpus.text import tidy
from indexer.fields import Field, field_named
from indexer.querynotes import DEPTH_MOST, LENGTH_MOST, Notes

Kind = Literal["word", "quote", "open", "close", "minus", "not", "and", "or", "field", "unknown"]


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the word, the quotation's inside, or the field's name as typed; `typed` all that was typed.

    `glued` when no space was before it; `tail` what follows a quotation's end (`~5`).
    """

    kind: Kind
    text: str
    typed: str
    glued: bool = False
    tail: str = ""
    field: Field | None = None


# Each family's marks open and close one another: “so”, „so“, ”so”, »so«, and half-corrected “so".
_FAMILIES = ('"“”„‟＂〝〞〟', "«»", "‹›")
_PARTNERS = {mark: family for family in _FAMILIES for mark in family} | {"「": "」", "『": "』"}
_MARKS = "".join(_PARTNERS) + "」』"
_CLOSERS = {mark: re.compile(f"[{partners}]") for mark, partners in _PARTNERS.items()}
_OPEN, _CLOSE = "(（", ")）"
_MINUS = "-–—－﹣‐‑"
_OPERATORS: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not"}
_LOWERCASE = {
    "or": "write OR for either",
    "and": "words side by side are all looked for; write AND to bind two of them",
    "not": "write NOT or a minus sign to leave the next word out",
}

_WORD = re.compile(f"[^\\s{re.escape(_OPEN + _CLOSE + _MARKS)}]+")
_NAME = re.compile(r"([^\W\d][\w-]*)[:：]")
_MEANT = re.compile(r"[a-z][a-z_-]+")
_TAIL = re.compile(r"~\d*")
# ‘ quotes where ’ ends a word later on; otherwise both are apostrophes.
_SINGLE = re.compile(r"‘(?=\S)([^‘]*?\S)’(?!\w)")
_STRAIGHT_SINGLE = re.compile(r"(?<!\S)'(\w[^']*\w)'(?!\S)")
_BROKEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffd]")


def tokens(text: str, notes: Notes) -> list[Token]:
    """The tokens of what was typed, every bracket with its partner; what was dropped is noted."""
    if len(text) > LENGTH_MOST:
        text = text[:LENGTH_MOST]
        notes.add("text_cut")
    if _BROKEN.search(text):
        text = _BROKEN.sub(" ", text)
        notes.add("characters_ignored")
    # The true minus sign is one; the other dashes are read as one only with a note.
    found = _paired(list(_cut(tidy(text.replace("−", "-")), notes)), notes)
    _hint(text, found, notes)
    return found


def _cut(text: str, notes: Notes) -> Iterator[Token]:
    at, spaced, after_quote, in_unknown = 0, True, False, False
    before: Kind | None = None
    lonely: set[str] = set()
    while at < len(text):
        char = text[at]
        if char.isspace():
            at, spaced, after_quote, in_unknown, before = at + 1, True, False, False, None
            continue
        token: Token | None
        if char in _OPEN or char in _CLOSE:
            token = Token("open" if char in _OPEN else "close", char, char, not spaced)
            at, in_unknown = at + 1, False
        elif char in _MINUS and (stop := _end_of_dashes(text, at)):
            typed = text[at:stop]
            if after_quote:
                notes.add("punctuation_ignored", typed)
                at = stop
                continue
            if typed.strip("-"):
                notes.add("dash_read_as_minus", typed)
            token, at = Token("minus", "-", typed, not spaced), stop
        elif char in _MARKS or char == "‘" or (char == "=" and text[at + 1 : at + 2] in (*_MARKS, "‘")):
            token, at = _quotation(text, at, not spaced, lonely, notes)
            if token is None:
                continue
        else:
            token, at = _word(text, at, not spaced, in_unknown)
            if before == "field" and token.kind in _OPERATORS.values():
                # The value of a field is no operator: Oregon is located:OR.
                token = replace(token, kind="word")
            in_unknown = in_unknown or token.kind == "unknown"
        yield token
        spaced, after_quote, before = False, token.kind == "quote", token.kind


def _end_of_dashes(text: str, at: int) -> int:
    """Where a run of dashes ends that stands before something to leave out; 0 where nothing follows."""
    stop = at
    while stop < len(text) and text[stop] in _MINUS:
        stop += 1
    return stop if stop < len(text) and not text[stop].isspace() and text[stop] not in _CLOSE else 0


def _quotation(text: str, at: int, glued: bool, lonely: set[str], notes: Notes) -> tuple[Token | None, int]:
    """The quotation that begins here and where it ends; None where the mark has no partner."""
    start = at
    at += text[at] == "="
    mark = text[at]
    if mark == "‘":
        single = _SINGLE.match(text, at)
        if not single:
            return None, at + 1
        inside, stop = single[1], single.end()
    else:
        closer = _CLOSERS.get(mark)
        partners = _PARTNERS.get(mark, mark)
        closing = closer.search(text, at + 1) if closer and partners not in lonely else None
        if not closing:
            lonely.add(partners)
            notes.add("quote_unclosed", mark)
            return None, at + 1
        inside, stop = text[at + 1 : closing.start()], closing.end()
    if mark != '"':
        notes.add("curly_quotes")
    tail = _TAIL.match(text, stop)
    end = tail.end() if tail else stop
    # A description quotes with straight marks, so none of their family may stay inside.
    inside = tidy(re.sub(f"[{_FAMILIES[0]}]", " ", inside))
    return Token("quote", inside, text[start:end], glued, tail[0] if tail else ""), end


def _word(text: str, at: int, glued: bool, in_unknown: bool) -> tuple[Token, int]:
    """The word that begins here, or the name before its colon, and where it ends."""
    word = _WORD.match(text, at)
    typed = word[0] if word else text[at]
    if name := _NAME.match(text, at):
        field = field_named(unicodedata.normalize("NFKC", name[1]))
        if field:
            return Token("field", name[1], name[0], glued, field=field), name.end()
        follows = text[name.end() : name.end() + 1]
        if _MEANT.fullmatch(name[1]) and _begins_a_value(follows):
            return Token("word" if in_unknown else "unknown", name[1], name[0], glued), name.end()
    return Token(_OPERATORS.get(typed, "word"), tidy(typed), typed, glued), at + len(typed)


def _begins_a_value(char: str) -> bool:
    """False after a colon that is punctuation (`said: yes`), a URL's (`https://`) or a port's (`host:80`)."""
    return char != "" and not char.isspace() and not char.isdigit() and char not in "/" + _CLOSE


def _paired(found: list[Token], notes: Notes) -> list[Token]:
    """Brackets in pairs and no deeper than they may be."""
    kept: list[Token] = []
    depth = 0
    for token in found:
        if token.kind == "open":
            depth += 1
            if depth > DEPTH_MOST:
                notes.add("brackets_too_deep")
                continue
        elif token.kind == "close":
            if depth == 0:
                notes.add("bracket_unopened")
                continue
            depth -= 1
            if depth >= DEPTH_MOST:
                continue
        kept.append(token)
    if depth:
        notes.add("bracket_unclosed")
    return kept + [Token("close", ")", "")] * min(depth, DEPTH_MOST)


def _hint(text: str, found: list[Token], notes: Notes) -> None:
    """Point out what may have been meant as an operator or as a quotation and was not read as one."""
    for before, token, after in zip([None, *found], found, [*found[1:], None], strict=False):
        free = before is None or before.kind in ("word", "quote", "close")
        free = free and after is not None and (before is not None or token.text == "not")
        if free and token.kind == "word" and token.text in _LOWERCASE:
            notes.add("lowercase_operator", token.text, _LOWERCASE[token.text])
    quoted = _STRAIGHT_SINGLE.search(text)
    if quoted and " " in quoted[1]:
        notes.add("single_quotes", used=quoted[1])
