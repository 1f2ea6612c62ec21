"""Everything that can go wrong with a request, as one closed list; shown as a page or as problem+json.

RFC 9457 (problem details) is the format for programs; `type` is the address of the code's line in the list
at /api/errors, which is made from CODES. People get a page that says what to do next.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from corpus.errors import NewsdexError
from indexer import errors as wrong
from web.answers import json_response
from web.held import held
from web.params import QUERY_MOST, Fault, RequestRefused
from web.wsgi import from_this_machine

log = logging.getLogger("newsdex.web")


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of error: its HTTP status, its name for people, and what to do about it."""

    status: int
    title: str
    remedy: str


CODES: dict[str, Code] = {
    "parameter_unknown": Code(400, "Unknown parameter", "Check its spelling; the nearest known is given."),
    "parameter_repeated": Code(400, "Parameter given twice", "Give it once; only filters may be repeated."),
    "parameter_invalid": Code(400, "Value not allowed", "The values allowed are given."),
    "date_invalid": Code(400, "Date not understood", "Write 2026-01-15, 2026-01, P7D or yesterday."),
    "date_range_reversed": Code(400, "Dates the wrong way round", "Swap from_date and to_date."),
    "query_too_long": Code(400, "Query too long", "Shorten it to 500 characters."),
    "query_too_broad": Code(400, "Wildcard too broad", "Add a letter or two to the wildcard."),
    "page_out_of_range": Code(400, "No such page", "The number of pages is given."),
    "page_too_deep": Code(400, "Page too deep", "Go on with the cursor that is given."),
    "cursor_invalid": Code(400, "Cursor not understood", "Start again without it."),
    "field_unknown": Code(400, "Unknown field", "The names allowed are given."),
    "article_not_found": Code(404, "No such article", "Search for its headline; its address may be another."),
    "article_gone": Code(410, "Article no longer held", "Its publisher may have it."),
    "token_missing": Code(401, "Token needed", "Send one as Authorization: Bearer."),
    "token_invalid": Code(401, "Token not valid", "Ask whoever runs this archive for a new one."),
    "rate_limited": Code(429, "Too many requests", "Wait as long as Retry-After says."),
    "index_missing": Code(503, "No index yet", "Make one with: newsdex rebuild PATH"),
    "index_outdated": Code(503, "Index from another version", "Make it again with: newsdex rebuild"),
    "index_damaged": Code(503, "Index damaged", "Make it again with: newsdex rebuild"),
    "index_busy": Code(503, "Index being written", "Try again in a moment."),
    "search_timeout": Code(503, "Search took too long", "Narrow it: more words, a date range, a source."),
    "engine_unavailable": Code(503, "Search not available", "Try again; who runs this archive has a log."),
    "not_found": Code(404, "Not found", "Check the address, or start at the search page."),
    "method_not_allowed": Code(405, "Method not allowed", "The methods allowed are in the Allow header."),
    "body_too_large": Code(413, "Request too large", "Send less at a time."),
    "receipt_not_found": Code(404, "No such receipt", "Check the code; it is printed on the receipt."),
    "internal": Code(500, "Something went wrong here", "Tell who runs this archive the request's number."),
}
# Which code an error of the other rooms has; the first that fits counts.
CODE_OF: tuple[tuple[type[Exception], str], ...] = (
    (wrong.IndexMissing, "index_missing"),
    (wrong.IndexOutdated, "index_outdated"),
    (wrong.IndexDamaged, "index_damaged"),
    (wrong.IndexBusy, "index_busy"),
    (wrong.QueryTooBroad, "query_too_broad"),
    (wrong.CursorInvalid, "cursor_invalid"),
    (wrong.SearchTimeout, "search_timeout"),
    (wrong.EngineUnavailable, "engine_unavailable"),
    (NewsdexError, "engine_unavailable"),
)
# Their messages name folders and files of the machine, which strangers have no business knowing.
TELLING = frozenset({"index_missing", "index_outdated", "index_damaged", "index_busy", "engine_unavailable"})
# Addresses that programs ask; what is wrong there is said as problem+json.
FOR_PROGRAMS = ("/api/v", "/feed.", "/opensearch", "/healthz", "/readyz")
CODE_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


