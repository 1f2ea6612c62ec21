"""rebuild and update: what the files hold is what is found."""

from __future__ import annotations

import contextlib
import json
import os
import re

import pytest

from indexer.ledger import open_ledger
from indexer.settings import Settings
from tests.indexer.house import House, a_record


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


def test_builds_leave_the_ledger_with_the_tables_and_indexes_of_a_new_one(house, tmp_path):
    ask = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    with contextlib.closing(open_ledger(tmp_path, create=True)) as ledger:
        new = ledger.db.execute(ask).fetchall()
    house.write("a.jsonl", a_record("1"))

    for build in (house.rebuild, house.update, house.rebuild):
        build()
        with contextlib.closing(open_ledger(house.settings.index)) as ledger:
            assert ledger.db.execute(ask).fetchall() == new


def test_an_update_looks_through_all_articles_twice(house, monkeypatch):
    house.write("a.jsonl", a_record("1"), a_record("2"), a_record("3"))
    page = house.files / "b.txt"
    page.write_text("Ferry sinks off Naxos\n\nAll were saved.\n", "utf-8")
    house.rebuild()
    house.write("a.jsonl", a_record("1", "None were saved."), a_record("3"), a_record("5"))
    page.rename(house.files / "c.txt")
    asked: list[str] = []
    through_all: list[str] = []

    def traced(index, *, create):
        ledger = open_ledger(index, create=create)
        ledger.db.set_trace_callback(asked.append)
        return ledger

    def examined(ledger):
        ledger.db.set_trace_callback(None)
        for sql in asked:
            if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) and not sql.endswith("LIMIT 1"):
                plan = " ".join(step for *_, step in ledger.db.execute(f"EXPLAIN QUERY PLAN {sql}"))
                through_all.extend([sql] if re.search(r"SCAN (articles|a)\b", plan) else [])
        ledger.db.close()

    with monkeypatch.context() as patch:
        patch.setattr("indexer.build.open_ledger", traced)
        patch.setattr("indexer.ledger.Ledger.close", examined)
        report = house.update()

    assert (report.added, report.changed, report.removed, report.moved) == (2, 1, 2, 1)
    assert len(through_all) == 2, through_all
