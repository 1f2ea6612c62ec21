"""Clients of a web server, each a process of its own: none waits for another's interpreter lock."""

from __future__ import annotations

import http.client
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How to ask: so many clients at once, for so many seconds each after `warm_up` seconds.

    With `requests` above 0 each client stops after its share of so many, however long that takes.
    """

    clients: int = 8
    seconds: float = 20.0
    warm_up: float = 3.0
    requests: int = 0


@dataclass(slots=True)
class Answered:
    """What came of it: milliseconds of each answer, errors by their kind, seconds from first to last."""

    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0


class Clients:
    """Processes that are ready and wait for `go`."""

    def __init__(self, port: int, paths: Sequence[str], load: Load):
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for number in range(load.clients):
            ours, theirs = context.Pipe()
            process = context.Process(target=_client, args=(theirs, number, port, list(paths), load))
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def warmed(self) -> None:
        """Let all connect and warm up, and return when they have."""
        for pipe in self._pipes:
            pipe.recv()
        self._tell()
        for pipe in self._pipes:
            pipe.recv()

    def go(self) -> Answered:
        """Let all ask at once, and gather what they found; raises EOFError when one of them died."""
        self._tell()
        told = [pipe.recv() for pipe in self._pipes]
        for process in self._processes:
            process.join()
        found = Answered()
        for times, errors, _, _ in told:
            found.times += times
            found.errors.update(errors)
        # One clock for the whole machine.
        found.seconds = max(end for *_, end in told) - min(start for *_, start, _ in told)
        return found

    def _tell(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)


def _client(pipe: Connection, number: int, port: int, paths: list[str], load: Load) -> None:
    # Each its own order, or all would ask the same question at the same moment.
    random.Random(number).shuffle(paths)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    pipe.send("ready")
    pipe.recv()
    _ask(connection, paths, load.warm_up, 0, [], Counter())
    pipe.send("warm")
    pipe.recv()
    times: list[float] = []
    errors: Counter[str] = Counter()
    share = -(-load.requests // load.clients)
    start = time.monotonic()
    _ask(connection, paths, load.seconds, share, times, errors)
    pipe.send((times, errors, start, time.monotonic()))
    connection.close()


def _ask(
    connection: http.client.HTTPConnection,
    paths: list[str],
    seconds: float,
    most: int,
    times: list[float],
    errors: Counter[str],
) -> None:
    """Ask one after another, round and round, `most` times if that is not 0, else for so long."""
    until = time.monotonic() + seconds
    asked = 0
    while asked < most if most else time.monotonic() < until:
        began = time.perf_counter()
        kind = _get(connection, paths[asked % len(paths)])
        if kind:
            errors[kind] += 1
        else:
            times.append((time.perf_counter() - began) * 1000)
        asked += 1


def _get(connection: http.client.HTTPConnection, path: str) -> str:
    """Fetch the whole answer; "" when it is a good one, else what kind of error it was."""
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()  # The next request opens it again.
        return type(error).__name__
    if response.status != 200:
        return f"status {response.status}"
    return "" if body.startswith(b"{") else "no JSON"
