"""newsdex: the command `newsdex rebuild` as a user types it, and its own search."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from indexer.errors import QueryTooBroad
from indexer.opening import open_engine
from indexer.query import Query
from indexer.settings import Settings
from tests.bench.peers import FACETS, HITS, SNIPPETS, Answer, Depth, Opened, Question, Unsupported

name = "newsdex"

NEWSDEX = (sys.executable, "-c", "from web.cli import main; main()")


def version() -> str:
    return f"newsdex {installed('newsdex')} on whoosh3 {installed('whoosh3')}"


def command(jsonl: Path, directory: Path) -> list[str]:
    """What the installed command `newsdex` runs, by this interpreter wherever its scripts lie."""
    return [*NEWSDEX, "rebuild", str(jsonl), "--index", str(directory), "--json"]


class _Newsdex:
    def __init__(self, directory: Path):
        # A search that is cut short would be measured as a fast one.
        self.engine = open_engine(Settings(index=directory, time_limit_ms=600_000))

    def ask(self, question: Question, depth: Depth) -> Answer:
        more: dict[str, Any] = {"facets": FACETS, "timeline": True} if depth == "whole" else {}
        try:
            page = self.engine.search(
                Query(
                    text=question.text,
                    clause=question.clause,
                    match=question.match,
                    first=question.first,
                    last=question.last,
                    sort=question.sort,
                    page_size=HITS,
                    snippets=0 if depth == "top" else SNIPPETS,
                    # The others mark and count no hits there, and nobody else's answer tells the first and
                    # the last day.
                    marks=depth != "top",
                    edges=depth == "whole",
                    **more,
                )
            )
        except QueryTooBroad as error:
            # It refuses what fits too many words; hours of building are not to end with that.
            raise Unsupported(str(error)) from error
        return Answer(page.total, list(page.hits))

    def close(self) -> None:
        self.engine.close()


def open(directory: Path) -> Opened:
    return _Newsdex(directory)
