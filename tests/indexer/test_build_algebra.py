"""After any sequence of updates the index is what a fresh one of the same files would be."""

from __future__ import annotations

import os
import random
import shutil
import time

import pytest

from tests.indexer.house import House, a_record


@pytest.mark.parametrize("seed", range(6))
def test_after_any_update_what_the_files_hold_is_what_is_found(house, seed, tmp_path):
    chance = random.Random(seed)
    house.write("first.jsonl", a_record("0"))
    house.rebuild()

    for step in range(6):
        for _ in range(chance.randint(1, 3)):
            _stir(house, chance, step)
        house.update(force=True)
        assert house.held() == house.fresh(tmp_path / "fresh"), step

    ledger = house.ledger()
    assert ledger.counts()["articles"] == len(house.held())
    assert not any(ledger.tombstone(article_id) for article_id in house.held())
    assert not any(ledger.redirect(article_id) for article_id in house.held())


def _stir(house: House, chance: random.Random, step: int) -> None:
    paths = sorted(path for path in house.files.rglob("*.*") if path.is_file())
    deed = chance.choice(["write", "write", "text", "delete", "rename", "move", "touch", "copy"])
    path = chance.choice(paths) if paths else None
    other = house.files / chance.choice(["", "x", "y/z"]) / f"n{chance.randint(0, 5)}"
    other.parent.mkdir(parents=True, exist_ok=True)
    if deed == "write" or path is None:
        more = [{}, {"updated": f"2026-01-0{chance.randint(1, 9)}"}, {"status": "canceled"}]
        records = [
            a_record(
                str(chance.randint(0, 6)), chance.choice(["One.", "Two.", "Three."]), **chance.choice(more)
            )
            for _ in range(chance.randint(1, 3))
        ]
        house.write(str(other.relative_to(house.files)) + ".jsonl", *records)
    elif deed == "text":
        body = f"Ferry {chance.randint(0, 3)} sinks\n\nAll were saved by two fishing boats.\n"
        other.with_suffix(".txt").write_text(body)
    elif deed == "delete":
        path.unlink()
    elif deed in ("rename", "move"):
        path.rename(other.with_suffix(path.suffix))
    elif deed == "copy":
        if path != other.with_suffix(path.suffix):
            shutil.copyfile(path, other.with_suffix(path.suffix))
    else:
        os.utime(path, (time.time() - step, time.time() - step))
