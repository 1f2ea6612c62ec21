"""Hypothesis strategies: small archives and questions about them.

Both draw on the same few words, so that most clauses find something and phrases occur; the words are those
on which searches go wrong: capitals, hyphens, apostrophes, acronyms, numbers, accents, scripts without
spaces, forms of one stem, German that looks like English.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from corpus.article import Article, Dated, slug
from indexer.fields import FACETS, NAME_FIELDS, NONE_VALUE, WORD_FIELDS
from indexer.query import (
    EVERYTHING,
    SORTS,
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
from tests.engines.building import Step, number

WORDS = (
    *("ferry", "ferries", "Ferry", "FERRY", "court", "courts", "the", "The", "who", "WHO", "to", "be", "or"),
    *("us", "US", "U.S.", "NATO", "Nato", "Jae-myung", "Jaemyung", "jae", "myung", "Lee", "O'Brien"),
    *("O’Brien’s", "AT&T", "COVID-19", "1,000", "1.000", "1000", "3.5", "15", "résumé", "resume", "Résumés"),
    *("Straße", "strasse", "die", "dies", "eugenics", "Eugene", "λόγος", "ΛΌΓΟΣ", "Zürich", "zurich"),
    *("법원", "법원은", "법", "은행", "원", "東京", "東京都", "京", "カタカナ", "e-mail", "20th", "US-led"),
)
SEPARATORS = (" ", " ", " ", ", ", ". ", "\n", " — ", "-", "’", "…")
SOURCES = ("Gazette", "The Herald", "법원 신문", "")
SECTIONS = ("Politics", "World News", "")
PEOPLE = ("Kim Min-jung", "Lee Jae", "Ana Brown", "Jae Lee")
PLACES = ("Nara", "São Paulo", "")
LANGUAGES = ("en", "en", "de", "ko", "fr-CA", "")
ZONES = (-12, -5, 0, 1, 9, 14)
FIRST_DAY = date(2025, 12, 29)


def texts(words: tuple[str, ...], most: int) -> st.SearchStrategy[str]:
    """Up to `most` of the words in any order, with what stands between words."""
    pairs = st.lists(st.tuples(st.sampled_from(words), st.sampled_from(SEPARATORS)), max_size=most)
    return pairs.map(lambda found: "".join(word + gap for word, gap in found).strip())


def dates() -> st.SearchStrategy[Dated | None]:
    """Dates of every precision in two months around a year's end, in zones from UTC-12 to +14, and none."""
    return st.one_of(
        st.none(),
        st.just(Dated(value=None, basis="field", raw="soon", doubt="no date")),
        st.builds(
            _dated,
            st.sampled_from(["second", "minute", "day", "month", "year"]),
            st.integers(0, 60),
            st.sampled_from([0, 1, 12 * 60, 23 * 60 + 59]),
            st.sampled_from(ZONES),
        ),
    )


def _dated(precision: Any, day: int, minutes: int, zone: int) -> Dated:
    value = datetime(2025, 12, 15, tzinfo=timezone(timedelta(hours=zone))) + timedelta(days=day)
    if precision in ("second", "minute"):
        value += timedelta(minutes=minutes)
    if precision in ("month", "year"):
        value = value.replace(day=1)
    if precision == "year":
        value = value.replace(month=1)
    return Dated(value=value, basis="field", precision=precision, raw=value.isoformat())


def articles(words: tuple[str, ...]) -> st.SearchStrategy[Article]:
    """Articles of the words, any field of which may be empty; without an id of their own."""

    def made(source: str, **values: Any) -> Article:
        return Article(id=number(0), source=source, source_id=slug(source), **values)

    return st.builds(
        made,
        st.sampled_from(SOURCES),
        headline=texts(words, 4),
        summary=texts(words, 2),
        body=texts(words, 14),
        by=st.sampled_from(["", "", "By Ana Brown"]),
        authors=st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple),
        located=st.sampled_from(PLACES),
        section=st.sampled_from(SECTIONS),
        keywords=st.lists(st.sampled_from(words), max_size=2, unique=True).map(tuple),
        language=st.sampled_from(LANGUAGES),
        published=dates(),
        updated=st.one_of(st.none(), dates()),
    )


def days() -> st.SearchStrategy[date | None]:
    return st.one_of(st.none(), st.integers(-20, 50).map(lambda at: FIRST_DAY + timedelta(days=at)))


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(-20 * 24, 50 * 24).map(
        lambda at: datetime(2025, 12, 29, tzinfo=UTC) + timedelta(hours=at)
    )


def ranges() -> st.SearchStrategy[DateRange]:
    bounds = st.one_of(days(), instants())
    return st.builds(DateRange, st.sampled_from(["published", "updated"]), bounds, bounds)


def fields() -> st.SearchStrategy[str]:
    names = [each.name for each in (*WORD_FIELDS, *NAME_FIELDS)]
    return st.one_of(st.just(""), st.just(""), st.just(""), st.sampled_from(names))


