"""What can be asked: a clause tree made of the query language's own terms, and the Query around it.

Values only: no engine's objects, so a saved search outlives any engine. Words in clauses are raw, as they
were typed; what is a token, a stem or a bigram is the analysis's business (analysis.py).

What each clause means (the engine and the brute-force evaluator of the tests both answer to this):

    Term      a bare word: any form with the same stem in the article's language, accents folded; forms as
              typed score higher. A word that analyses into several tokens means them side by side.
    Exact     the word as typed but for case (`=word`).
    Phrase    the exact words side by side, in order.
    Near      the exact words in any order with at most `slop` other words among them.
    Prefix    a word that begins so; Wildcard: `*` any letters, `?` one letter; Fuzzy: within `distance` edits
              (insert, delete, replace, swap of neighbours). All over exact terms; each scores a constant.
    DateRange the days an article's date may mean touch [first, last], both inclusive, None open.
    AllOf     every clause; AnyOf: at least one; Not: the articles that its clause does not match.

`field` narrows a clause to one field of fields.FIELDS by its canonical name; "" means the "words" fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from indexer.fields import FACETS


@dataclass(frozen=True, slots=True)
class Term:
    word: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Exact:
    word: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    text: str
    slop: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class Prefix:
    prefix: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Wildcard:
    pattern: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Fuzzy:
    word: str
    distance: int = 1
    field: str = ""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days, inclusive; a bound that is an aware datetime compares instants instead of local days."""

    field: str
    first: date | datetime | None = None
    last: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every clause matches; AllOf(()) matches every article."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one clause matches; AnyOf(()) matches none."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Not:
    clause: Clause


Clause = Term | Exact | Phrase | Near | Prefix | Wildcard | Fuzzy | DateRange | AllOf | AnyOf | Not
EVERYTHING = AllOf(())

Match = Literal["all", "any"]
Sort = Literal["relevance", "newest", "oldest", "updated", "longest", "indexed"]
Undated = Literal["include", "only", "exclude"]
DateField = Literal["published", "updated", "indexed"]
# What may be asked for; "indexed", what came in last first, is the order of feeds alone.
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest", "updated", "longest")


@dataclass(frozen=True, slots=True)
class Note:
    """What was repaired, ignored or worth a hint; `code` is stable, `message` is for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a typed text means: the clause, and notes on what was repaired or ignored."""

    clause: Clause
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question with everything that changes its answer.

    `text` is as typed; `clause` what it means (parse.parse). `include` and `exclude` map facet names
    (fields.FACETS, values as counted, "~none" for none) to values: values of one facet are OR, facets are
    AND. `first` and `last` bound `date_field`, inclusive; a date is a local day of the article, or of zone
    `tz` when given; an aware datetime an instant. `undated` None means "include" without a date filter and
    "exclude" with one. `search_in` narrows clauses without a field to those "words" fields.
    `sort` None means relevance when there is a text clause, else newest. `facets` are counted with
    `facet_size` values each. `cursor` continues after the last hit of an earlier page and overrules `page`.
    Without `marks` the hits come unmarked and uncounted, without `edges` the page has no `first` and `last`:
    for feeds, completions and counts that show neither, in half the time.
    """

    text: str = ""
    clause: Clause = EVERYTHING
    notes: tuple[Note, ...] = ()
    match: Match = "all"
    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: date | datetime | None = None
    last: date | datetime | None = None
    date_field: DateField = "published"
    tz: str = ""
    undated: Undated | None = None
    search_in: tuple[str, ...] = ()
    sort: Sort | None = None
    page: int = 1
    page_size: int = 20
    cursor: str = ""
    facets: tuple[str, ...] = ()
    facet_size: int = 10
    timeline: bool = False
    snippets: int = 3
    snippet_chars: int = 200
    explain: bool = False
    marks: bool = True
    edges: bool = True

    def __post_init__(self) -> None:
        unknown = [name for name in (*self.include, *self.exclude, *self.facets) if name not in FACETS]
        if unknown:
            raise ValueError(f"no such facet: {', '.join(unknown)}")
        if self.page < 1 or self.page_size < 1:
            raise ValueError("page and page_size count from 1")
