"""What a command and all the processes it starts take: time, processor time, memory.

A builder may fork workers, so one process's own figures tell too little. Processor time comes from wait4,
which adds the children a process waited for. Memory is looked at from outside while the command runs: of
several processes the proportional set sizes are added (proc(5), smaps_rollup), in which a page shared by n
processes counts a n-th in each; of a single one the resident set, which costs nothing to read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
SECONDS_APART = 0.05
# Adding up the pages of a large process takes milliseconds and holds its page faults up: looking may cost
# a tenth of one core, so that it does not change what is measured.
SHARE_OF_LOOKING = 0.1
# Of what a command told so many letters are kept, from the end.
WORDS_MOST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command wrote (`output`), what it told beside that, and what it took.

    `seconds` are of the clock, `cpu` are seconds of the processor, `peak` is in bytes. `processes` is
    how many ran at once at most. Where there is no /proc, `peak` is that of the largest process and
    `processes` is 1.
    """

    output: str
    told: str
    seconds: float
    cpu: float
    peak: int
    processes: int


class Failed(Exception):
    """A command ended with an exit code that was not expected; the message holds what it said."""


def run(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None, fine: Iterable[int] = (0,)
) -> Ran:
    """Run the command to its end; raises Failed when its exit code is not among the `fine` ones."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=told, text=True)
        with Watch(process.pid) as watch:
            assert process.stdout is not None
            output = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        told.seek(0)
        words = told.read()[-WORDS_MOST:]
        if process.returncode not in fine:
            raise Failed(f"{' '.join(command)} ended with {process.returncode}:\n{words}")
    # Only where nothing was seen: after a fork it also counts what the parent had.
    largest = used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024
    return Ran(
        output=output,
        told=words,
        seconds=seconds,
        cpu=used.ru_utime + used.ru_stime,
        peak=watch.peak or largest,
        processes=max(1, watch.processes),
    )


class Watch:
    """Looks at a process and its descendants every SECONDS_APART until left.

    `peak` is the most memory seen: the sum over the processes of one look, or what the kernel noted as the
    highest resident set of a single one, where that is more (a look may come late, the kernel does not).
    """

    def __init__(self, pid: int):
        self.pid = pid
        self.peak = 0
        self.processes = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = 0.0
        while not self._done.wait(pause):
            began = time.perf_counter()
            here = family(self.pid)
            self.processes = max(self.processes, len(here))
            self.peak = max(self.peak, held(here), *(_status(pid, "VmHWM") for pid in here), 0)
            pause = max(SECONDS_APART, (time.perf_counter() - began) / SHARE_OF_LOOKING)


def family(pid: int) -> list[int]:
    """The process and all its living descendants; empty where there is no /proc or it has ended."""
    if not (PROC / str(pid)).exists():
        return []
    found = [pid]
    for each in found:
        found += _children(each)
    return found


def held(pids: Sequence[int]) -> int:
    """The bytes of memory these processes hold together, pages they share counted once."""
    if len(pids) == 1:
        return _status(pids[0], "VmRSS")
    return sum(_kibibytes(PROC / str(pid) / "smaps_rollup", "Pss") or _status(pid, "VmRSS") for pid in pids)


def cpu_seconds(pid: int) -> float | None:
    """The processor time a living process has used so far, its waited-for children included."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # utime, stime, cutime and cstime are fields 14 to 17 of proc(5), and the third is the first here.
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        pass  # It has just ended.
    return found


def _status(pid: int, name: str) -> int:
    return _kibibytes(PROC / str(pid) / "status", name)


def _kibibytes(file: Path, name: str) -> int:
    """The value of a line `name:  123 kB` in bytes; 0 when it is not there."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)
