"""What a request may say, as one table, read both ways.

    request.args -> reading.asked_from() -> Asked(query, how to show it)      every fault at once
    Asked        -> args_for()           -> the parameters that ask the same  so a URL is all the state

The table PARAMS is the reference: the endpoint's page, the refusals' "nearest known name" and the tests are
made from it. What is wrong in `q` itself is never a fault: parse.parse repairs it and says so in a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from corpus.errors import NewsdexError
from indexer.as_json import ARTICLE_FIELDS, RESULT_FIELDS, WHOLE_FIELDS
from indexer.fields import FACETS, WORD_FIELDS
from indexer.query import SORTS, DateField, Match, Query, Sort, Undated
from web.links import Pairs

Kind = Literal["text", "choice", "number", "flag", "date", "zone", "names", "values", "cursor"]

QUERY_MOST = 500
PAGE_SIZE_MOST = 100
# Past this many results the next page is asked for with a cursor, which costs the same at any depth.
DEPTH_MOST = 1_000
HIGHLIGHTS = ("html", "text", "spans", "none")
GROUPS = ("none", "story")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request understood: the question, and how its answer is to be shown.

    `from_date` and `to_date` are the bounds as written ("P7D" stays so in links, a saved search moves with
    the calendar); what they mean today stands in the query. `fields` are the members of each result.
    """

    query: Query = field(default_factory=Query)
    from_date: str = ""
    to_date: str = ""
    group: str = "none"
    fields: tuple[str, ...] = RESULT_FIELDS
    highlight: str = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a request; `code` is one of web.errors.CODES."""

    code: str
    parameter: str
    value: str
    message: str
    allowed: str | None = None
    did_you_mean: str | None = None


class RequestRefused(NewsdexError):
    """The request's parameters cannot be taken as they are; `faults` holds every reason."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One parameter: `name` in URLs, what it may hold, and where its value stands in an Asked.

    `allowed` lists the values of a choice or the names of a comma list; `bounds` are a number's first and
    last. A parameter of kind "values" may be repeated, any other may not.
    """

    name: str
    kind: Kind
    help: str
    of: Callable[[Asked], Any]
    default: Any = ""
    allowed: tuple[str, ...] = ()
    bounds: tuple[int, int] = (0, 0)
    aliases: tuple[str, ...] = ()

    @property
    def allowed_text(self) -> str:
        """What may stand here, in words, for people and for the refusals."""
        return {
            "text": f"text of at most {QUERY_MOST} characters",
            "choice": ", ".join(self.allowed),
            "number": f"{self.bounds[0]:,} to {self.bounds[1]:,}",
            "flag": "0, 1",
            "date": "YYYY, YYYY-MM, YYYY-MM-DD, an ISO date and time, P7D, today, yesterday",
            "zone": "a name of the IANA time zone database, as Asia/Seoul",
            "names": f"a comma list of {', '.join(self.allowed)}",
            "values": "a value as counted, repeatable, or ~none",
            "cursor": "a cursor from an earlier answer",
        }[self.kind]


def _including(facet: str) -> Callable[[Asked], tuple[str, ...]]:
    return lambda asked: asked.query.include.get(facet, ())


def _excluding(facet: str) -> Callable[[Asked], tuple[str, ...]]:
    return lambda asked: asked.query.exclude.get(facet, ())


PARAMS: tuple[Param, ...] = (
    Param(name="q", kind="text", of=lambda a: a.query.text,
          help="The query: words, phrases and the operators of the help page."),
    Param(name="match", kind="choice", of=lambda a: a.query.match, default="all", allowed=get_args(Match),
          help="Whether every bare word must be in an article, or any of them (best first)."),
    *(Param(name=name, kind="values", of=_including(name), default=(),
            help=f"Only articles with this {name}; repeated values widen it.") for name in FACETS),
    *(Param(name=f"exclude_{name}", kind="values", of=_excluding(name), default=(),
            help=f"Only articles without this {name}.") for name in FACETS),
    Param(name="from_date", kind="date", of=lambda a: a.from_date,
          help="The first day, inclusive, in the article's own zone."),
    Param(name="to_date", kind="date", of=lambda a: a.to_date, help="The last day, inclusive."),
    Param(name="date_field", kind="choice", of=lambda a: a.query.date_field, default="published",
          allowed=get_args(DateField), help="Which date from_date and to_date mean."),
    Param(name="tz", kind="zone", of=lambda a: a.query.tz,
          help="Read days in this zone instead of each article's own."),
    Param(name="undated", kind="choice", of=lambda a: a.query.undated, default=None,
          allowed=get_args(Undated),
          help="What becomes of articles without a date; without it, they are left out by a date filter."),
    Param(name="search_in", kind="names", of=lambda a: a.query.search_in, default=(),
          allowed=tuple(each.name for each in WORD_FIELDS), help="Where words are looked for."),
    Param(name="sort", kind="choice", of=lambda a: a.query.sort, default=None, allowed=SORTS,
          aliases=("order_by",), help="The order; without it relevance for words, else newest."),
    Param(name="group", kind="choice", of=lambda a: a.group, default="none", allowed=GROUPS,
          help="story shows copies of one text as one result. Copies are not told apart by this version: "
               "story is accepted, answers as none does and says so in a note."),
    Param(name="page", kind="number", of=lambda a: a.query.page, default=1, bounds=(1, DEPTH_MOST),
          help="Which page, from 1."),
    Param(name="page_size", kind="number", of=lambda a: a.query.page_size, default=20,
          bounds=(1, PAGE_SIZE_MOST), help="Results a page."),
    Param(name="cursor", kind="cursor", of=lambda a: a.query.cursor,
          help=f"Go on after the last result of an earlier answer; needed past {DEPTH_MOST:,} results."),
    Param(name="fields", kind="names", of=lambda a: a.fields, default=RESULT_FIELDS, allowed=ARTICLE_FIELDS,
          aliases=("show_fields",), help="Members of each result, or all; else all but body and origin."),
    Param(name="facets", kind="names", of=lambda a: a.query.facets, default=(), allowed=FACETS,
          help="Which counts to give beside the results."),
    Param(name="highlight", kind="choice", of=lambda a: a.highlight, default="html", allowed=HIGHLIGHTS,
          help="Matches in results as marked HTML, plain text, spans over plain text, or not at all."),
    Param(name="snippets", kind="number", of=lambda a: a.query.snippets, default=3, bounds=(0, 10),
          help="Passages a result."),
    Param(name="snippet_chars", kind="number", of=lambda a: a.query.snippet_chars, default=200,
          bounds=(40, 1_000), help="About how long a passage is, in characters."),
    Param(name="explain", kind="flag", of=lambda a: a.query.explain, default=False,
          help="Say for each result which clause gave it which part of its score."),
)
BY_NAME = {param.name: param for param in PARAMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one route reads parameters: which it knows, whether it is strict, and its own defaults.

    A strict route refuses what it does not know; a page ignores it with a note, because links to pages
    gather tracking parameters on their way.
    """

    strict: bool = True
    names: frozenset[str] = frozenset(BY_NAME)
    facets: tuple[str, ...] = ()
    timeline: bool = False
    page_size: int = 20
    fields: tuple[str, ...] = RESULT_FIELDS
    sort: Sort | None = None

    def default(self, param: Param) -> Any:
        own = {"facets": self.facets, "page_size": self.page_size, "fields": self.fields, "sort": self.sort}
        return own.get(param.name, param.default)


