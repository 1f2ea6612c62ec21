"""A headline typed all in capitals, asked in small letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from indexer.fields import NAME_FIELDS
from indexer.query import AllOf, AnyOf, Clause, Not, Term

_NAMES = frozenset(field.name for field in NAME_FIELDS)
# An acronym has up to so many letters (analysis.py); a longer word in capitals is a word, shouted.
_ACRONYM_MOST = 5
# Typed in small letters so it would begin with the name of a field.
_COLON_INSIDE = re.compile("[:：].")


def calmed(clause: Clause) -> Clause:
    """The clause with its bare words in small letters where they are several, all in capitals, one long.

    A headline copied from a wire or a press office is: of 497 real ones, asked word for word, a third did
    not find their own article while IN, TO and MAY in them were read as acronyms. Words of a name field
    are names and have no part in it; what stands in quotation marks or after = is asked as it stands.

    >>> calmed(AllOf((Term("FERRY"), Term("SINKS"), Term("IN"), Term("HARBOUR")))).clauses[2]
    Term(word='in', field='')
    >>> calmed(AllOf((Term("US"), Term("NATO")))).clauses[0]
    Term(word='US', field='')
    """
    words = [term.word for term in _bare_words(clause)]
    if len(words) < 2 or not " ".join(words).isupper():
        return clause
    if not any(sum(map(str.isalpha, word)) > _ACRONYM_MOST for word in words):
        return clause
    return _each(clause, _in_small_letters)


def _bare_words(clause: Clause) -> Iterator[Term]:
    match clause:
        case AllOf(clauses) | AnyOf(clauses):
            for each in clauses:
                yield from _bare_words(each)
        case Not(inner):
            yield from _bare_words(inner)
        case Term(_, field) if field not in _NAMES:
            yield clause


def _each(clause: Clause, change: Callable[[Term], Term]) -> Clause:
    match clause:
        case AllOf(clauses):
            return AllOf(tuple(_each(each, change) for each in clauses))
        case AnyOf(clauses):
            return AnyOf(tuple(_each(each, change) for each in clauses))
        case Not(inner):
            return Not(_each(inner, change))
        case Term(_, field) if field not in _NAMES:
            return change(clause)
    return clause


def _in_small_letters(term: Term) -> Term:
    return term if _COLON_INSIDE.search(term.word) else replace(term, word=term.word.lower())
