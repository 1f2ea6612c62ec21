"""The ledger: all or nothing, sound or said to be damaged."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.errors import IndexDamaged, IndexOutdated
from indexer.ledger import open_ledger, packed, unpacked
from tests.fakes import an_article

NOW = datetime(2026, 1, 15, 9, 28, tzinfo=UTC)


def test_without_create_a_missing_ledger_is_empty_and_leaves_no_file(tmp_path):
    ledger = open_ledger(tmp_path)
    assert (ledger.generation, ledger.roots(), ledger.counts()["articles"]) == (0, [], 0)
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_is_there_again(tmp_path):
    ledger = open_ledger(tmp_path, create=True)
    with ledger.transaction():
        ledger.set_generation(7)
        ledger.set_roots([Path("/b"), Path("/a/\udcff")])
        ledger.keep_versions([(an_article(id="1", body="Old."), b"m" * 16)], NOW)
    ledger.close()

    again = open_ledger(tmp_path)

    assert again.generation == 7
    assert again.roots() == [Path("/b"), Path("/a/\udcff")]
    (version,) = again.versions("1")
    assert (version.article.body, version.seen) == ("Old.", NOW)


def test_an_error_undoes_the_whole_transaction(tmp_path):
    ledger = open_ledger(tmp_path, create=True)

    def interrupted() -> None:
        with ledger.transaction():
            ledger.set_generation(7)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ledger.generation == 0


def test_the_same_text_is_kept_once(tmp_path):
    ledger = open_ledger(tmp_path, create=True)
    text = (an_article(id="1"), b"m" * 16)
    assert ledger.keep_versions([text], NOW) == 1
    assert ledger.keep_versions([text], NOW) == 0
    assert len(ledger.versions("1")) == 1


@pytest.mark.parametrize("body", ["", "법원은 \ud800 x\nü", "a" * 100_000])
def test_an_article_comes_back_as_it_was(body):
    article = an_article(body=body, published="2026-01-15", authors=("A", "B"))
    assert unpacked(packed(article)) == article


def test_a_file_that_is_no_database_says_what_to_do(tmp_path):
    (tmp_path / "ledger.sqlite").write_bytes(b"nonsense " * 1000)
    with pytest.raises(IndexDamaged, match=r"ledger\.sqlite.*backup"):
        open_ledger(tmp_path)


def test_a_ledger_of_a_newer_version_is_not_touched(tmp_path):
    db = sqlite3.connect(tmp_path / "ledger.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = (tmp_path / "ledger.sqlite").read_bytes()
    with pytest.raises(IndexOutdated, match="ledger version 99"):
        open_ledger(tmp_path, create=True)
    assert (tmp_path / "ledger.sqlite").read_bytes() == before
