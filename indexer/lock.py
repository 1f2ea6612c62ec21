"""One writer at a time: an operating-system lock, which a killed process cannot leave behind.

What stands in the file (process, command, since when) is for people; only the lock itself decides.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import EngineUnavailable, IndexBusy

FILE_NAME = "lock"
# The byte that Windows locks: beyond what is written, so that others can still read who holds it.
_FAR_BYTE = 2**30

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _FAR_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def writing(index: Path, command: str) -> Iterator[None]:
    """Hold the index's lock while writing; raises IndexBusy when another process or thread holds it.

    `index` is made when it does not exist. `command` is told to whoever finds the lock taken.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(index / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise EngineUnavailable(f"{index} cannot be written to ({error.strerror})") from error
    try:
        try:
            _take(descriptor)
        except OSError as error:
            raise IndexBusy(index, holder(index) or "it does not say who it is") from error
        since = datetime.now(UTC).isoformat(timespec="seconds")
        note = json.dumps({"pid": os.getpid(), "command": command, "since": since})
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, note.encode())
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(index: Path) -> str:
    """Who says to be writing, for people; "" when the file tells nothing. It may be of a killed process."""
    try:
        note = json.loads((index / FILE_NAME).read_text("utf-8"))
        return f"{note['command']}, process {note['pid']}, since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def is_held(index: Path) -> bool:
    """Whether somebody is writing now."""
    try:
        descriptor = os.open(index / FILE_NAME, os.O_RDWR)
    except OSError:
        return False
    try:
        _take(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
