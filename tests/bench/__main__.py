"""Measures newsdex beside tantivy, SQLite's FTS5, Xapian and stock Whoosh on any file of JSON Lines.

    python -m tests.bench articles.jsonl
    python -m tests.bench articles.jsonl.zst --articles 20000 --seed 2 --out /tmp/results.md

Builds each index by a command of its own in a temporary folder, asks questions drawn from the articles, and
writes tests/bench/RESULTS.md. What to install and what the figures mean stands in tests/bench/README.md.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from tests.bench import measure, table, tree
from tests.bench.peers import DEPTHS, ENGINES, Depth, contender, left_out
from tests.bench.questions import questions
from tests.bench.records import prefix, records

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure, as the command line says it."""

    jsonl: Path
    articles: int
    per_kind: int
    rounds: int
    seed: int
    names: tuple[str, ...]
    depths: tuple[Depth, ...]
    data: str


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
@click.option("--depth", "depths", multiple=True, type=click.Choice(DEPTHS), help="Only these; repeatable.")
@click.option("--data", default="", help="How the report calls the data; the file's name otherwise.")
def main(
    jsonl: Path,
    articles: int,
    out: Path,
    per_kind: int,
    rounds: int,
    seed: int,
    names: tuple[str, ...],
    depths: tuple[Depth, ...],
    data: str,
) -> None:
    plan = Plan(
        jsonl=jsonl,
        articles=articles,
        per_kind=per_kind,
        rounds=rounds,
        seed=seed,
        # In the table's order, however they were named.
        names=tuple(name for name in ENGINES if name in (names or ENGINES)),
        depths=tuple(depth for depth in DEPTHS if depth in (depths or DEPTHS)),
        data=data or jsonl.name,
    )
    with tempfile.TemporaryDirectory(prefix="newsdex-bench-") as folder:
        try:
            run = _run(plan, Path(folder))
        except tree.Failed as error:
            raise click.ClickException(str(error)) from error
    out.write_text(table.report(run), encoding="utf-8")
    click.echo(f"written to {out}", err=True)


def _run(plan: Plan, folder: Path) -> table.Run:
    file = folder / "articles.jsonl"
    load = os.getloadavg()[0]
    count = prefix(plan.jsonl, plan.articles, file)
    absent = list(left_out(plan.names, count))
    for name, reason in absent:
        click.echo(f"{name} is left out: {reason}", err=True)
    present = [name for name in plan.names if name not in dict(absent)]
    if not present or not count:
        raise click.ClickException(
            f"there is nothing to measure: {count:,} articles, engines: {', '.join(present) or 'none'}"
        )
    builds = {}
    for name in present:
        builds[name] = measure.build(name, file, folder / name)
        click.echo(f"{name}: {count:,} articles in {builds[name].seconds:.1f} s", err=True)
    asked = questions(records(file), per_kind=plan.per_kind, seed=plan.seed)
    opened = {name: contender(name).open(folder / name) for name in present}
    found = {}
    for depth in plan.depths:
        found[depth] = measure.ask_all(opened, asked, depth, plan.rounds)
        click.echo(f"asked {len(asked)} questions: {depth}", err=True)
    for engine in opened.values():
        engine.close()
    for question, totals in table.differing(next(iter(found.values()))):
        told = ", ".join(f"{name} {total:,}" for name, total in totals.items())
        click.echo(f"totals differ: {question.kind}: {question.text}: {told}", err=True)
    return table.Run(
        seed=plan.seed,
        rounds=plan.rounds,
        data=plan.data,
        articles=count,
        words=sum(len(record.body.split()) for record in records(file)),
        versions={name: contender(name).version() for name in present},
        missing=absent,
        builds=builds,
        asked=found,
        load=load,
    )


if __name__ == "__main__":
    main()
