"""Generations: opened only when they are what was written, replaced in one step, kept while needed."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from indexer import generations
from indexer.errors import IndexDamaged, IndexMissing, IndexOutdated
from indexer.generations import Generation, Work
from tests.fakes import BUILT, FORMAT, an_article


def make(index: Path, number: int, *articles, base: Generation | None = None) -> Generation:
    work = Work(Generation(number, index), base)
    index.mkdir(exist_ok=True)
    work.begin()
    segments = generations.read_manifest(base)["segments"] if base else None
    writer = FORMAT.writer(work.directory, segments, 64)
    for article in articles:
        writer.add(article, indexed=BUILT)
    work.seal(FORMAT, BUILT, len(articles), writer.finish())
    made = work.finish()
    generations.publish(made)
    return made


@pytest.fixture
def index(tmp_path: Path) -> Path:
    make(tmp_path / "index", 1, an_article(id="1"), an_article(id="2"))
    return tmp_path / "index"


def age(generation: Generation, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(generation.directory / "manifest.json", (then, then))


def test_what_was_published_opens(index):
    generation, manifest = generations.open_current(index, FORMAT)
    assert generation.number == 1
    assert FORMAT.open(generation.directory, manifest).info().articles == 2


def test_no_index_names_the_command_to_run(tmp_path):
    with pytest.raises(IndexMissing, match="newsdex rebuild PATH"):
        generations.open_current(tmp_path / "nowhere", FORMAT)


@pytest.mark.parametrize(
    "text", [b"", b"generation-", b"generation-000001", b"../../etc\n", b"\xff\n", b"generation-000009\n"]
)
def test_a_current_that_is_garbage_is_damage_not_a_crash(index, text):
    (index / "CURRENT").write_bytes(text)
    with pytest.raises(IndexDamaged, match="newsdex rebuild"):
        generations.open_current(index, FORMAT)


def test_every_truncation_of_the_manifest_is_noticed(index):
    path = index / "generation-000001" / "manifest.json"
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(IndexDamaged):
            generations.open_current(index, FORMAT)


def test_every_flipped_bit_of_the_manifest_is_noticed_or_harmless(index):
    path = index / "generation-000001" / "manifest.json"
    whole = path.read_bytes()
    _, sound = generations.open_current(index, FORMAT)
    chance = random.Random(1)
    for _ in range(400):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        try:
            _, read = generations.open_current(index, FORMAT)
        except IndexDamaged:
            continue
        # White space between values may turn into other white space; the values may not.
        assert read == sound


def test_a_manifest_nested_beyond_reason_is_damage(index):
    (index / "generation-000001" / "manifest.json").write_bytes(b"[" * 100_000)
    with pytest.raises(IndexDamaged):
        generations.open_current(index, FORMAT)


def test_a_file_cut_short_is_noticed_at_opening(index):
    path = index / "generation-000001" / "part-1.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=r"part-1\.jsonl"):
        generations.open_current(index, FORMAT)


def test_a_flipped_bit_in_a_file_is_noticed_by_its_checksum(index):
    path = index / "generation-000001" / "part-1.jsonl"
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    generation, manifest = generations.open_current(index, FORMAT)
    with pytest.raises(IndexDamaged, match=r"part-1\.jsonl.*checksum"):
        generations.check_files(generation.directory, manifest, thorough=True)


@pytest.mark.parametrize(("name", "value"), [("layout", "2"), ("name", "other")])
def test_an_index_of_another_layout_says_rebuild(index, monkeypatch, name, value):
    monkeypatch.setattr(FORMAT, name, value, raising=False)
    with pytest.raises(IndexOutdated, match="newsdex rebuild"):
        generations.open_current(index, FORMAT)


def test_an_index_of_other_fields_says_rebuild(index, monkeypatch):
    monkeypatch.setattr(generations, "fields_digest", lambda: "0" * 12)
    with pytest.raises(IndexOutdated, match="fields"):
        generations.open_current(index, FORMAT)


def test_files_taken_over_are_links_and_the_old_generation_stays_as_it_was(index):
    first = generations.current(index)
    second = make(index, 2, an_article(id="3"), base=first)

    assert (first.directory / "part-1.jsonl").samefile(second.directory / "part-1.jsonl")
    generations.check_files(first.directory, generations.read_manifest(first), thorough=True)
    assert set(FORMAT.open(second.directory, generations.read_manifest(second)).held) == {"1", "2", "3"}


def test_where_links_fail_files_are_copied(index, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    first = generations.current(index)
    second = make(index, 2, an_article(id="3"), base=first)
    generations.check_files(second.directory, generations.read_manifest(second), thorough=True)


def test_only_the_two_newest_and_the_young_and_the_open_are_kept(index):
    for number in range(2, 7):
        make(index, number, an_article(id="1"))
    made = {each.number: each for each in generations.all_generations(index)}
    for number in (1, 2, 3, 5):
        age(made[number], 700)

    with generations.hold(made[2]):
        generations.prune(index)
        assert [each.number for each in generations.all_generations(index)] == [2, 4, 5, 6]
    age(made[4], 700)
    generations.prune(index)
    assert [each.number for each in generations.all_generations(index)] == [5, 6]
    generations.prune(index, all_older=True)
    assert [each.number for each in generations.all_generations(index)] == [6]


def test_a_generation_above_the_current_one_is_a_killed_run_s_and_goes(index):
    make(index, 2, an_article(id="1"))
    generations.publish(Generation(1, index))
    generations.prune(index)
    assert [each.number for each in generations.all_generations(index)] == [1]


def test_what_a_killed_run_left_is_named_and_cleaned(index):
    (index / "generation-000002.building").mkdir()
    (index / "generation-000002.building" / "x").write_text("x")
    (index / "CURRENT.new").write_text("x")
    assert len(generations.leftovers(index)) == 2
    generations.clean(index)
    assert generations.leftovers(index) == []
    assert generations.current(index).number == 1