class Problem(NewsdexError):
    """An error of the web's own: a code of CODES, what is wrong in this case, and members to add.

    `faults` become errors[]; `links` is for pages: (words, address) of ways on.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        faults: tuple[Fault, ...] = (),
        links: tuple[tuple[str, str], ...] = (),
        **members: Any,
    ):
        super().__init__(detail)
        self.code, self.detail, self.faults, self.links, self.members = code, detail, faults, links, members
        self.headers: Mapping[str, str] = {}

    @property
    def status(self) -> int:
        return CODES[self.code].status


def problem_of(error: Exception) -> Problem:
    """Any error as a Problem; one that nobody expected says nothing of its inside."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestRefused):
        return Problem(error.faults[0].code, str(error), faults=error.faults)
    if isinstance(error, HTTPException):
        status = error.code or 500
        code = CODE_OF_STATUS.get(status, "internal" if status >= 500 else "parameter_invalid")
        problem = Problem(code, CODES[code].remedy)
        allow = getattr(error, "valid_methods", None)
        if allow:
            problem.headers = {"Allow": ", ".join(sorted(allow))}
        return problem
    for kind, code in CODE_OF:
        if isinstance(error, kind):
            public = held().hosts is None
            return Problem(code, CODES[code].remedy if public and code in TELLING else _sentence(str(error)))
    return Problem("internal", CODES["internal"].remedy)


def problem_json(problem: Problem) -> dict[str, Any]:
    """The problem's members by RFC 9457, and ours."""
    code = CODES[problem.code]
    return {
        "ok": False,
        "type": f"{url_for('pages.error_list')}#{problem.code.replace('_', '-')}",
        "title": code.title,
        "status": code.status,
        "code": problem.code,
        "detail": problem.detail,
        "errors": [
            {
                "code": fault.code,
                "parameter": fault.parameter,
                "value": fault.value,
                "detail": fault.message,
                "allowed": fault.allowed,
                "did_you_mean": fault.did_you_mean,
            }
            for fault in problem.faults
        ],
        **problem.members,
        "instance": request.full_path.rstrip("?"),
        "request_id": g.request_id,
    }


def register(app: Flask) -> None:
    """Every error of the application goes through here, whatever raised it."""
    app.register_error_handler(Exception, _answer)
    app.before_request(_check_reach)


def _check_reach() -> None:
    """A private server answers this machine: by its names, and to its own addresses."""
    hosts = held().hosts
    if hosts is None:
        return
    name = urlsplit(f"//{request.host}").hostname if request.host else ""
    if name not in hosts:
        asked = f"not to the name {name}"
    elif not from_this_machine(request.remote_addr):
        asked = f"not to {request.remote_addr}"
    else:
        return
    raise Problem(
        "not_found",
        f"This server answers on its own machine only, {asked}; to serve others, start it with: "
        "newsdex serve --public (or, under gunicorn, 'web.wsgi:app(public=True)')",
    )


def _answer(error: Exception) -> Response:
    if isinstance(error, HTTPException):
        made = error.get_response()
        if made.status_code < 400:
            return made  # type: ignore[return-value]
    problem = problem_of(error)
    if problem.status >= 500:
        expected = isinstance(error, NewsdexError)
        log.error("%s %s", g.request_id, error, exc_info=None if expected else error)
    if wants_json():
        response = json_response(problem_json(problem), problem.status, "application/problem+json")
    else:
        typed = request.args.get("q", "")[:QUERY_MOST]
        html = render_template("error.html", problem=problem, code=CODES[problem.code], typed=typed)
        response = Response(html, problem.status)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    if problem.status == 503:
        response.headers["Retry-After"] = "30"
    return response


def wants_json() -> bool:
    """Whether the client of this path is a program."""
    path = request.path
    return path.startswith(FOR_PROGRAMS) or path.endswith(".json")


def _sentence(text: str) -> str:
    """The message with a capital and a full stop, unless it ends with a command to copy.

    >>> _sentence("there is no index in x; make one with: newsdex rebuild PATH")
    'There is no index in x; make one with: newsdex rebuild PATH'
    >>> _sentence("it is late")
    'It is late.'
    """
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) or ": newsdex" in text else f"{text}."
