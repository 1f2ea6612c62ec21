"""The few numbers the long tables come down to: how newsdex stands to the others.

A ratio of times above 1 means newsdex is slower, a ratio of articles a second above 1 that it is faster.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.markdown import table
from tests.bench.measure import Asked, Build, percentile
from tests.bench.peers import Depth

OURS, THEIRS = "newsdex", "tantivy"
# Below this many milliseconds the clock and the call count for more than the engine.
FLOOR_MS = 0.05
# A class slower than so many times theirs is named.
TIMES_MOST = 1.5
# The classes that the mean is taken over; headlines as questions stand beside it.
NAMED = (
    "one word, common",
    "one word, middling",
    "one word, rare",
    "AND of 2",
    "AND of 3",
    "OR of 2",
    "OR of 5",
    "phrase of 2",
    "phrase of 3",
    "phrase of common words",
    "NEAR, 5 apart",
    "prefix",
    "wildcard",
    "fuzzy, 1 edit",
    "common word in one year",
    "common word, newest first",
)
SHORT = {"top": "ten articles", "snippets": "with snippets", "whole": "whole answers"}


@dataclass(frozen=True, slots=True)
class Ratio:
    """Our time over theirs in one class of questions, of the medians and of the 95th percentiles."""

    kind: str
    p50: float
    p95: float


def ratios(asked: Asked, ours: str = OURS, theirs: str = THEIRS) -> list[Ratio]:
    """For every class that both engines answer, in the classes' order."""
    found = []
    for kind in dict.fromkeys(question.kind for question, _ in asked.totals):
        times = [asked.times[kind, name].warm for name in (ours, theirs) if (kind, name) in asked.times]
        if len(times) == 2 and all(times):
            p50, p95 = (_over(*(percentile(each, share) for each in times)) for share in (0.5, 0.95))
            found.append(Ratio(kind, p50, p95))
    return found


def _over(ours: float, theirs: float) -> float:
    return max(FLOOR_MS, ours) / max(FLOOR_MS, theirs)


def geometric_mean(values: Iterable[float]) -> float:
    """
    >>> geometric_mean([0.5, 2.0, 1.0])
    1.0
    """
    logs = [math.log(value) for value in values]
    return math.exp(sum(logs) / len(logs))


def pooled(asked: Asked, name: str) -> list[float]:
    """The times of all questions of all classes at one engine."""
    return [each for (_, engine), times in asked.times.items() if engine == name for each in times.warm]


def summary(builds: Mapping[str, Build], asked: Mapping[Depth, Asked]) -> str:
    """The section of the report; what an engine that was left out would have given is left out."""
    lines = _building(builds)
    by_depth = {depth: ratios(found) for depth, found in asked.items()}
    for depth, found in by_depth.items():
        lines += _standing(depth, found)
    if "whole" in asked:
        for name in builds:
            times = pooled(asked["whole"], name)
            if times:
                lines.append(
                    f"- whole answers, all classes together: {name} p50 {percentile(times, 0.5):.2f} ms, "
                    f"p95 {percentile(times, 0.95):.2f} ms"
                )
    parts = ["\n".join(lines) + "\n"]
    if any(by_depth.values()):
        parts.append(_table(by_depth))
    return "\n".join(parts)


def _building(builds: Mapping[str, Build]) -> list[str]:
    ours = builds.get(OURS)
    if ours is None:
        return []
    speed = ours.articles / ours.seconds
    return [
        f"- building, articles a second: {speed / (build.articles / build.seconds):.2f} times {name}"
        for name, build in builds.items()
        if name != OURS
    ]


def _standing(depth: Depth, found: Sequence[Ratio]) -> list[str]:
    named = [each for each in found if each.kind in NAMED]
    if not named:
        return []
    slow = [f"{each.kind} ({each.p50:.1f})" for each in named if each.p50 > TIMES_MOST]
    p50, p95 = (geometric_mean(getattr(each, share) for each in named) for share in ("p50", "p95"))
    return [
        f"- {SHORT[depth]}: {p50:.2f} times {THEIRS}'s p50 and {p95:.2f} times its p95, geometric means over "
        f"{len(named)} classes; p50 above {TIMES_MOST} times: {', '.join(slow) or 'none'}"
    ]


def _table(by_depth: Mapping[Depth, Sequence[Ratio]]) -> str:
    kinds = list(dict.fromkeys(each.kind for found in by_depth.values() for each in found))
    at = {(depth, each.kind): each for depth, found in by_depth.items() for each in found}
    rows = []
    for kind in kinds:
        cells = [kind if kind in NAMED else f"{kind} (not in the mean)"]
        for depth in by_depth:
            each = at.get((depth, kind))
            cells += [f"{each.p50:.2f}", f"{each.p95:.2f}"] if each else ["", ""]
        rows.append(cells)
    heads = [f"{SHORT[depth]}, {share}" for depth in by_depth for share in ("p50", "p95")]
    return table(("class", *heads), rows) + (
        f"\n{OURS}'s time over {THEIRS}'s; times below {FLOOR_MS} ms count as {FLOOR_MS} on both sides.\n"
    )
