"""rebuild and update: what the files hold is what is found, and nothing is lost by accident."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from pathlib import Path

import pytest

from indexer import generations
from indexer.build import rebuild, update
from indexer.errors import BuildRefused, IndexBusy, IndexMissing
from indexer.ledger import open_ledger
from indexer.lock import writing
from indexer.opening import open_engine
from indexer.settings import Settings
from tests.fakes import FORMAT


class House:
    """A folder of files, its index, and short words for what tests do with them."""

    def __init__(self, folder: Path):
        self.files = folder / "files"
        self.files.mkdir()
        self.settings = Settings(index=folder / "index")

    def write(self, name: str, *records: dict) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        return path

    def rebuild(self, *paths: Path, **options):
        return rebuild(paths or [self.files], self.settings, engine=FORMAT, **options)

    def update(self, *paths: Path, **options):
        return update(paths, self.settings, engine=FORMAT, **options)

    def held(self) -> dict[str, str]:
        """Headlines and bodies by id, as they are found."""
        engine = open_engine(self.settings, FORMAT)
        try:
            return {article.id: f"{article.headline}: {article.body}" for article in engine.articles()}
        finally:
            engine.close()

    def texts(self) -> list[str]:
        return sorted(self.held().values())

    def fresh(self, folder: Path) -> dict[str, str]:
        """What an index made anew of the same files holds."""
        other = Settings(index=folder)
        rebuild([self.files], other, engine=FORMAT, force=True)
        engine = open_engine(other, FORMAT)
        try:
            return {article.id: f"{article.headline}: {article.body}" for article in engine.articles()}
        finally:
            engine.close()
            shutil.rmtree(folder)

    def ledger(self):
        return open_ledger(self.settings.index)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def a_record(key: str, body: str = "All were saved.", **more) -> dict:
    stated = {"source": "Naxos Post", "language": "en"}
    return {"id": key, "headline": f"Story {key}", "body": body, **stated, **more}


def test_a_rebuild_holds_every_article_of_the_paths(house):
    house.write("a.jsonl", a_record("1"), a_record("2"))
    house.write("b/c.jsonl", a_record("3"))

    report = house.rebuild()

    assert (report.articles, report.added, report.files, report.files_read) == (3, 3, 2, 2)
    assert report.exit_code == 0
    assert house.texts() == [f"Story {n}: All were saved." for n in "123"]


def test_an_update_with_nothing_to_do_publishes_nothing(house):
    house.write("a.jsonl", a_record("1"))
    first = house.rebuild()

    again = house.update()

    assert (again.generation, again.added, again.changed, again.removed) == (first.generation, 0, 0, 0)
    assert again.unchanged == 1


def test_a_touched_file_is_not_read_again(house):
    path = house.write("a.jsonl", a_record("1"))
    house.rebuild()
    os.utime(path, (1e9, 1e9))

    report = house.update()

    assert (report.files_read, report.files_unchanged) == (0, 1)


def test_a_change_within_the_grain_of_time_stamps_is_seen(house):
    path = house.write("a.jsonl", a_record("1", "Seven were saved."))
    house.rebuild()
    stamp = path.stat()
    house.write("a.jsonl", a_record("1", "Eight were saved"))
    path.write_text(path.read_text().replace("saved", "saved."))
    path.write_text(path.read_text()[: stamp.st_size])
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size

    house.update()

    assert house.texts() == ["Story 1: Eight were saved."]


def test_a_changed_text_replaces_the_old_one_which_stays_in_the_ledger(house):
    house.write("a.jsonl", a_record("1", "Seven were saved."))
    house.rebuild()
    house.write("a.jsonl", a_record("1", "Eight were saved, two are missing."))

    report = house.update()

    (article_id,) = house.held()
    assert (report.changed, report.added, report.removed) == (1, 0, 0)
    assert house.texts() == ["Story 1: Eight were saved, two are missing."]
    assert [version.article.body for version in house.ledger().versions(article_id)] == ["Seven were saved."]


def test_a_rebuild_keeps_earlier_texts_and_first_dates(house):
    house.write("a.jsonl", a_record("1", "Seven were saved."))
    house.rebuild()
    (article_id,) = house.held()
    house.ledger().db.execute("UPDATE articles SET first_indexed = 1000000000")
    house.write("a.jsonl", a_record("1", "Eight were saved, two are missing."))

    house.rebuild()

    ledger = house.ledger()
    assert [version.article.body for version in ledger.versions(article_id)] == ["Seven were saved."]
    assert ledger.first_indexed(article_id).timestamp() == 1_000_000_000


def test_articles_of_a_vanished_file_go_and_leave_a_tombstone(house):
    house.write("a.jsonl", a_record("1"))
    path = house.write("b.jsonl", a_record("2"))
    house.rebuild()
    before = house.held()
    path.unlink()

    report = house.update()

    (gone,) = before.keys() - house.held().keys()
    assert (report.removed, report.files_vanished) == (1, 1)
    assert house.ledger().tombstone(gone).reason == "vanished"


def test_what_another_file_still_gives_stays(house):
    house.write("a.jsonl", a_record("1"))
    path = house.write("b.jsonl", a_record("1"))
    assert house.rebuild().duplicates == 1
    path.unlink()

    assert house.update().removed == 0
    assert house.texts() == ["Story 1: All were saved."]


def test_when_the_newest_text_goes_the_one_another_file_gives_comes_back(house):
    house.write("a.jsonl", a_record("1", "Old.", updated="2026-01-01"))
    path = house.write("b.jsonl", a_record("1", "New.", updated="2026-01-02"))
    house.rebuild()
    assert house.texts() == ["Story 1: New."]
    path.unlink()

    house.update()

    assert house.texts() == ["Story 1: Old."]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_of_two_texts_of_one_id_the_newer_is_the_article_wherever_it_stands(house, order):
    old, new = order
    house.write(f"{old}.jsonl", a_record("1", "Old.", updated="2026-01-01"))
    house.write(f"{new}.jsonl", a_record("1", "New.", updated="2026-01-02"))

    house.rebuild()

    (article_id,) = house.held()
    assert house.texts() == ["Story 1: New."]
    assert [version.article.body for version in house.ledger().versions(article_id)] == ["Old."]


def test_an_item_taken_out_of_a_file_goes(house):
    house.write("a.jsonl", a_record("1"), a_record("2"))
    house.rebuild()
    house.write("a.jsonl", a_record("2"))

    assert house.update().removed == 1
    assert house.texts() == ["Story 2: All were saved."]


def test_entries_that_roll_off_a_feed_stay(house):
    def feed(*keys: str) -> None:
        items = "".join(
            f"<item><guid>{key}</guid><title>Story {key}</title><description>All saved.</description></item>"
            for key in keys
        )
        text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'
        (house.files / "f.xml").write_text(text)

    feed("1", "2")
    house.rebuild()
    feed("2", "3")
    report = house.update()

    assert (report.added, report.removed) == (1, 0)
    assert len(house.held()) == 3


def test_a_file_that_breaks_keeps_what_it_gave(house):
    path = house.write("a.jsonl", a_record("1"))
    house.write("b.jsonl", a_record("2"))
    house.rebuild()
    path.write_text("{ broken")

    report = house.update()

    assert (report.removed, report.exit_code) == (0, 1)
    assert len(house.held()) == 2


def test_a_renamed_text_file_redirects_its_old_id_and_keeps_its_first_date(house):
    (house.files / "a.txt").write_text("Ferry sinks off Naxos\n\nAll were saved by two fishing boats.\n")
    house.write("b.jsonl", a_record("2"))
    house.rebuild()
    before = set(house.held())
    house.ledger().db.execute("UPDATE articles SET first_indexed = 1000000000")
    (house.files / "a.txt").rename(house.files / "moved.txt")

    report = house.update()

    (old,), (new,) = before - set(house.held()), set(house.held()) - before
    ledger = house.ledger()
    assert report.moved == 1
    assert ledger.redirect(old) == new
    assert ledger.tombstone(old) is None
    assert ledger.first_indexed(new).timestamp() == 1_000_000_000


def test_what_the_source_cancelled_is_not_shown(house):
    house.write("a.jsonl", a_record("1", updated="2026-01-01"), a_record("2"))
    house.rebuild()
    house.write("b.jsonl", a_record("1", updated="2026-01-02", status="canceled"))

    report = house.update()

    assert report.withheld == 1
    assert house.texts() == ["Story 2: All were saved."]


def test_a_part_of_a_root_can_be_updated_alone(house):
    house.write("in/a.jsonl", a_record("1"))
    house.write("out/b.jsonl", a_record("2"))
    (house.files / "in/c.txt").write_text("Ferry sinks off Naxos\n\nAll were saved by two fishing boats.\n")
    house.rebuild()
    before = set(house.held())
    house.write("in/a.jsonl", a_record("1", "Changed."))
    house.write("out/b.jsonl", a_record("2", "Changed too."))

    report = house.update(house.files / "in")

    assert (report.changed, report.removed) == (1, 0)
    assert set(house.held()) == before
    assert "Story 2: All were saved." in house.texts()


def test_a_new_path_becomes_a_root(house, tmp_path):
    house.write("a.jsonl", a_record("1"))
    house.rebuild()
    (tmp_path / "more").mkdir()
    (tmp_path / "more/b.jsonl").write_text(json.dumps(a_record("2")) + "\n")

    house.update(tmp_path / "more")

    assert len(house.held()) == 2
    assert house.ledger().roots() == [house.files, tmp_path / "more"]
    assert house.update().removed == 0


def test_the_index_inside_a_root_is_not_read(tmp_path):
    house = House(tmp_path)
    house.settings = Settings(index=house.files / "newsdex-index")
    house.write("a.jsonl", a_record("1"))
    house.rebuild()

    report = house.update()

    assert (report.files, report.unreadable) == (1, 0)


# Guards.


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
        if Path(path).name == "in":
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


# The algebra.


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
