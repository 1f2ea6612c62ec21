"""What tests of the index begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.indexer.house import House


@pytest.fixture(params=[1, 2], ids=["alone", "crew"])
def house(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> House:
    """One whose files are read by this process, or, however small they are, by two others."""
    monkeypatch.setattr("indexer.build.SHARED_FROM_FILES", 0)
    monkeypatch.setattr("indexer.crew.CUT_FROM", 300)
    monkeypatch.setattr("indexer.crew.BLOCK", 200)
    return House(tmp_path, request.param)
