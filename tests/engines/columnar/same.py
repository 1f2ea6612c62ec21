"""Whether two segments say the same, array by array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def assert_same(one: Any, other: Any, path: str = "segment") -> None:
    """AssertionError names the first part that differs; arrays must agree in type too."""
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, f"{path}: {one.dtype} and {other.dtype}"
        np.testing.assert_array_equal(one, other, err_msg=path)
    elif isinstance(one, Mapping):
        assert set(one) == set(other), path
        for name in one:
            assert_same(one[name], other[name], f"{path}.{name}")
    elif hasattr(one, "__slots__"):
        for name in one.__slots__:
            assert_same(getattr(one, name), getattr(other, name), f"{path}.{name}")
    else:
        assert one == other, f"{path}: {one} and {other}"
