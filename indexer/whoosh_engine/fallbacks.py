"""How many lists of postings this process left to Whoosh's own matchers, a hundred times slower.

Our own language leaves it none: execute.py runs every clause over arrays, which a test holds it to. A program
that opens the index with Whoosh and asks Whoosh's Searcher for queries of its own leaves all.
"""

from __future__ import annotations

import threading

_lock = threading.Lock()
_count = 0


def note() -> None:
    """One more list has been left to Whoosh."""
    global _count
    with _lock:
        _count += 1


def noted() -> int:
    """So many since the process began."""
    return _count
