"""How the kernels are compiled: by numba, without the interpreter's lock, kept on disk between runs.

The machine code is kept in the folder that NUMBA_CACHE_DIR names, else beside the modules, else in the
user's cache folder. Where none of them can be written every process compiles for itself, and says so once.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """The function compiled when it is first called; it sees only arrays and numbers."""
    try:
        return cast(_Function, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        warnings.warn(
            "no folder to keep compiled code in, so every start compiles again for some seconds; "
            "set NUMBA_CACHE_DIR to a folder that can be written",
            RuntimeWarning,
            stacklevel=2,
        )
        return cast(_Function, numba.njit(nogil=True)(function))


def inlined(function: _Function) -> _Function:
    """A small function for kernels to call; compiled with each of them."""
    return cast(_Function, numba.njit(nogil=True)(function))
