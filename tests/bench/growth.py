"""How an index grows: built and asked at several sizes of the same archive.

    python -m tests.bench.growth million.jsonl --sizes 10000,100000,1000000 --out growth.md
    python -m tests.bench.growth million.jsonl --engine newsdex --engine tantivy --memory 512

Each size is a prefix of the file. An index is built by a command of its own, then opened and asked in a fresh
process, and deleted before the next one is built. tests.bench.recombine makes a file that is large enough.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from tests.bench import measure, tree
from tests.bench.markdown import conditions, table
from tests.bench.measure import CHECKOUT, Build, percentile
from tests.bench.peers import ENGINES, Unsupported, contender, left_out
from tests.bench.questions import questions, read, written
from tests.bench.records import prefix, records

# What peak memory may exceed newsdex's `memory` setting by. Megabytes are millions of bytes, as there.
BESIDE_MB = 200
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a fresh process finds: milliseconds to open, then to the first whole answer, and of all after it.

    `peak` is the most memory it held, in bytes.
    """

    open_ms: float
    first_ms: float
    p50_ms: float
    p95_ms: float
    peak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One engine at one size."""

    engine: str
    articles: int
    build: Build
    opening: Opening


def grown(
    jsonl: Path,
    sizes: Sequence[int],
    names: Sequence[str],
    *,
    memory_mb: int,
    per_kind: int,
    rounds: int,
    seed: int,
) -> list[Step]:
    """Every engine at every size, smallest first; raises ValueError when the file is too short."""
    steps = []
    for size in sorted(sizes):
        with tempfile.TemporaryDirectory(prefix="newsdex-growth-") as temporary:
            folder = Path(temporary)
            file = folder / "articles.jsonl"
            count = prefix(jsonl, size, file)
            if count < size:
                raise ValueError(
                    f"{jsonl.name} holds {count:,} articles, fewer than {size:,}; make more of them with: "
                    f"python -m tests.bench.recombine {jsonl.name} --articles {size} --out OUT.jsonl"
                )
            asked = folder / "questions"
            drawn = questions(records(file), per_kind=per_kind, seed=seed)
            asked.write_text(written(drawn), encoding="utf-8")
            for name in names:
                if dict(left_out([name], size)):
                    continue
                index = folder / name
                build = measure.build(name, file, index, memory_mb=memory_mb)
                opening = _opened(name, index, asked, rounds)
                steps.append(Step(engine=name, articles=size, build=build, opening=opening))
                shutil.rmtree(index)
                click.echo(f"{name}, {size:,} articles: built in {build.seconds:.1f} s", err=True)
    return steps


def _opened(name: str, index: Path, asked: Path, rounds: int) -> Opening:
    words = [sys.executable, "-m", "tests.bench.growth", "--ask", name, str(index), str(asked)]
    ran = tree.run([*words, "--rounds", str(rounds)], cwd=CHECKOUT)
    return Opening(**json.loads(ran.output.splitlines()[-1]), peak=ran.peak)


def ask_here(name: str, index: Path, asked: Path, rounds: int) -> str:
    """What the fresh process does: open, ask for whole answers, and tell the times as a line of JSON."""
    module = contender(name)
    # The first time loads modules, which is no property of the index.
    module.open(index).close()
    began = time.perf_counter()
    engine = module.open(index)
    opened = time.perf_counter()
    first: float | None = None
    medians = []
    for question in read(asked.read_text(encoding="utf-8")):
        taken = []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            try:
                engine.ask(question, "whole")
            except Unsupported:
                break
            taken.append((time.perf_counter() - start) * 1000)
        if taken:
            first = taken[0] if first is None else first
            medians.append(statistics.median(taken[1:]))
    engine.close()
    times = {
        "open_ms": (opened - began) * 1000,
        "first_ms": first or 0.0,
        "p50_ms": percentile(medians, 0.5),
        "p95_ms": percentile(medians, 0.95),
    }
    return json.dumps(times)


def report(steps: Sequence[Step], *, memory_mb: int, load: float, data: str) -> str:
    """The page: what was run, and a row for every engine and size."""
    rows = []
    for step in steps:
        build, opening = step.build, step.opening
        rows.append(
            (
                step.engine,
                f"{step.articles:,}",
                f"{build.articles / build.seconds:,.0f}",
                f"{build.cpu:,.1f}",
                f"{build.peak / 2**20:,.0f}",
                _beside(step, memory_mb),
                f"{build.disk / build.articles:,.0f}",
                f"{opening.open_ms:,.1f}",
                f"{opening.first_ms:,.1f}",
                f"{opening.p50_ms:.2f} / {opening.p95_ms:.2f}",
                f"{opening.peak / 2**20:,.0f}",
            )
        )
    head = (
        "engine",
        "articles",
        "articles/s",
        "processor s",
        "peak MiB",
        f"of {memory_mb} + {BESIDE_MB} MB",
        "bytes an article",
        "open ms",
        "first answer ms",
        "p50 / p95 ms",
        "peak asking MiB",
    )
    about = [*conditions("tests.bench.growth", load), f"- data: {data}"]
    return "\n".join(
        [
            "# Growth\n",
            "\n".join(about) + "\n",
            table(head, rows),
            "Peaks are of all processes of a command together. The bound is newsdex's `memory` setting and "
            f"{BESIDE_MB} megabytes beside it. Answers are whole ones: ten articles, three snippets each, "
            "four facets and a timeline; of each question the median of the rounds after the first. Each "
            "index is opened in a fresh process, a second time after its modules were loaded by the first; "
            "the first answer loads newsdex's machine code too. The files are in the machine's memory.\n",
        ]
    )


def _beside(step: Step, memory_mb: int) -> str:
    """The peak as a share of the bound that newsdex keeps; the others have none."""
    if step.engine != "newsdex":
        return ""
    return f"{step.build.peak / MEGABYTE / (memory_mb + BESIDE_MB):.0%}"


def _sizes(_: click.Context, __: click.Parameter, text: str) -> list[int]:
    try:
        return [int(each.replace("_", "")) for each in text.split(",")]
    except ValueError as error:
        raise click.BadParameter("write whole numbers with commas between, like 10000,100000") from error


@click.command(help=__doc__)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--sizes", default="10000,100000,1000000", show_default=True, callback=_sizes)
@click.option("--engine", "names", multiple=True, type=click.Choice(ENGINES), default=("newsdex",),
              show_default=True, help="Repeatable.")  # fmt: skip
@click.option("--memory", "memory_mb", default=512, show_default=True, help="newsdex's own setting, in MB.")
@click.option("--questions", "per_kind", default=10, show_default=True, help="Of each class.")
@click.option("--rounds", default=2, show_default=True, help="Times each is asked after the first.")
@click.option("--seed", default=1, show_default=True, help="Another seed draws other questions.")
@click.option("--data", default="", help="How the report calls the data; the file's name otherwise.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the report there too.")
@click.option("--ask", type=click.Choice(ENGINES), hidden=True)
def main(
    files: tuple[Path, ...],
    sizes: list[int],
    names: tuple[str, ...],
    memory_mb: int,
    per_kind: int,
    rounds: int,
    seed: int,
    data: str,
    out: Path | None,
    ask: str | None,
) -> None:
    if ask:
        index, asked = files
        click.echo(ask_here(ask, index, asked, rounds))
        return
    (jsonl,) = files
    load = os.getloadavg()[0]
    try:
        steps = grown(jsonl, sizes, names, memory_mb=memory_mb, per_kind=per_kind, rounds=rounds, seed=seed)
    except (ValueError, tree.Failed) as error:
        raise click.ClickException(str(error)) from error
    page = report(steps, memory_mb=memory_mb, load=load, data=data or jsonl.name)
    if out:
        out.write_text(page, encoding="utf-8")
    click.echo(page)


if __name__ == "__main__":
    main()
