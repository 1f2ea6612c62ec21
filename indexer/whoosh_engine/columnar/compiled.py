"""How the kernels are compiled: by numba, without the interpreter's lock, kept on disk between runs.

The machine code is kept in the folder that NUMBA_CACHE_DIR names, else in the user's cache folder, else
beside the modules. Where none of them can be written every process compiles for itself, and says so once.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import platformdirs
from numba.core import event
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys
from numpy.typing import NDArray

from indexer import compiling

# Beside installed modules, numba's own choice, the files outlive them: pip removes only what it brought, and
# the folder that remains is imported, as a package without modules, in place of one installed editable later.
_numba_config: Any = numba.config
_numba_config.CACHE_DIR = _numba_config.CACHE_DIR or str(
    platformdirs.user_cache_path("newsdex", appauthor=False) / "compiled"
)

# numba annotates its decorator without the option that bare_kernel passes, and the rest not at all.
_njit: Any = numba.njit
_register: Any = event.register

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """The function compiled when it is first called; it sees only arrays and numbers."""
    return _compiled(function)


def inlined(function: _Function) -> _Function:
    """A small function for kernels to call; compiled with each of them."""
    return cast(_Function, _njit(nogil=True)(function))


# Without numba's counting of references to arrays, which it does in loops that it cannot see through:
# finding chunks took 52 ns a word with it and 35 without.


def bare_kernel(function: _Function) -> _Function:
    """As kernel, for a function that makes no array (numba refuses one that does): such loops run faster."""
    return _compiled(function, _nrt=False)


def bare_inlined(function: _Function) -> _Function:
    """A small function for bare kernels to call."""
    return cast(_Function, _njit(nogil=True, _nrt=False)(function))


class _Kept(FunctionCache):
    """numba's cache of a kernel, without what numba loads first: its compiler.

    Machine code that is read from the cache needs none of it, and it took two thirds of the time to a first
    answer: of 100,000 articles a process answered after 0.77 s, and after 0.53 without. Where something is to
    be compiled, numba loads it there as well.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            found: Any = self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
            return found


class _Compiling(event.Listener):
    """Tells when numba compiles."""

    def on_start(self, event: event.Event) -> None:
        compiling.begins()

    def on_end(self, event: event.Event) -> None:
        """Nobody asks when it is done."""


_register("numba:compile", _Compiling())


def _compiled(function: _Function, **options: bool) -> _Function:
    made = _njit(nogil=True, **options)(function)
    try:
        made._cache = _Kept(function)  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        warnings.warn(
            "no folder to keep compiled code in, so every start compiles again for some seconds; "
            "set NUMBA_CACHE_DIR to a folder that can be written",
            compiling.NotKept,
            stacklevel=1,
        )
    return cast(_Function, made)


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """The array as one only to be read, in memory or in a file alike: kernels compile once for both."""
    view = np.ascontiguousarray(array).view(np.ndarray)
    view.flags.writeable = False
    return view