SEARCH_API = Profile()
SEARCH_PAGE = Profile(
    strict=False, facets=("source", "section", "place", "author", "language"), timeline=True
)
FEED = Profile(page_size=50, sort="indexed")
ARTICLE_API = Profile(names=frozenset({"q", "match", "search_in", "fields"}), fields=WHOLE_FIELDS)
SUGGEST_API = Profile(names=frozenset({"q"}))
STATUS_API = Profile(names=frozenset())


def args_for(asked: Asked, profile: Profile = SEARCH_API) -> Pairs:
    """The parameters that make `asked_from` give this Asked again, defaults left out.

    >>> args_for(Asked(query=Query(text="ferry", page=2, include={"source": ("donga", "gazette")})))
    (('q', 'ferry'), ('source', 'donga'), ('source', 'gazette'), ('page', '2'))
    """
    pairs: list[tuple[str, str]] = []
    for param in PARAMS:
        value = param.of(asked)
        if param.name not in profile.names or value == profile.default(param):
            continue
        if param.kind == "values":
            pairs.extend((param.name, each) for each in value)
        elif param.kind == "names":
            pairs.append((param.name, ",".join(value) or "none"))
        else:
            pairs.append((param.name, str(int(value) if param.kind == "flag" else value)))
    return tuple(pairs)
