"""From a request's parameters to what is asked: every fault collected, none guessed around.

One check over the raw arguments serves pages and endpoint alike; what differs is the Profile. On a page an
unknown or doubled parameter becomes a note, in the endpoint a fault. A value that cannot be understood is a
fault everywhere: an answer with a filter silently dropped is a wrong number.
"""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from indexer.daterange import parse_bound
from indexer.fields import FACETS, field_named
from indexer.parse import parse
from indexer.query import Note, Query
from web.params import BY_NAME, PARAMS, QUERY_MOST, SEARCH_API, Asked, Fault, Param, Profile, RequestRefused


class Arguments(Protocol):
    """werkzeug's MultiDict, as far as it is used here."""

    def lists(self) -> Iterable[tuple[str, list[str]]]: ...


def asked_from(args: Arguments, profile: Profile = SEARCH_API, *, today: date) -> Asked:
    """What the arguments ask; `today` is the day that "yesterday" and "P7D" count from.

    Raises RequestRefused with every fault of the request.
    """
    given, notes, faults = _known(args, profile)
    values: dict[str, Any] = {}
    for param in PARAMS:
        texts = given.get(param.name)
        if not texts:
            values[param.name] = profile.default(param)
            continue
        try:
            values[param.name] = _READERS[param.kind](param, texts, today)
        except RequestRefused as refusal:
            faults.extend(refusal.faults)
    if not faults:
        faults = _reversed(values)
    if faults:
        raise RequestRefused(faults)
    return _asked(values, given, notes, profile, today)


def _known(
    args: Arguments, profile: Profile
) -> tuple[dict[str, list[str]], list[Note], list[Fault]]:
    """The arguments under their own names, blanks left out; what is unknown or doubled as note or fault."""
    given: dict[str, list[str]] = {}
    notes, faults = [], []
    for written, texts in args.lists():
        name = _NAMES.get(written.replace("-", "_").casefold())
        if name is None or name not in profile.names:
            fault = _unknown(written, texts[0], profile)
            faults.append(fault)
            notes.append(Note("parameter_unknown", f"{fault.message} It was ignored."))
            continue
        # The empty fields of a form are not there.
        if filled := [text.strip() for text in texts if text.strip()]:
            given.setdefault(name, []).extend(filled)
    for name, texts in given.items():
        if len(texts) > 1 and BY_NAME[name].kind != "values":
            message = f"{name} may be given once, it was given {len(texts)} times."
            faults.append(Fault(code="parameter_repeated", parameter=name, value=texts[1], message=message))
            notes.append(Note("parameter_repeated", f"{message} The first, {texts[0]}, was used."))
    return given, *(([], faults) if profile.strict else (notes, []))


def _unknown(written: str, text: str, profile: Profile) -> Fault:
    nearest = nearest_of(written.replace("-", "_"), profile.names)
    meant = f" Did you mean {nearest}?" if nearest else ""
    return Fault(
        code="parameter_unknown",
        parameter=written,
        value=text,
        message=f"There is no parameter {written}.{meant}",
        allowed=", ".join(param.name for param in PARAMS if param.name in profile.names),
        did_you_mean=nearest,
    )


def nearest_of(word: str, names: Iterable[str]) -> str | None:
    """The name most like the word; None when none is like it.

    >>> nearest_of("from_dat", ["from_date", "to_date"]), nearest_of("utm_source", ["q", "tz"])
    ('from_date', None)
    """
    # 80 keeps a slip or two in a name and drops the likes of fbclid and utm_source.
    found = process.extractOne(word.casefold(), sorted(names), scorer=fuzz.ratio, score_cutoff=80)
    return found[0] if found else None


def _asked(
    values: Mapping[str, Any],
    given: Mapping[str, list[str]],
    notes: list[Note],
    profile: Profile,
    today: date,
) -> Asked:
    parsed = parse(values["q"], match=values["match"], today=today)
    if values["group"] == "story":
        notes = [*notes, Note("group_ignored", "Copies are not told apart by this version: "
                                               "every article is a result of its own.")]
    shown: dict[str, Any] = {name: given.get(name, [""])[0] for name in ("from_date", "to_date")}
    shown |= {name: values[name] for name in ("group", "fields", "highlight")}
    query = Query(
        text=values["q"],
        clause=parsed.clause,
        notes=(*parsed.notes, *notes),
        include={name: values[name] for name in FACETS if values[name]},
        exclude={name: values[f"exclude_{name}"] for name in FACETS if values[f"exclude_{name}"]},
        first=values["from_date"] or None,
        last=values["to_date"] or None,
        timeline=profile.timeline,
        **{name: values[name] for name in _AS_THEY_ARE},
    )
    return Asked(query=query, **shown)


_AS_THEY_ARE = (
    "match", "date_field", "tz", "undated", "search_in", "sort", "page", "page_size", "cursor", "facets",
    "snippets", "snippet_chars", "explain",
)


