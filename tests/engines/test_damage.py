"""A damaged generation says so; it neither ends the process nor raises anything unheard of."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from indexer.errors import IndexDamaged
from indexer.whoosh_engine.engine import WhooshFormat
from tests.engines import damaging
from tests.engines.building import Step, numbered, write
from tests.fakes import an_article

ROOT = Path(__file__).parents[2]


def archive():
    bodies = ("The ferry sank.\nThe court sat.", "A ferry to court", "법원은 은행", "Nothing of it")
    articles = [
        an_article(body=body, authors=("Kim Min-jung",), section=section, published="2026-01-15")
        for body in bodies
        for section in ("Politics", "World")
    ]
    return numbered(articles)


def outcomes(tmp_path, flips, seed=1):
    """Each damage with what came of it, tried in a process of its own."""
    articles = archive()
    steps = [Step(tuple(articles[:5])), Step(tuple(articles[5:]), (articles[0].id,))]
    directory, manifest = write(WhooshFormat(), tmp_path, steps, merge=False)
    (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    run = subprocess.run(
        [sys.executable, damaging.__file__, str(directory), str(flips), str(seed)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0, (rows[-1:], run.stderr[-2000:])
    return rows


def check(rows):
    strange = [row for row in rows if row[2] not in ("damaged", "same", "other")]
    assert not strange, (len(strange), strange[:5])
    assert Counter(row[2] for row in rows)["damaged"] > len(rows) / 4


def test_damage_anywhere_is_named_or_harmless(tmp_path):
    check(outcomes(tmp_path, flips=3))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 4))
def test_damage_anywhere_is_named_or_harmless_bit_by_bit(tmp_path, seed):
    check(outcomes(tmp_path, flips=25, seed=seed))


def test_a_missing_file_is_damage(tmp_path):
    directory, manifest = write(WhooshFormat(), tmp_path, [Step(tuple(archive()))])
    for file in sorted(directory.iterdir()):
        if file.suffix == ".toc":
            continue
        data = file.read_bytes()
        file.unlink()
        with contextlib.suppress(IndexDamaged):
            assert damaging.answers(directory, manifest)
        file.write_bytes(data)


@pytest.mark.parametrize(
    "segments", [None, {}, {"segments": None}, {"segments": [{}]}, {"segments": [None]}, {"segments": 3}]
)
def test_a_manifest_that_says_nothing_of_segments_is_damage(tmp_path, segments):
    with pytest.raises(IndexDamaged):
        WhooshFormat().open(tmp_path, {"segments": segments})
