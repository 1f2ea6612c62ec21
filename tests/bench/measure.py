"""Building by a command, and asking all engines in turns."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import tree
from tests.bench.peers import Answer, Depth, Opened, Question, Unsupported, contender
from tests.bench.records import prefix

CHECKOUT = Path(__file__).parents[2]
# newsdex also ends with 1, which means: done, with something left to look at.
DONE = (0, 1)


# Of so many articles newsdex makes its machine code, so that the time of a first run is not measured: enough
# that several processes read them and what they wrote is merged.
WARM_UP = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """`seconds` is the whole command, its start included, `cpu` the processor time of all its processes.

    `peak` is the most memory all its processes held at once and `disk` what it left behind, in bytes;
    `processes` how many ran at once.
    """

    articles: int
    seconds: float
    cpu: float
    peak: int
    processes: int
    disk: int


def build(name: str, jsonl: Path, directory: Path, *, memory_mb: int | None = None) -> Build:
    """Index the file by a command of its own; raises tree.Failed with its output.

    `memory_mb` sets newsdex's own bound instead of its default.
    """
    engine: Any = contender(name)
    own = getattr(engine, "command", None)
    env = defaults(directory.parent, memory_mb)
    if own is None:
        words = [sys.executable, "-m", "tests.bench.building", name, str(jsonl), str(directory)]
        ran = tree.run(words, cwd=CHECKOUT, env=env)
    else:
        few, away = jsonl.with_name("warm-up.jsonl"), directory.with_name("warm-up")
        prefix(jsonl, WARM_UP, few)
        _articles(tree.run(own(few, away), cwd=CHECKOUT, env=env, fine=DONE), name)
        shutil.rmtree(away)
        ran = tree.run(own(jsonl, directory), cwd=CHECKOUT, env=env, fine=DONE)
    return Build(
        articles=_articles(ran, name),
        seconds=ran.seconds,
        cpu=ran.cpu,
        peak=ran.peak,
        processes=ran.processes,
        disk=sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()),
    )


def _articles(ran: tree.Ran, name: str) -> int:
    """How many the last line of the output says were indexed; a command that fell over says nothing there."""
    try:
        return int(json.loads(ran.output.splitlines()[-1])["articles"])
    except (IndexError, KeyError, ValueError) as error:
        raise tree.Failed(f"building with {name} gave no report:\n{ran.told}") from error


def defaults(folder: Path, memory_mb: int | None = None) -> dict[str, str]:
    """An environment in which newsdex runs with its defaults, whatever this user has set."""
    settings = folder / "defaults.toml"
    settings.write_text("", encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith("NEWSDEX_")}
    env["NEWSDEX_CONFIG"] = str(settings)
    if memory_mb is not None:
        env["NEWSDEX_MEMORY"] = str(memory_mb)
    return env


@dataclass(slots=True)
class Times:
    """Of one class of questions at one engine: milliseconds of each question, asked first and then again."""

    first: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """What came of asking: times by (kind, engine), and the totals of each question by engine."""

    times: dict[tuple[str, str], Times]
    totals: list[tuple[Question, dict[str, int]]]


def ask_all(engines: Mapping[str, Opened], questions: Sequence[Question], depth: Depth, rounds: int) -> Asked:
    """Every question of every engine, engines in turns so that none has the quieter moments.

    The first round warms up and is told apart; of the others each question's median counts.
    """
    times: defaultdict[tuple[str, str], Times] = defaultdict(Times)
    again: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    totals: list[tuple[Question, dict[str, int]]] = [(question, {}) for question in questions]
    for turn in range(rounds + 1):
        for at, question in enumerate(questions):
            for name, engine in engines.items():
                took, answer = _timed(engine, question, depth)
                if answer is None:
                    continue
                totals[at][1][name] = answer.total
                if turn == 0:
                    times[question.kind, name].first.append(took)
                else:
                    again[at, name].append(took)
    for (at, name), taken in again.items():
        times[questions[at].kind, name].warm.append(statistics.median(taken))
    return Asked(dict(times), totals)


def _timed(engine: Opened, question: Question, depth: Depth) -> tuple[float, Answer | None]:
    began = time.perf_counter()
    try:
        answer = engine.ask(question, depth)
    except Unsupported:
        return 0.0, None
    return (time.perf_counter() - began) * 1000, answer


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
