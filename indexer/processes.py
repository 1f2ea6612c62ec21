"""Starting a process that helps: forked where that is safe, else a fresh interpreter."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Protocol

CAN_START = os.name == "posix"
"""Whether start() can work here: what it hands over is a file's number."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Started(Protocol):
    """A process that was started."""

    pid: int

    def kill(self) -> None: ...

    def wait(self) -> int:
        """Its exit code when it has ended, the signal that ended it as a negative number."""


def start(run: Callable[[Connection], None], code: str) -> tuple[Started, Connection, bool]:
    """Start a process that has a pipe to this one; whether it was forked.

    Forked it calls `run` with its end of the pipe. A process with threads cannot be forked, for another
    thread may hold a lock that nobody in the copy would ever release, and on macOS system libraries do not
    bear it. There Python runs `code` with the number of the pipe as its argument.
    """
    ours, theirs = Pipe()
    if sys.platform == "linux" and threading.active_count() == 1:
        pid = os.fork()
        if pid == 0:
            _run_forked(run, theirs)
        theirs.close()
        return _Forked(pid), ours, True
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    return process, ours, False


def _run_forked(run: Callable[[Connection], None], theirs: Connection) -> None:
    """The forked process's whole life."""
    code = 1
    try:
        # The copy of what the parent read is not looked through for cycles, which would copy its pages.
        gc.freeze()
        # Whatever else is open belongs to the parent: the index's lock, the ledger, pipes to others.
        kept = theirs.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
        run(theirs)
        code = 0
    except BaseException:
        with contextlib.suppress(OSError):
            os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


class _Forked:
    def __init__(self, pid: int):
        self.pid = pid
        self._code: int | None = None

    def kill(self) -> None:
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code
