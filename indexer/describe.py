"""A clause tree in the query language's own words, and the normal form that makes it one way only.

Normal form, kept by all_of, any_of and negated: AllOf holds no AllOf and AnyOf no AnyOf; a group of one is
that one; what is left out twice is not left out; AllOf(()) (everything) stands only alone, in an AnyOf or
in a Not. Every clause that parse gives is in it, and parse(describe(clause)).clause == clause for those
nested no deeper than half of what brackets may be.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, datetime

from indexer.query import (
    EVERYTHING,
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

# The name people type where it is not the field's own.
_WRITTEN = {"published": "date"}


def all_of(clauses: Iterable[Clause]) -> Clause:
    """Every one of them, in normal form; of none, everything."""
    flat: list[Clause] = []
    for clause in clauses:
        flat.extend(clause.clauses if isinstance(clause, AllOf) else (clause,))
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def any_of(clauses: Iterable[Clause]) -> Clause:
    """At least one of them, in normal form."""
    flat: list[Clause] = []
    for clause in clauses:
        flat.extend(clause.clauses if isinstance(clause, AnyOf) else (clause,))
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def negated(clause: Clause) -> Clause:
    """All but these, in normal form."""
    return clause.clause if isinstance(clause, Not) else Not(clause)


def top_clauses(clause: Clause) -> tuple[Clause, ...]:
    """The parts that can be counted each on its own; a clause that is no group is its own only part.

    >>> [describe(part) for part in top_clauses(AllOf((Phrase("prime minister"), Not(Term("trump")))))]
    ['"prime minister"', '-trump']
    """
    return clause.clauses if isinstance(clause, AllOf | AnyOf) else (clause,)


def describe(clause: Clause) -> str:
    """The clause as one would type it.

    >>> describe(AllOf((Term("tariffs", "headline"), AnyOf((Prefix("ferr"), Fuzzy("Nara", 1))))))
    'headline:tariffs (ferr* OR Nara~1)'
    """
    match clause:
        case AllOf(clauses) if clauses:
            return " ".join(_inside(part) if isinstance(part, AnyOf) else describe(part) for part in clauses)
        case AllOf():
            return "*"
        case AnyOf(clauses):
            # Nothing that can be typed is an AnyOf of none; what it finds, leaving all out finds too.
            parts = (_inside(part) if isinstance(part, AllOf) else describe(part) for part in clauses)
            return " OR ".join(parts) or "-*"
        case Not(inner):
            return "-" + (_inside(inner) if isinstance(inner, AllOf | AnyOf | Not) else describe(inner))
        case DateRange(field, first, last):
            return f"{_WRITTEN.get(field, field)}:{_days(first, last)}"
    return (f"{clause.field}:" if clause.field else "") + _leaf(clause)


def _inside(clause: Clause) -> str:
    return describe(clause) if clause == EVERYTHING else f"({describe(clause)})"


def _leaf(clause: Term | Exact | Phrase | Near | Prefix | Wildcard | Fuzzy) -> str:
    match clause:
        case Term(word):
            return word
        case Exact(word):
            return f"={word}"
        case Phrase(text):
            return f'"{text}"'
        case Near(text, slop):
            return f'"{text}"~{slop}'
        case Prefix(prefix):
            return f"{prefix}*"
        case Wildcard(pattern):
            return pattern
        case Fuzzy(word, distance):
            return f"{word}~{distance}"


def _days(first: date | datetime | None, last: date | datetime | None) -> str:
    """The shortest of year, month and day that names both ends.

    >>> _days(date(2026, 1, 1), date(2026, 3, 31)), _days(date(2026, 1, 15), None)
    ('2026-01/2026-03', '2026-01-15/')
    """
    if first is None or last is None or isinstance(first, datetime) or isinstance(last, datetime):
        return f"{_written(first)}/{_written(last)}"
    ends = first.isoformat(), last.isoformat()
    if ends[0].endswith("-01") and last.day == calendar.monthrange(last.year, last.month)[1]:
        ends = ends[0][:-3], ends[1][:-3]
        if ends[0].endswith("-01") and last.month == 12:
            ends = ends[0][:-3], ends[1][:-3]
    return ends[0] if ends[0] == ends[1] else "/".join(ends)


def _written(bound: date | datetime | None) -> str:
    if isinstance(bound, datetime):
        return bound.isoformat(timespec="microseconds")
    return bound.isoformat() if bound else ""
