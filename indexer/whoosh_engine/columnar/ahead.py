"""Making the next things while one is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

THREADS = 2


def ahead(jobs: Iterable[Callable[[], T]]) -> Iterator[T]:
    """What the jobs give, in their order, while THREADS of those after it are under way.

    Worth it where they are done by kernels, which need no lock of the interpreter's.
    """
    with ThreadPoolExecutor(THREADS) as beside:
        coming: deque[Future[T]] = deque()
        for job in jobs:
            coming.append(beside.submit(job))
            if len(coming) > THREADS:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
