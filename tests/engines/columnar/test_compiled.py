"""Kernels run whether or not their compiled code can be kept."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from indexer.whoosh_engine.columnar.compiled import bare_kernel, kernel


@pytest.mark.parametrize("decorate", [kernel, bare_kernel])
def test_without_a_folder_for_compiled_code_a_kernel_runs_and_says_so(decorate):
    scope = {}
    exec("def doubled(number):\n    return 2 * number", scope)

    with pytest.warns(RuntimeWarning, match="NUMBA_CACHE_DIR"):
        doubled = decorate(scope["doubled"])

    assert doubled(21) == 42


def test_compiled_code_goes_to_the_folder_that_is_set(tmp_path):
    program = (
        "import numpy as np; from indexer.whoosh_engine.columnar.merge_kernels import gather;"
        "none = np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(0, np.int64);"
        "gather(*none, none[0], none[1])"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    )

    assert [file.suffix for file in tmp_path.rglob("merge_kernels.gather*.nbi")] == [".nbi"]