def _reversed(values: Mapping[str, Any]) -> list[Fault]:
    first, last = values["from_date"], values["to_date"]
    if not first or not last or _in_order(first, last):
        return []
    message = f"from_date ({first}) is after to_date ({last})."
    return [Fault(code="date_range_reversed", parameter="from_date", value=str(first), message=message)]


def _in_order(first: date | datetime, last: date | datetime) -> bool:
    if isinstance(first, datetime) and isinstance(last, datetime):
        return first <= last
    if not isinstance(first, datetime) and not isinstance(last, datetime):
        return first <= last
    # A day begins in one zone up to a day before it does in another; only what cannot be is refused.
    return _day(first) <= _day(last) + timedelta(days=1)


def _day(bound: date | datetime) -> date:
    day = bound.date() if isinstance(bound, datetime) else bound
    return min(day, date.max - timedelta(days=1))


# One reader a kind: the parameter, its texts (not empty), today -> its value, or RequestRefused.


def _refused(param: Param, text: str, message: str, code: str = "parameter_invalid") -> RequestRefused:
    nearest = nearest_of(text, param.allowed) if param.allowed else None
    return RequestRefused([
        Fault(code=code, parameter=param.name, value=text, message=message, allowed=param.allowed_text,
              did_you_mean=nearest)
    ])


def _text(param: Param, texts: list[str], today: date) -> str:
    if len(texts[0]) > QUERY_MOST:
        message = f"The query has {len(texts[0]):,} characters, more than {QUERY_MOST}; shorten it."
        raise _refused(param, f"{texts[0][:40]}…", message, "query_too_long")
    return texts[0]


def _choice(param: Param, texts: list[str], today: date) -> str:
    if texts[0] not in param.allowed:
        raise _refused(param, texts[0], f"{param.name} must be one of {', '.join(param.allowed)}.")
    return texts[0]


def _number(param: Param, texts: list[str], today: date) -> int:
    first, last = param.bounds
    # A page further out is no slip of the pen but page_too_deep, which knows the way on.
    last = 10**9 if param.name == "page" else last
    if not (texts[0].isascii() and texts[0].isdigit() and len(texts[0]) < 10):
        raise _refused(param, texts[0], f"{param.name} must be a whole number, {param.allowed_text}.")
    if not first <= int(texts[0]) <= last:
        raise _refused(param, texts[0], f"{param.name} must be {param.allowed_text}.")
    return int(texts[0])


def _flag(param: Param, texts: list[str], today: date) -> bool:
    value = {"0": False, "1": True, "false": False, "true": True}.get(texts[0].casefold())
    if value is None:
        raise _refused(param, texts[0], f"{param.name} must be 0 or 1.")
    return value


def _date(param: Param, texts: list[str], today: date) -> date | datetime:
    try:
        return parse_bound(texts[0], end=param.name == "to_date", today=today)
    except ValueError as error:
        message = f"{param.name} must be an ISO 8601 date, a duration like P7D, or yesterday."
        raise _refused(param, texts[0], message, "date_invalid") from error


def _zone(param: Param, texts: list[str], today: date) -> str:
    if texts[0] not in _zones():
        message = f"{texts[0]} is not the name of a time zone, as Asia/Seoul is."
        refusal = _refused(param, texts[0], message).faults[0]
        nearest = nearest_of(texts[0], _zones_by_folded())
        meant = _zones_by_folded()[nearest] if nearest else None
        raise RequestRefused([_with_meant(refusal, meant)])
    return texts[0]


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@functools.cache
def _zones_by_folded() -> dict[str, str]:
    return {name.casefold(): name for name in _zones()}


def _with_meant(fault: Fault, meant: str | None) -> Fault:
    return Fault(code=fault.code, parameter=fault.parameter, value=fault.value, message=fault.message,
                 allowed=fault.allowed, did_you_mean=meant)


def _names(param: Param, texts: list[str], today: date) -> tuple[str, ...]:
    """A comma list, in the table's order and each once; "all" and "none" stand for just that."""
    names = [name for name in (each.strip().replace("-", "_") for each in texts[0].split(",")) if name]
    if names == ["all"]:
        return param.allowed
    if names == ["none"]:
        return ()
    if param.name == "search_in":
        names = [known.name if (known := field_named(name)) else name for name in names]
    unknown = [name for name in names if name not in param.allowed]
    if unknown:
        raise RequestRefused(
            fault
            for name in unknown
            for fault in _refused(param, name, f"{param.name} knows no {name}.", "field_unknown").faults
        )
    return tuple(name for name in param.allowed if name in names)


def _values(param: Param, texts: list[str], today: date) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _cursor(param: Param, texts: list[str], today: date) -> str:
    return texts[0]


_READERS: dict[str, Callable[[Param, list[str], date], Any]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "zone": _zone,
    "names": _names,
    "values": _values,
    "cursor": _cursor,
}
_NAMES = {name: param.name for param in PARAMS for name in (param.name, *param.aliases)}
