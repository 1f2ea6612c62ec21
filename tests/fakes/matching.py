"""Which articles a clause matches and where, word by word, as indexer/query.py means it."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from corpus.article import Article
from indexer.fields import BY_NAME, WORD_FIELDS, names_of, words_of
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
    Term,
    Wildcard,
)
from tests.fakes.filtering import within

MARKED_FIELDS = tuple(field.name for field in WORD_FIELDS)


def matches(clause: Clause, article: Article, search_in: tuple[str, ...] = ()) -> bool:
    """Whether the article matches, by the meaning that indexer/query.py gives each clause."""
    if isinstance(clause, AllOf):
        return all(matches(each, article, search_in) for each in clause.clauses)
    if isinstance(clause, AnyOf):
        return any(matches(each, article, search_in) for each in clause.clauses)
    if isinstance(clause, Not):
        return not matches(clause.clause, article, search_in)
    if isinstance(clause, DateRange):
        dated = article.updated if clause.field == "updated" else article.published
        return bool(dated and dated.value and within(dated, clause.first, clause.last, ""))
    if clause.field in BY_NAME and BY_NAME[clause.field].kind == "name":
        return any(spans_in(clause, name) for name in names_of(article, clause.field))
    return any(spans_in(clause, words_of(article, name)) for name in fields_of(clause, search_in))


def fields_of(clause: Any, search_in: tuple[str, ...]) -> tuple[str, ...]:
    return (clause.field,) if clause.field else search_in or MARKED_FIELDS


def leaves_of(clause: Clause) -> Iterator[Any]:
    if isinstance(clause, AllOf | AnyOf):
        for each in clause.clauses:
            yield from leaves_of(each)
    elif not isinstance(clause, Not | DateRange):
        yield clause


def top_of(query: Query) -> tuple[Clause, ...]:
    clause = query.clause
    if isinstance(clause, AllOf | AnyOf):
        return clause.clauses
    return (clause,)


def spans_in(clause: Any, text: str) -> list[tuple[int, int]]:
    tokens = tokens_of(text)
    if isinstance(clause, Near):
        return _near_spans([word for word, _, _ in tokens_of(clause.text)], clause.slop, tokens)
    tests: list[Callable[[str], bool]]
    if isinstance(clause, Phrase):
        tests = [functools.partial(str.__eq__, word) for word, _, _ in tokens_of(clause.text)]
    elif isinstance(clause, Exact):
        tests = [functools.partial(str.__eq__, word) for word, _, _ in tokens_of(clause.word)]
    elif isinstance(clause, Term):
        tests = [functools.partial(_same_stem, word) for word, _, _ in tokens_of(clause.word)]
    elif isinstance(clause, Prefix):
        tests = [functools.partial(_begins, clause.prefix.casefold())]
    elif isinstance(clause, Wildcard):
        pattern = re.escape(clause.pattern.casefold()).replace(r"\*", ".*").replace(r"\?", ".")
        tests = [lambda word: re.fullmatch(pattern, word) is not None]
    elif isinstance(clause, Fuzzy):
        tests = [lambda word: _edits(clause.word.casefold(), word) <= clause.distance]
    else:
        raise TypeError(f"no such clause: {clause!r}")
    width = len(tests)
    return [
        (tokens[at][1], tokens[at + width - 1][2])
        for at in range(len(tokens) - width + 1 if width else 0)
        if all(test(tokens[at + step][0]) for step, test in enumerate(tests))
    ]


def _near_spans(words: list[str], slop: int, tokens: list[tuple[str, int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for at in range(len(tokens)):
        for width in range(len(words), len(words) + slop + 1):
            window = tokens[at : at + width]
            if len(window) == width and not Counter(words) - Counter(word for word, _, _ in window):
                found.extend((start, stop) for word, start, stop in window if word in words)
                break
    return found


def tokens_of(text: str) -> list[tuple[str, int, int]]:
    return [(m.group().casefold(), m.start(), m.end()) for m in re.finditer(r"[^\W_]+", text)]


def folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _same_stem(word: str, other: str) -> bool:
    stems = [folded(each) for each in (word, other)]
    return len({each[:-1] if len(each) > 3 and each.endswith("s") else each for each in stems}) == 1


def _begins(prefix: str, word: str) -> bool:
    return word.startswith(prefix)


def _edits(one: str, other: str) -> int:
    """Edits with swaps of neighbours (optimal string alignment)."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
