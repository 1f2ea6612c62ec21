"""Kernels run whether or not their compiled code can be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.whoosh_engine.columnar.compiled import bare_kernel, kernel


@pytest.mark.parametrize("decorate", [kernel, bare_kernel])
def test_without_a_folder_for_compiled_code_a_kernel_runs_and_says_so(decorate):
    scope = {}
    exec("def doubled(number):\n    return 2 * number", scope)

    with pytest.warns(RuntimeWarning, match="NUMBA_CACHE_DIR"):
        doubled = decorate(scope["doubled"])

    assert doubled(21) == 42


def keep_compiled(environment: dict[str, str]) -> None:
    """Compile a kernel in a process with that environment."""
    program = (
        "import numpy as np; from indexer.whoosh_engine.columnar.merge_kernels import gather;"
        "none = np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(0, np.int64);"
        "gather(*none, none[0], none[1])"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def kept_under(folder: Path) -> list[str]:
    return [file.suffix for file in folder.rglob("merge_kernels.gather*.nbi")]


def test_compiled_code_goes_to_the_folder_that_is_set(tmp_path):
    keep_compiled({**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)})

    assert kept_under(tmp_path) == [".nbi"]


def test_compiled_code_goes_to_the_users_cache_and_not_among_modules_that_pip_will_remove(tmp_path):
    unset = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    keep_compiled({**unset, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)})

    assert kept_under(tmp_path) == [".nbi"]
