"""What stands around the results: filters, chips, sorts, dates, pages, and ways out of nothing found.

Each is a value with the address it leads to; templates only draw. Only `ways_out` asks the engine.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.describe import all_of, describe
from indexer.engine import Engine
from indexer.fields import NONE_VALUE
from indexer.query import AllOf, Clause, Query
from indexer.results import Facet, ResultPage
from web.languages import language_label
from web.linked import toggled
from web.links import Address
from web.params import DEPTH_MOST, Asked
from web.shown import counted, day_text, month_text

SEARCH = "/search"
FACET_LABELS = {
    "source": "Source",
    "section": "Section",
    "place": "Place",
    "author": "Author",
    "language": "Language",
    "year": "Year",
    "month": "Month",
}
NONE_LABELS = {"source": "no source", "section": "no section", "place": "no place", "author": "no author",
               "language": "language unknown", "year": "undated", "month": "undated"}
SORT_LABELS = {
    "relevance": "Relevance",
    "newest": "Newest",
    "oldest": "Oldest",
    "updated": "Updated",
    "longest": "Longest",
}
PRESETS = (
    ("Since yesterday", "yesterday"),
    ("Past week", "P7D"),
    ("Past month", "P1M"),
    ("Past year", "P1Y"),
)
DATE_FIELD_LABELS = {"published": "Published", "updated": "Updated", "indexed": "Indexed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to choose: its words, where it leads, how many articles it has, whether it is in force.

    `exclude` leads to the articles without it, "" where that makes no sense.
    """

    label: str
    url: str
    count: int | None = None
    chosen: bool = False
    excluded: bool = False
    exclude: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One facet as it is drawn; `other` counts the values that are not listed, `clear` lifts its filters."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    other: int = 0
    clear: str = ""
    complete: bool = True


def groups_of(page: ResultPage, address: Address) -> tuple[Group, ...]:
    """The page's facets with something to choose."""
    groups = (_group(facet, page.query, address) for facet in page.facets)
    return tuple(group for group in groups if group.choices)


def _group(facet: Facet, query: Query, address: Address) -> Group:
    included, excluded = query.include.get(facet.name, ()), query.exclude.get(facet.name, ())
    rows = [(bucket.value, bucket.label, bucket.count) for bucket in facet.buckets]
    listed = {value for value, _, _ in rows}
    if (facet.missing or NONE_VALUE in (*included, *excluded)) and NONE_VALUE not in listed:
        rows.append((NONE_VALUE, NONE_VALUE, facet.missing))
    choices = []
    for value, label, count in rows:
        is_out = value in excluded
        name = f"exclude_{facet.name}" if is_out else facet.name
        choices.append(Choice(
            label=value_label(facet.name, value, label),
            url=toggled(address, name, value).at(SEARCH),
            count=count,
            chosen=value in included,
            excluded=is_out,
            exclude="" if is_out or value in included
            else address.adding(f"exclude_{facet.name}", value).at(SEARCH),
        ))
    free = address.without(facet.name).without(f"exclude_{facet.name}").at(SEARCH)
    return Group(name=facet.name, label=FACET_LABELS[facet.name], choices=tuple(choices), other=facet.other,
                 clear=free if included or excluded else "", complete=facet.complete)


def value_label(facet: str, value: str, label: str = "") -> str:
    """What people call a value of a facet."""
    if value == NONE_VALUE:
        return NONE_LABELS[facet]
    if facet == "language":
        return language_label(value)
    return month_text(value) if facet == "month" else label or value


def chips_of(asked: Asked, page: ResultPage | None, address: Address) -> tuple[Choice, ...]:
    """Every filter in force, each leading to the search without it."""
    return tuple(_chips(asked, page, address))


def _chips(asked: Asked, page: ResultPage | None, address: Address) -> Iterator[Choice]:
    query = asked.query
    labels = {
        (facet.name, bucket.value): bucket.label
        for facet in (page.facets if page else ())
        for bucket in facet.buckets
    }
    for sign, filters in (("", query.include), ("exclude_", query.exclude)):
        for name, values in filters.items():
            for value in values:
                label = value_label(name, value, labels.get((name, value), ""))
                yield Choice(
                    label=f"{'not ' if sign else ''}{FACET_LABELS[name]}: {label}",
                    url=address.without(f"{sign}{name}", value).at(SEARCH),
                    excluded=bool(sign),
                )
    which = "" if query.date_field == "published" else f"{DATE_FIELD_LABELS[query.date_field]} "
    if asked.from_date and query.first:
        label = f"{which}from {day_text(query.first)}"
        yield Choice(label=label, url=address.setting(from_date=None).at(SEARCH))
    if asked.to_date and query.last:
        label = f"{which}until {day_text(query.last)}"
        yield Choice(label=label, url=address.setting(to_date=None).at(SEARCH))
    if query.undated:
        label = {"only": "undated only", "exclude": "dated only", "include": "undated too"}[query.undated]
        yield Choice(label=label, url=address.setting(undated=None).at(SEARCH))
    if query.tz:
        yield Choice(label=f"days in {query.tz}", url=address.setting(tz=None).at(SEARCH))
    if query.search_in:
        label = f"only in {', '.join(query.search_in)}"
        yield Choice(label=label, url=address.setting(search_in=None).at(SEARCH))
    if query.match == "any":
        yield Choice(label="any of the words", url=address.setting(match=None).at(SEARCH))


