"""Text to terms, the same for indexing, querying and marking.

A text is cut into chunks: runs of letters, marks and digits, held together by hyphens, apostrophes,
ampersands, dots and commas that stand inside them; Han, Kana and Hangul runs are chunks of their own. Each
chunk gives terms at word positions:

    Jae-myung   jae@0 myung@1 jaemyung@0       parts, and joined
    O'Brien     o@0 brien@1 obrien@0
    Beijing's   beijing@0                      a possessive is dropped
    U.S.        u.s@0                          an acronym
    US          us@0 u.s@0                     also, where the text is not all capitals
    1,000 3.5%  1000@0 3.5@1                   numbers without separators
    법원은       법원@0 원은@1 은@2               bigrams, and the last character alone
    Straße      strasse@0                      casefolded, accents kept

Nothing is stopped. Terms are casefolded NFKC; the stems of "word" terms are made by stems.py.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

import regex

Kind = Literal["word", "number", "acronym", "cjk"]

# Changes whenever the same text would give other terms; part of every manifest.
ANALYSIS_VERSION = "1"

# In characters. Longer ones are cut, so that a page of base64 cannot fill the dictionary with giants.
TERM_MOST = 80

# Chunks remembered, at about 500 bytes each; then they are forgotten and learnt anew.
KNOWN_MOST = 200_000

_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々〆ゝゞ"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_CJK}]]"
_JOINER = "-‐‑'’ʼ＇&.,．，＆"
_CHUNKS = regex.compile(rf"(?V1)(?P<cjk>[{_CJK}]+)|{_LETTER}+(?:[{_JOINER}]{_LETTER}+)*")
_PARTS = regex.compile(rf"(?V1)[^{_JOINER}]+")
_POSSESSIVE = regex.compile(r"['’ʼ＇][sS]$")
_ACRONYM = regex.compile(r"\p{L}(?:\.\p{L})+")
_GROUPED = regex.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?")
_GROUPED_BY_DOTS = regex.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?")
_DECIMAL = regex.compile(r"\d+[.,]\d+")


class Token(NamedTuple):
    """One term: its word position (from 0) and the characters [start, stop) it stands for."""

    term: str
    position: int
    start: int
    stop: int
    kind: Kind


class Chunk(NamedTuple):
    """What one distinct chunk gives: tokens relative to its start, and how many positions it takes."""

    tokens: tuple[Token, ...]
    positions: int


def analysis_digest(protected: frozenset[str] = frozenset()) -> str:
    """12 hex digits of all that decides which terms a text gives, for the manifest."""
    text = f"{ANALYSIS_VERSION} {unicodedata.unidata_version} {sorted(protected)}"
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


_known: dict[str, Chunk] = {}
_tuple = tuple.__new__


def tokens(text: str, *, asked: bool = False) -> Iterator[Token]:
    """The terms of a text in order of position; a joined form follows the first of its parts.

    In a text that was `asked`, one word alone in capitals is no shouting: US means the acronym.

    >>> [(token.term, token.position) for token in tokens("AT&T's U.S. unit")]
    [('at', 0), ('att', 0), ('t', 1), ('u.s', 2), ('unit', 3)]
    """
    position = 0
    for line_start, line in _lines(text):
        shouted = line.isupper() and not (asked and len(line.split()) == 1)
        for found in _CHUNKS.finditer(line):
            raw = found.group()
            # Every article shown is cut anew for its marks. Looking up first, and making the tuple without
            # Token's own __new__, takes 0.88 s of processor for 666,000 tokens instead of 1.18 s.
            chunk = _known.get(raw) or (_cjk_chunk(raw) if found.lastgroup else chunk_of(raw))
            start = line_start + found.start()
            for term, offset, first, last, kind in chunk.tokens:
                if not (shouted and kind == "acronym" and "." not in raw):
                    yield _tuple(Token, (term, position + offset, start + first, start + last, kind))
            position += chunk.positions


def chunk_of(raw: str) -> Chunk:
    """The tokens of one chunk that is not CJK; remembered, since an archive has few distinct ones."""
    chunk = _known.get(raw)
    if chunk is None:
        if len(_known) > KNOWN_MOST:
            _known.clear()
        chunk = _known[raw] = _make_chunk(raw)
    return chunk


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def term_of(raw: str) -> str:
    """Letters as a term is kept: NFKC, casefolded, bounded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", raw).casefold())[:TERM_MOST]


def _make_chunk(raw: str) -> Chunk:
    plain = unicodedata.normalize("NFKC", raw)
    if plain[0].isdecimal():
        number = _number(plain)
        if number:
            terms = tuple(Token(term, 0, 0, len(raw), "number") for term in number)
            return Chunk(terms, 1)
    if _ACRONYM.fullmatch(plain):
        return Chunk((Token(term_of(raw), 0, 0, len(raw), "acronym"),), 1)
    end = len(raw)
    possessive = _POSSESSIVE.search(raw)
    if possessive and possessive.start() > 0:
        end = possessive.start()
    parts = [(found.group(), found.start(), found.end()) for found in _PARTS.finditer(raw, 0, end)]
    made: list[Token] = []
    for offset, (part, start, stop) in enumerate(parts):
        term = term_of(part)
        made.append(Token(term, offset, start, stop, "number" if term.isdecimal() else "word"))
        if 2 <= len(part) <= 5 and part.isupper() and part.isalpha() and "&" not in raw:
            made.append(Token(".".join(term), offset, start, stop, "acronym"))
    joined = _joined(raw, parts)
    if joined:
        made.insert(1, Token(joined, 0, 0, parts[-1][2], "word"))
    return Chunk(tuple(made), len(parts))


def _joined(raw: str, parts: list[tuple[str, int, int]]) -> str:
    """The parts as one word; "" for a single part, for numbers, and across dots and commas."""
    if len(parts) < 2 or all(part.isdecimal() for part, _, _ in parts):
        return ""
    if any(raw[stop] in ".,．，" for _, _, stop in parts[:-1]):
        return ""
    return term_of("".join(part for part, _, _ in parts))


def _number(plain: str) -> tuple[str, ...]:
    """The number without its separators; with the other reading where it has two (1.000); () if none is.

    Digits of every script are read as ASCII ones, which NFKC alone does not do.
    """
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)
    if digits.isdecimal():
        return (digits[:TERM_MOST],)
    if _GROUPED.fullmatch(digits):
        return (digits.replace(",", "")[:TERM_MOST],)
    if _GROUPED_BY_DOTS.fullmatch(digits):
        return (digits.replace(".", "").replace(",", ".")[:TERM_MOST],)
    if _DECIMAL.fullmatch(digits):
        decimal = digits.replace(",", ".")[:TERM_MOST]
        whole, _, rest = decimal.partition(".")
        return (decimal, whole + rest) if len(rest) == 3 and len(whole) <= 3 and whole != "0" else (decimal,)
    return ()


def _cjk_chunk(raw: str) -> Chunk:
    # Character by character: NFKC of the whole could compose two of them and shift the offsets.
    chars = [unicodedata.normalize("NFKC", char) for char in raw]
    last = len(chars) - 1
    pairs = [Token(chars[i] + chars[i + 1], i, i, i + 2, "cjk") for i in range(last)]
    return Chunk((*pairs, Token(chars[last], last, last, last + 1, "cjk")), last + 1)
