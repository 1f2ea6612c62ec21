"""Whoosh's own tests with the columnar codec as the default; UPSTREAM.md says how to get them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCES = os.environ.get("NEWSDEX_WHOOSH_TESTS", "")
IGNORED = (
    "--ignore-glob=tests/test_example*",
    "--ignore=tests/test_site_version_sync.py",
    "--ignore=tests/test_bump_version_script.py",
)


@pytest.mark.slow
@pytest.mark.skipif(not SOURCES, reason="NEWSDEX_WHOOSH_TESTS names no source distribution of whoosh3")
def test_whoosh_passes_its_own_tests_on_the_columnar_codec_but_for_those_listed(tmp_path: Path) -> None:
    root = HERE.parents[2]
    environment = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{root}", "TMPDIR": str(tmp_path)}
    options = ("-q", "-rf", "-p", "upstream_plugin", "-p", "no:cacheprovider", "tests")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *IGNORED],
        cwd=SOURCES, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed = set(re.findall(r"^FAILED tests/(\S+)", done.stdout, re.M))
    listed = set(re.findall(r"^\| `(test_\S+)`", (HERE / "UPSTREAM.md").read_text("utf-8"), re.M))
    assert "passed" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
    assert failed == listed
