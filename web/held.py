"""The engine, the settings and the past of the index that one application answers from.

The engine is opened at the first request and not before, so a server may start without an index: it answers
503 with the command that makes one, and finds it once it is there. Which generation is open is the engine's
own business (indexer/opening.py follows CURRENT).
"""

from __future__ import annotations

import threading
from collections.abc import Collection

from flask import current_app

from indexer.engine import Engine
from indexer.history import History
from indexer.opening import open_engine
from indexer.settings import Settings


class Held:
    """What hangs on the application under `extensions["newsdex"]`."""

    def __init__(
        self, settings: Settings, engine: Engine | None = None, hosts: Collection[str] | None = None
    ):
        self.settings, self.hosts = settings, hosts
        self.history = History(settings.index)
        self._engine = engine
        self._lock = threading.Lock()

    def engine(self) -> Engine:
        """The engine; raises what open_engine raises as long as there is nothing to open."""
        with self._lock:
            if self._engine is None:
                self._engine = open_engine(self.settings)
            return self._engine


def held() -> Held:
    found: Held = current_app.extensions["newsdex"]
    return found


def engine() -> Engine:
    return held().engine()


def history() -> History:
    return held().history


def settings() -> Settings:
    return held().settings
