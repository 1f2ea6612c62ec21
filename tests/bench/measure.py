"""Building in a process of its own, and asking all engines in turns."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.peers import Answer, Depth, Opened, Question, Unsupported, contender

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """`seconds` is the whole process, its start included, `cpu` the processor time of all its threads.

    `peak` is its largest resident memory and `disk` what it left behind, in bytes.
    """

    articles: int
    seconds: float
    cpu: float
    peak: int
    disk: int


def build(name: str, jsonl: Path, directory: Path) -> Build:
    """Index the file in a fresh process; raises CalledProcessError with its output on the terminal."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--build-only", name, str(jsonl), "--index", str(directory)],
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds = time.perf_counter() - began
    told = json.loads(done.stdout.splitlines()[-1])
    disk = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
    return Build(articles=told["articles"], seconds=seconds, cpu=told["cpu"], peak=told["peak"], disk=disk)


def build_here(name: str, jsonl: Path, directory: Path) -> str:
    """What the fresh process does: build, and tell what only it can know as a line of JSON."""
    articles = contender(name).build(jsonl, directory)
    used = os.times()
    return json.dumps({"articles": articles, "peak": _peak(), "cpu": used.user + used.system})


def _peak() -> int:
    # ru_maxrss also counts what the parent had when it forked; VmHWM does not, but only Linux tells it.
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


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


def memory() -> int:
    """The machine's memory in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
