"""The lock: one writer, named, and never left behind by a dead one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from indexer.errors import IndexBusy
from indexer.lock import holder, is_held, writing

HOLDING = """
import sys, time
from pathlib import Path
from indexer.lock import writing
with writing(Path(sys.argv[1]), "newsdex rebuild"):
    print("held", flush=True)
    time.sleep(60)
"""


def hold_elsewhere(index: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(index)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_holding_the_lock_is_named(tmp_path):
    process = hold_elsewhere(tmp_path)
    try:
        told = rf"newsdex rebuild, process {process.pid}, since 20"
        with pytest.raises(IndexBusy, match=told), writing(tmp_path, "newsdex update"):
            pass
        assert is_held(tmp_path)
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_the_lock_free(tmp_path):
    process = hold_elsewhere(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert not is_held(tmp_path)
    with writing(tmp_path, "newsdex update"):
        assert f"process {os.getpid()}" in holder(tmp_path)


def test_a_second_thread_of_one_process_does_not_get_the_lock(tmp_path):
    refused = []

    def other() -> None:
        try:
            with writing(tmp_path, "newsdex update"):
                pass
        except IndexBusy as error:
            refused.append(error.holder)

    with writing(tmp_path, "newsdex rebuild"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    assert len(refused) == 1
    assert "newsdex rebuild" in refused[0]


def test_a_lock_file_of_nonsense_neither_locks_nor_stops_the_message(tmp_path):
    (tmp_path / "lock").write_bytes(b"\xff{")
    with writing(tmp_path, "a"):
        (tmp_path / "lock").write_bytes(b"\xff{")
        with pytest.raises(IndexBusy, match="does not say who"), writing(tmp_path, "b"):
            pass


def test_the_lock_goes_with_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), writing(tmp_path, "a"):
        raise ZeroDivisionError
    assert not is_held(tmp_path)
