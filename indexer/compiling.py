"""Compiling, told to whoever waits for it.

What the engine runs on is compiled for the machine when it is first needed, and kept: only the first run
after an installation or an upgrade waits for it, some ten seconds, or every run where nothing can be kept.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator

WORDS = "Compiling for this machine (once, up to half a minute)"

_lock = threading.Lock()
_listening: list[tuple[Callable[[], None], bool]] = []
# The terminal is the parent's.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_listening.clear)


class NotKept(RuntimeWarning):
    """What is compiled cannot be kept for the next start."""


@contextlib.contextmanager
def told(tell: Callable[[], None], *, every: bool = False) -> Iterator[None]:
    """Within, call `tell` when this process begins to compile something, from whichever thread it does.

    That is once, or with `every` for each piece. Of several that listen the one that began last is told.
    """
    listener = tell, every
    with _lock:
        _listening.append(listener)
    try:
        yield
    finally:
        with _lock, contextlib.suppress(ValueError):
            _listening.remove(listener)


def begins() -> None:
    """What an engine calls before it compiles something."""
    with _lock:
        if not _listening:
            return
        tell, every = _listening[-1]
        if not every:
            _listening.clear()
    tell()