def sorts_of(page: ResultPage, address: Address) -> tuple[Choice, ...]:
    return tuple(
        Choice(label=label, url=address.setting(sort=sort).at(SEARCH), chosen=page.sort == sort)
        for sort, label in SORT_LABELS.items()
    )


def presets_of(asked: Asked, address: Address) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            label=label,
            url=address.setting(from_date=value, to_date=None).at(SEARCH),
            chosen=asked.from_date == value and not asked.to_date,
        )
        for label, value in PRESETS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Links between pages of results; a number of None is a gap, `more` goes on past the last by cursor."""

    numbers: tuple[tuple[int | None, str], ...]
    here: int | None
    previous: str
    following: str
    more: str


def pages_of(page: ResultPage, address: Address) -> Pages | None:
    """The links to other pages; None when all results stand on this one."""
    query = page.query
    numbered = min(page.pages, DEPTH_MOST // query.page_size)
    if page.pages < 2 and not query.cursor:
        return None

    def at(number: int) -> str:
        return address.setting(page=str(number) if number > 1 else None, cursor=None).at(SEARCH)

    more = address.setting(page=None, cursor=page.next_cursor).at(SEARCH) if page.next_cursor else ""
    if query.cursor:
        return Pages(numbers=((1, at(1)),), here=None, previous="", following="", more=more)
    here = query.page
    return Pages(
        numbers=tuple((number, at(number) if number else "") for number in _numbers(here, numbered)),
        here=here,
        previous=at(here - 1) if here > 1 else "",
        following=at(here + 1) if here < numbered else "",
        more=more if here == numbered else "",
    )


def _numbers(here: int, last: int) -> Iterator[int | None]:
    """First, last and the neighbours of here, None for what is left out between them.

    >>> list(_numbers(5, 9))
    [1, None, 4, 5, 6, None, 9]
    """
    before = 0
    for number in sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)}):
        if number - before == 2:
            yield number - 1
        elif number - before > 2:
            yield None
        yield number
        before = number


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A search that finds something where this one did not: what it gives up, and how many it finds."""

    label: str
    url: str
    total: int


# Each way out is a search of its own; past this many clauses their number says more about the query.
WAYS_MOST = 6


def ways_out(page: ResultPage, address: Address, engine: Engine) -> tuple[WayOut, ...]:
    """For a search that found nothing: without one clause, with any of the words, without the filters."""
    query = page.query
    ways = []
    if query.include or query.exclude or query.first or query.last or query.undated:
        free = dataclasses.replace(query, include={}, exclude={}, first=None, last=None, undated=None)
        kept = address.only(("q", "match", "search_in", "sort"))
        ways.append(WayOut(label="without filters", url=kept.at(SEARCH), total=engine.count(free)))
    if page.any_total:
        ways.append(WayOut(label="with any of the words", url=address.setting(match="any").at(SEARCH),
                           total=page.any_total))
    clauses = query.clause.clauses if isinstance(query.clause, AllOf) else ()
    if 1 < len(clauses) <= WAYS_MOST:
        ways.extend(_without_one(query, clauses, address, engine))
    return tuple(way for way in ways if way.total)


def _without_one(
    query: Query, clauses: tuple[Clause, ...], address: Address, engine: Engine
) -> Iterator[WayOut]:
    for place, clause in enumerate(clauses):
        rest = all_of((*clauses[:place], *clauses[place + 1 :]))
        yield WayOut(
            label=f"without {describe(clause)}",
            url=address.setting(q=describe(rest)).at(SEARCH),
            total=engine.count(dataclasses.replace(query, clause=rest)),
        )


def operators_meant(text: str) -> str:
    """The text with its operators in capitals, what stands in quotation marks left alone.

    >>> operators_meant('ferry or "sink or swim" and not quay')
    'ferry OR "sink or swim" AND NOT quay'
    """
    return re.sub(
        r'"[^"]*"|(?<!\S)(and|or|not)(?!\S)', lambda found: found[0].upper() if found[1] else found[0], text
    )


def found_text(page: ResultPage) -> str:
    """How many were found, in words: "33 articles", "over 10,000 articles", "No articles"."""
    if not page.total:
        return "No articles"
    return ("over " if page.total_relation == "gte" else "") + counted(page.total, "article")
