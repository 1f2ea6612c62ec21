"""The results as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.markdown import conditions, table
from tests.bench.measure import WARM_UP, Asked, Build, percentile
from tests.bench.peers import Depth, Question
from tests.bench.targets import summary

_TITLES = {
    "top": "Ten stored articles and the exact total",
    "snippets": "The same with three snippets an article",
    "whole": "The same with four facets and a timeline",
}
# Totals this near are taken for the same: engines part words like "o'brien" and "3.5" differently.
_SAME_SHARE, _SAME_COUNT = 0.02, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything the report tells. `missing` are engines left out, with the reason.

    `load` is the machine's load average over a minute when the run began.
    """

    seed: int
    rounds: int
    data: str
    articles: int
    words: int
    versions: Mapping[str, str]
    missing: Sequence[tuple[str, str]]
    builds: Mapping[str, Build]
    asked: Mapping[Depth, Asked]
    load: float


def report(run: Run) -> str:
    """The whole page."""
    parts = [
        "# Bench\n",
        _about(run),
        "## In short\n",
        summary(run.builds, run.asked),
        "## Building\n",
        _building(run),
        "## Searching\n",
        f"Milliseconds, p50 / p95 over the questions of a class, of each the median of {run.rounds} rounds "
        "after one that warms up; *first* is the p95 of that warming round, when little is in any cache of "
        "the engine's own. Engines take turns question by question. A question that an engine refuses counts "
        "in none of its times; an empty cell: it has no such query.\n",
    ]
    for depth, asked in run.asked.items():
        parts += [f"### {_TITLES[depth]}\n", _searching(run, asked)]
    parts += ["## Do they find the same?\n", _agreement(run)]
    return "\n".join(parts)


def _about(run: Run) -> str:
    lines = [
        *conditions("tests.bench", run.load),
        f"- data: {run.data}: {run.articles:,} articles, {run.words:,} words",
        f"- questions: drawn from these articles with seed {run.seed}",
        *(f"- {name}: {version}" for name, version in run.versions.items()),
        *(f"- {name}: left out, {reason}" for name, reason in run.missing),
    ]
    return "\n".join(lines) + "\n"


def _building(run: Run) -> str:
    first = next(iter(run.builds.values()), None)
    if first is None:
        return "No engine was built.\n"
    rows = [
        (
            name,
            f"{build.articles:,}",
            f"{build.seconds:.1f}",
            f"{build.cpu:.1f}",
            f"{build.articles / build.seconds:,.0f}",
            f"{build.peak / 2**20:,.0f}",
            f"{build.processes}",
            f"{build.disk / 2**20:,.1f}",
            f"{build.disk / build.articles:,.0f}",
            f"{first.seconds / build.seconds:.2f}",
        )
        for name, build in run.builds.items()
    ]
    head = (
        "engine",
        "articles",
        "seconds",
        "processor s",
        "articles/s",
        "peak MiB",
        "processes",
        "disk MiB",
        "bytes an article",
        f"speed, {next(iter(run.builds))} 1",
    )
    return table(head, rows) + (
        "\nFrom the JSON Lines file, in which every article states its language, to a committed, searchable "
        "index with everything stored, by a command of its own, its start included; processor time and peak "
        "are those of all its processes. newsdex runs `newsdex rebuild`, which also cleans texts, finds "
        "duplicates, verifies what it wrote and keeps its ledger, which the others are spared; its machine "
        f"code was made before, of {WARM_UP:,} articles.\n"
    )


def _searching(run: Run, asked: Asked) -> str:
    names = list(run.builds)
    kinds = list(dict.fromkeys(question.kind for question, _ in asked.totals))
    rows = []
    for kind in kinds:
        totals = [found for question, found in asked.totals if question.kind == kind]
        cells = [kind, str(len(totals)), _median_total(totals)]
        for name in names:
            times = asked.times.get((kind, name))
            if times is None or not times.warm:
                cells += ["", ""]
                continue
            cells += [
                f"{percentile(times.warm, 0.5):.2f} / {percentile(times.warm, 0.95):.2f}",
                f"{percentile(times.first, 0.95):.2f}",
            ]
        rows.append(tuple(cells))
    heads = [each for name in names for each in (name, "first")]
    return table(("class", "questions", "median total", *heads), rows)


def _median_total(totals: Sequence[Mapping[str, int]]) -> str:
    """As the first engine that has such a query counts it."""
    counted = [next(iter(found.values())) for found in totals if found]
    return f"{percentile(counted, 0.5):,}" if counted else ""


def _agreement(run: Run) -> str:
    asked = next(iter(run.asked.values()))
    ours, *others = run.builds
    rows = []
    for kind in dict.fromkeys(question.kind for question, _ in asked.totals):
        of_kind = [found for question, found in asked.totals if question.kind == kind]
        cells = [kind]
        for other in others:
            pairs = [(found[ours], found[other]) for found in of_kind if ours in found and other in found]
            apart = [pair for pair in pairs if not same(*pair)]
            cells.append(_apart(apart, len(pairs)) if pairs else "")
        rows.append(tuple(cells))
    return table(("class", *(f"{ours} and {other}" for other in others)), rows) + (
        f"\nQuestions whose totals differ by more than {_SAME_SHARE:.0%} and by more than {_SAME_COUNT} "
        "articles, and the median of theirs beside it.\n"
    )


def _apart(apart: list[tuple[int, int]], of: int) -> str:
    if not apart:
        return f"0 of {of}"
    mine, theirs = (percentile((pair[side] for pair in apart), 0.5) for side in (0, 1))
    return f"{len(apart)} of {of} ({mine:,} and {theirs:,})"


def same(one: int, two: int) -> bool:
    """Whether two totals are as near as engines with other tokens can be expected to be."""
    return abs(one - two) <= max(_SAME_COUNT, _SAME_SHARE * max(one, two))


def differing(asked: Asked) -> Iterable[tuple[Question, dict[str, int]]]:
    """The questions on which two engines are further apart than that."""
    for question, found in asked.totals:
        if found and not same(min(found.values()), max(found.values())):
            yield question, found
