"""rebuild and update: nothing is lost by accident, and what is refused says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer import generations
from indexer.build import rebuild
from indexer.errors import BuildRefused, IndexBusy, IndexMissing
from indexer.lock import writing
from tests.fakes import FORMAT
from tests.indexer.house import a_record


def test_a_rebuild_of_nothing_is_refused_and_the_old_index_stays(house, tmp_path):
    house.write("a.jsonl", a_record("1"))
    house.rebuild()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/x.jsonl").write_text("{}\n")

    with pytest.raises(BuildRefused, match="--force"):
        house.rebuild(tmp_path / "other")

    assert len(house.held()) == 1
    assert house.rebuild(tmp_path / "other", force=True).articles == 0


def test_a_missing_path_is_refused(house, tmp_path):
    house.write("a.jsonl", a_record("1"))
    with pytest.raises(BuildRefused, match="no such file or folder"):
        house.rebuild(house.files, tmp_path / "nowhere")


def test_an_update_refuses_a_root_that_became_empty(house):
    path = house.write("a.jsonl", a_record("1"))
    house.rebuild()
    path.unlink()

    with pytest.raises(BuildRefused, match="no file in it"):
        house.update()

    assert len(house.held()) == 1
    assert house.update(force=True).removed == 1


def test_an_update_refuses_to_lose_more_than_half_of_a_hundred(house):
    for number in range(100):
        house.write(f"{number}.jsonl", a_record(str(number)))
    house.rebuild()
    for number in range(51):
        (house.files / f"{number}.jsonl").unlink()

    with pytest.raises(BuildRefused, match="51 of 100"):
        house.update()
    assert len(house.held()) == 100

    house.write("0.jsonl", a_record("0"))
    assert house.update().removed == 50


def test_what_lies_in_an_unreadable_folder_is_not_gone(house, monkeypatch):
    house.write("a.jsonl", a_record("1"))
    house.write("in/b.jsonl", a_record("2"))
    house.rebuild()
    scandir = os.scandir

    # Not by chmod: root, as in a container, reads every folder.
    def closed(path):
        if not isinstance(path, int) and Path(path).name == "in":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("corpus.source.os.scandir", closed)

    report = house.update()

    monkeypatch.undo()
    assert len(house.held()) == 2
    assert (report.removed, report.exit_code) == (0, 1)


def test_an_update_without_an_index_says_how_to_make_one(house):
    with pytest.raises(IndexMissing, match="newsdex rebuild PATH"):
        house.update()


def test_a_rebuild_without_paths_takes_the_recorded_ones(house):
    house.write("a.jsonl", a_record("1"))
    with pytest.raises(BuildRefused, match="newsdex rebuild PATH"):
        rebuild([], house.settings, engine=FORMAT)
    house.rebuild()
    house.write("b.jsonl", a_record("2"))

    assert rebuild([], house.settings, engine=FORMAT).articles == 2


def test_an_index_that_the_ledger_does_not_describe_is_not_updated(house):
    house.write("a.jsonl", a_record("1"))
    house.rebuild()
    (house.settings.index / "ledger.sqlite").unlink()

    with pytest.raises(BuildRefused, match="newsdex rebuild"):
        house.update()
    assert house.rebuild().articles == 1


def test_a_second_writer_is_told_who_is_writing(house):
    house.write("a.jsonl", a_record("1"))
    with writing(house.settings.index, "newsdex rebuild"), pytest.raises(IndexBusy, match=f"{os.getpid()}"):
        house.rebuild()


def test_a_dry_run_tells_and_changes_nothing(house):
    house.write("a.jsonl", a_record("1"))
    assert house.rebuild(dry_run=True).added == 1
    assert not house.settings.index.exists()
    house.rebuild()
    house.write("a.jsonl", a_record("1", "Changed a lot."))
    files = sorted(path.name for path in house.settings.index.rglob("*"))

    assert house.update(dry_run=True).changed == 1

    assert house.texts() == ["Story 1: All were saved."]
    assert sorted(path.name for path in house.settings.index.rglob("*")) == files
    assert house.update().changed == 1


def test_a_failing_writer_leaves_the_old_index_and_a_clean_folder(house, monkeypatch):
    house.write("a.jsonl", a_record("1"))
    house.rebuild()
    house.write("b.jsonl", a_record("2"))

    def fail(self):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tests.fakes.ListWriter.finish", fail)
        with pytest.raises(OSError):
            house.update()

    assert len(house.held()) == 1
    assert generations.leftovers(house.settings.index) == []
    assert house.update().added == 1


def test_an_interrupt_after_the_commit_says_that_the_new_index_is_in_use(house, monkeypatch):
    house.write("a.jsonl", a_record("1"))
    house.rebuild()
    house.write("b.jsonl", a_record("2"))

    def interrupted(*_):
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(generations, "publish", interrupted)
    with pytest.raises(KeyboardInterrupt, match="the new index is in use"):
        house.rebuild()

    assert len(house.held()) == 2
