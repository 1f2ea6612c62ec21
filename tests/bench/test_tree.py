"""What a command and its children take."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import tree

CHECKOUT = Path(__file__).parents[2]

# Holds a large array, has a child hold another beside it, and burns processor time in the child.
FAMILY = """
import subprocess, sys, time
held = bytearray(60_000_000)
child = "import time; held = bytearray(60_000_000); end = time.process_time() + 0.3\\n"
child += "while time.process_time() < end: pass"
subprocess.run([sys.executable, "-c", child], check=True)
print("done")
"""


def test_the_processor_time_of_children_counts() -> None:
    ran = tree.run([sys.executable, "-c", FAMILY], cwd=CHECKOUT)
    assert ran.output == "done\n"
    assert ran.cpu > 0.3
    assert ran.seconds > 0.3


@pytest.mark.skipif(not tree.PROC.is_dir(), reason="memory of several processes is added up from /proc")
def test_the_memory_of_children_counts() -> None:
    ran = tree.run([sys.executable, "-c", FAMILY], cwd=CHECKOUT)
    assert ran.processes == 2
    assert 120_000_000 < ran.peak < 200_000_000


@pytest.mark.skipif(not tree.PROC.is_dir(), reason="shared pages are told apart by /proc")
def test_pages_that_a_fork_shares_count_once() -> None:
    code = (
        "import os, time; held = bytearray(80_000_000); pid = os.fork(); time.sleep(0.4); pid and os.wait()"
    )
    ran = tree.run([sys.executable, "-c", code], cwd=CHECKOUT)
    assert ran.processes == 2
    assert 80_000_000 < ran.peak < 120_000_000


def test_a_command_that_fails_is_told_with_its_own_words() -> None:
    with pytest.raises(tree.Failed, match=r"ended with 3:\nno such engine"):
        tree.run([sys.executable, "-c", "import sys; print('no such engine', file=sys.stderr); sys.exit(3)"],
                 cwd=CHECKOUT)  # fmt: skip
