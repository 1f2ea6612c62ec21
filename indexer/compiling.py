"""Compiling, told to whoever waits for it.

What the engine runs on is compiled for the machine when it is first needed, and kept: only the first run
after an installation or an upgrade waits for it, some ten seconds, or every run where nothing can be kept.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

WORDS = "Compiling for this machine (once, up to half a minute)"

_listening: list[Callable[[], None]] = []


@contextlib.contextmanager
def told(tell: Callable[[], None]) -> Iterator[None]:
    """Within, call `tell` once, when first something is compiled in this process, from whichever thread."""
    process = os.getpid()

    def once() -> None:
        with contextlib.suppress(ValueError):
            _listening.remove(once)
            # A process forked off listens to nothing: the terminal is its parent's.
            if os.getpid() == process:
                tell()

    _listening.append(once)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            _listening.remove(once)


def begins() -> None:
    """What an engine calls before it compiles something."""
    for once in tuple(_listening):
        once()
