"""Measures newsdex beside tantivy and SQLite's FTS5 on any file of JSON Lines.

    python -m tests.bench articles.jsonl
    python -m tests.bench articles.jsonl.zst --articles 20000 --seed 2 --out /tmp/results.md

Builds each index in a process of its own in a temporary folder, asks questions drawn from the articles, and
writes tests/bench/RESULTS.md. Install the engines beside newsdex with: pip install -e .[bench]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from tests.bench import measure, table
from tests.bench.peers import DEPTHS, ENGINES, contender, missing
from tests.bench.questions import questions
from tests.bench.records import prefix, records

RESULTS = Path(__file__).with_name("RESULTS.md")


@click.command(help=__doc__)
@click.argument("jsonl", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--articles", default=5_000, show_default=True, help="Take so many from the head of the file.")
@click.option(
    "--out", default=RESULTS, show_default="RESULTS.md beside this", type=click.Path(path_type=Path)
)
@click.option("--questions", "per_kind", default=20, show_default=True, help="Of each class.")
@click.option("--rounds", default=3, show_default=True, help="Times each is asked after the warm-up.")
@click.option("--seed", default=1, show_default=True, help="Another seed draws other questions.")
@click.option("--engine", "names", multiple=True, type=click.Choice(ENGINES), help="Only these; repeatable.")
@click.option("--data", default="", help="How the report calls the data; the file's name otherwise.")
@click.option("--build-only", type=click.Choice(ENGINES), hidden=True)
@click.option("--index", type=click.Path(path_type=Path), hidden=True)
def main(
    jsonl: Path,
    articles: int,
    out: Path,
    per_kind: int,
    rounds: int,
    seed: int,
    names: tuple[str, ...],
    data: str,
    build_only: str | None,
    index: Path | None,
) -> None:
    if build_only and index:
        click.echo(measure.build_here(build_only, jsonl, index))
        return
    wanted = names or ENGINES
    absent = list(missing(wanted))
    present = [name for name in wanted if name not in dict(absent)]
    for name, reason in absent:
        click.echo(f"{name} is left out: {reason}", err=True)
    with tempfile.TemporaryDirectory(prefix="newsdex-bench-") as folder:
        run = _run(jsonl, Path(folder), articles, present, absent, per_kind, rounds, seed, data)
    out.write_text(table.report(run), encoding="utf-8")
    click.echo(f"written to {out}", err=True)


def _run(
    jsonl: Path,
    folder: Path,
    articles: int,
    present: list[str],
    absent: list[tuple[str, str]],
    per_kind: int,
    rounds: int,
    seed: int,
    data: str,
) -> table.Run:
    file = folder / "articles.jsonl"
    load = os.getloadavg()[0]
    count = prefix(jsonl, articles, file)
    builds = {}
    for name in present:
        builds[name] = measure.build(name, file, folder / name)
        click.echo(f"{name}: {count:,} articles in {builds[name].seconds:.1f} s", err=True)
    asked = questions(records(file), per_kind=per_kind, seed=seed)
    opened = {name: contender(name).open(folder / name) for name in present}
    found = {}
    for depth in DEPTHS:
        found[depth] = measure.ask_all(opened, asked, depth, rounds)
        click.echo(f"asked {len(asked)} questions: {depth}", err=True)
    for engine in opened.values():
        engine.close()
    for question, totals in table.differing(found["top"]):
        told = ", ".join(f"{name} {total:,}" for name, total in totals.items())
        click.echo(f"totals differ: {question.kind}: {question.text}: {told}", err=True)
    words = sum(len(record.body.split()) for record in records(file))
    return table.Run(
        command=_command(),
        seed=seed,
        rounds=rounds,
        data=data or jsonl.name,
        articles=count,
        words=words,
        versions={name: contender(name).version() for name in present},
        missing=absent,
        builds=builds,
        asked=found,
        load=load,
    )


def _command() -> str:
    # Paths of the machine say nothing to a reader.
    shown = [Path(word).name if "/" in word else word for word in sys.argv[1:]]
    return " ".join(["python -m tests.bench", *shown])


if __name__ == "__main__":
    main()
