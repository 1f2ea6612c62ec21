"""Arrays that grow at their end, for what is learnt while articles come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST_ROOM = 1024


class Growing:
    """A one- or two-dimensional array with room behind its end; appending costs amortised constant time."""

    def __init__(self, dtype: Any, columns: int = 0):
        self._shape = (columns,) if columns else ()
        self._held = np.zeros((_FIRST_ROOM, *self._shape), dtype)
        self._count = 0

    @property
    def array(self) -> NDArray[Any]:
        """What has been appended; a view that later appends may leave behind."""
        return self._held[: self._count]

    @property
    def nbytes(self) -> int:
        return self._held.nbytes

    def extend(self, values: Sequence[Any] | NDArray[Any]) -> None:
        count = self._count + len(values)
        if count > len(self._held):
            self._held = grown(self._held, count)
        if len(values):
            self._held[self._count : count] = values
        self._count = count


def grown(array: NDArray[Any], least: int) -> NDArray[Any]:
    """The array at the head of one at least twice as long, zeros behind."""
    longer = np.zeros((max(2 * len(array), least), *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer
