"""A table and the lines about a machine, as every report here has them."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; the first column is text, the others are numbers.

    >>> print(table(("engine", "ms"), [("newsdex", "1.5")]), end="")
    | engine | ms |
    | --- | ---: |
    | newsdex | 1.5 |
    """
    lines = [" | ".join(head), " | ".join("---" if at == 0 else "---:" for at in range(len(head)))]
    lines += [" | ".join(row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def conditions(module: str, load: float) -> list[str]:
    """What was run, when and where; `load` is the load average of a minute when it began."""
    return [
        f"- command: `{command(module)}`",
        f"- date: {date.today().isoformat()}",
        f"- machine: {os.cpu_count()} cores, {_memory() / 2**30:.0f} GiB memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}",
        f"- load average when it began: {load:.1f}; above 0 others were at work too, and seconds are "
        "longer than they need be, processor seconds less so",
    ]


def command(module: str) -> str:
    """This process's command line, with files by their names: a machine's paths say nothing to a reader."""
    shown = [Path(word).name if "/" in word else word for word in sys.argv[1:]]
    return " ".join(["python -m", module, *shown])


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