def leaves(
    words: tuple[str, ...], in_fields: st.SearchStrategy[str] | None = None
) -> st.SearchStrategy[Clause]:
    """Clauses that look for words."""
    word = st.sampled_from((*words, *PEOPLE[0].split(), "Herald", "World"))
    some = st.lists(word, min_size=1, max_size=3).map(" ".join)
    field = fields() if in_fields is None else in_fields
    return st.one_of(
        st.builds(Term, word, field),
        st.builds(Term, word, field),
        st.builds(Exact, word, field),
        st.builds(Phrase, some, field),
        st.builds(Near, some, st.integers(0, 3), field),
        st.builds(lambda w, n, f: Prefix(w[:n], f), word, st.integers(1, 4), field),
        st.builds(Wildcard, st.builds(_holed, word, st.integers(0, 5), st.sampled_from("*?")), field),
        st.builds(Fuzzy, word, st.integers(1, 2), field),
    )


def _holed(word: str, place: int, sign: str) -> str:
    place = min(place, len(word) - 1)
    return word[:place] + sign + word[place + 1 :]


def clauses(words: tuple[str, ...]) -> st.SearchStrategy[Clause]:
    """Trees of every class of clause."""

    def grown(inner: st.SearchStrategy[Clause]) -> st.SearchStrategy[Clause]:
        several = st.lists(inner, max_size=3).map(tuple)
        return st.one_of(st.builds(AllOf, several), st.builds(AnyOf, several), st.builds(Not, inner))

    return st.recursive(st.one_of(leaves(words), leaves(words), ranges()), grown, max_leaves=5)


@dataclass(frozen=True)
class Case:
    """An archive as writers made it, and clauses to ask of it."""

    words: tuple[str, ...]
    steps: tuple[Step, ...]
    clauses: tuple[Clause, ...]


def vocabularies() -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(WORDS), min_size=2, max_size=7, unique=True).map(tuple)


@st.composite
def cases(draw: st.DrawFn, steps_most: int = 3, removing: bool = True, clauses_most: int = 12) -> Case:
    """Up to nine articles, written in up to `steps_most` steps that may replace and remove."""
    words = draw(vocabularies())
    steps = []
    free = list(range(1, 10))
    for _ in range(draw(st.integers(1, steps_most))):
        ids = draw(st.lists(st.sampled_from(free), min_size=1, max_size=5, unique=True)) if free else []
        added = tuple(_with_id(draw(articles(words)), each) for each in ids)
        if removing:
            removed = tuple(map(number, draw(st.lists(st.integers(1, 9), max_size=2, unique=True))))
        else:
            removed = ()
            free = [each for each in free if each not in ids]
        steps.append(Step(added, removed))
    asked = draw(st.lists(clauses(words), min_size=4, max_size=clauses_most))
    return Case(words, tuple(steps), tuple(asked))


def _with_id(article: Article, place: int) -> Article:
    return replace(article, id=number(place))


def values_of_facets() -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """What a query may ask of facets: values that some article has, some that none has, and none at all."""
    known = {
        "source": [slug(name) for name in SOURCES if name],
        "section": [name for name in SECTIONS if name],
        "author": list(PEOPLE),
        "place": [name for name in PLACES if name],
        "language": ["en", "de", "ko", "fr"],
        "year": ["2025", "2026"],
        "month": ["2025-12", "2026-01", "2026-02"],
    }
    chosen = [
        st.tuples(
            st.just(name),
            st.lists(st.sampled_from([*values, NONE_VALUE, "nosuch"]), min_size=1, max_size=2, unique=True),
        )
        for name, values in known.items()
    ]
    return st.lists(st.one_of(chosen), max_size=2).map(lambda pairs: {name: tuple(v) for name, v in pairs})


def queries(words: tuple[str, ...]) -> st.SearchStrategy[Query]:
    """Questions with filters of every kind; every facet and the timeline asked for."""
    bounds = st.one_of(st.none(), st.none(), days(), instants())
    return st.builds(
        Query,
        clause=st.one_of(st.just(EVERYTHING), leaves(words), clauses(words)),
        include=values_of_facets(),
        exclude=values_of_facets(),
        first=bounds,
        last=bounds,
        date_field=st.sampled_from(["published", "published", "updated", "indexed"]),
        tz=st.sampled_from(["", "", "Asia/Seoul", "America/New_York"]),
        undated=st.sampled_from([None, None, "include", "only", "exclude"]),
        search_in=st.sampled_from([(), (), ("headline",), ("body", "summary")]),
        sort=st.sampled_from([None, *SORTS]),
        facets=st.just(FACETS),
        facet_size=st.just(100),
        timeline=st.just(True),
        snippets=st.just(1),
        page_size=st.just(3),
    )


@st.composite
def questioned(draw: st.DrawFn, queries_most: int = 8) -> tuple[Case, list[Query]]:
    """An archive and queries of it."""
    case = draw(cases(clauses_most=4))
    return case, draw(st.lists(queries(case.words), min_size=3, max_size=queries_most))
