"""Did you mean, and completions while typing: both only from what the archive holds."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from indexer.analysis import term_of, tokens
from indexer.describe import describe
from indexer.parse import parse
from indexer.query import AllOf, AnyOf, Clause, Query, Term
from indexer.results import Suggestion
from indexer.stems import fold
from indexer.whoosh_engine.plan import Every

if TYPE_CHECKING:
    from indexer.whoosh_engine.engine import WhooshEngine

# A word found in fewer articles than this may be a misspelling; a better one must be found in this many
# times more.
_RARE, _TIMES_MORE = 3, 10
# A correction is offered from this many letters on; two edits only for long words.
_LETTERS_LEAST, _LETTERS_FOR_TWO = 4, 8
_WORDS_MOST = 12


def better_spelling(engine: WhooshEngine, query: Query, total: int) -> Suggestion | None:
    """The query with unknown or very rare bare words replaced by their likeliest spelling.

    Only when that finds more articles; quoted, exact, wildcard and negated words are left as typed.
    """
    if total >= _RARE and _in_all_found(engine, query):
        return None
    words = _bare_words(query.clause)
    if not words or len(words) > _WORDS_MOST:
        return None
    better = {word: found for word in words if (found := _corrected(engine, word))}
    if not better:
        return None
    clause = _replaced(query.clause, better)
    found_total = engine.count(dataclasses.replace(query, clause=clause, cursor="", page=1))
    if found_total <= total:
        return None
    return Suggestion(text=describe(clause), total=found_total)


def _in_all_found(engine: WhooshEngine, query: Query) -> bool:
    """Whether every article found holds all the words asked for, so that none is rarer than these."""
    match query.clause:
        case Term():
            return True
        case AllOf(clauses):
            # Where two words may also stand joined the plan has other ways.
            plan = engine.compiler.compile(query.clause, query.search_in)
            return isinstance(plan, Every) and all(isinstance(each, Term) for each in clauses)
    return False


def _bare_words(clause: Clause) -> list[str]:
    match clause:
        case Term(word, ""):
            return [word]
        case AllOf(clauses) | AnyOf(clauses):
            return [word for each in clauses for word in _bare_words(each)]
    return []


def _replaced(clause: Clause, better: dict[str, str]) -> Clause:
    match clause:
        case Term(word, "") if word in better:
            return Term(better[word])
        case AllOf(clauses):
            return AllOf(tuple(_replaced(each, better) for each in clauses))
        case AnyOf(clauses):
            return AnyOf(tuple(_replaced(each, better) for each in clauses))
    return clause


def _corrected(engine: WhooshEngine, word: str) -> str:
    """The likeliest spelling of a word that is a single unknown or rare term; "" when there is none."""
    found = list(tokens(word))
    if len(found) != 1 or found[0].kind != "word" or len(found[0].term) < _LETTERS_LEAST:
        return ""
    term = found[0].term
    # All the word's postings less all deleted articles are the fewest that it can be found in.
    if engine.executor.frequency("text", term) - engine.store.deleted_count >= _RARE:
        return ""
    known = _stem_frequency(engine, term)
    if known >= _RARE:
        return ""
    dictionary = engine.dictionary("text")
    # A word that the archive does hold is more likely meant: Takaichi, once, is no misspelt Takashi.
    for distance in (1, 2) if len(term) >= _LETTERS_FOR_TWO and not known else (1,):
        candidates = [
            each
            for each in dictionary.near(term, distance)
            if each != term and each.isalpha() and dictionary.frequency(each) >= max(2, known * _TIMES_MORE)
        ]
        if candidates:
            # Spellings that begin alike are likelier than those that do not.
            return max(candidates, key=lambda each: (each[0] == term[0], dictionary.frequency(each), each))
    return ""


def _stem_frequency(engine: WhooshEngine, term: str) -> int:
    return engine.count(Query(clause=Term(term)))


def completions(engine: WhooshEngine, prefix: str, limit: int) -> list[tuple[str, str, int]]:
    """What the archive holds that begins so: authors, places, sections, words, and headlines with the words.

    Most articles first within each kind; names before words before headlines.
    """
    wanted = fold(term_of(prefix.strip()))
    if not wanted or limit < 1:
        return []
    found: list[tuple[str, str, int]] = []
    for kind in ("author", "place", "section"):
        values = engine.columns.values(kind)
        counts, _ = values.counted(engine.columns.alive)
        names = [
            (label, kind, int(count))
            for label, count in zip(values.labels, counts.tolist(), strict=True)
            if count and any(fold(term_of(part)).startswith(wanted) for part in (label, *label.split()))
        ]
        found.extend(sorted(names, key=lambda row: (-row[2], row[0]))[: max(2, limit // 3)])
    if " " not in wanted:
        dictionary = engine.dictionary("text")
        rows = [
            (dictionary.frequency(term), term) for term in dictionary.starting_with(term_of(prefix.strip()))
        ]
        words = [(term, "word", count) for count, term in rows if term.isalpha()]
        found.extend(sorted(words, key=lambda row: (-row[2], row[0]))[:limit])
    if len(found) < limit:
        found.extend(_headlines(engine, prefix, limit - len(found)))
    return found[:limit]


def _headlines(engine: WhooshEngine, prefix: str, limit: int) -> list[tuple[str, str, int]]:
    words = _words(prefix)
    if not words:
        return []
    clause = parse(" ".join(f"headline:{word}" for word in words) + "*").clause
    page = engine.search(
        Query(clause=clause, sort="newest", page_size=limit, snippets=0, marks=False, edges=False)
    )
    return [(hit.article.headline, "headline", 1) for hit in page.hits]


def _words(text: str) -> list[str]:
    return [token.term for token in tokens(text) if token.kind in ("word", "number", "cjk")][:6]
