"""What became of an article is answered beside whoever writes, and unknown where nothing can be read."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.history import History
from indexer.ledger import FILE_NAME, open_ledger
from tests.fakes import an_article

NOW = datetime(2026, 1, 15, 9, 28, tzinfo=UTC)
LATER = datetime(2026, 1, 16, tzinfo=UTC)
LONG = "The ferry left the quay at nine with forty passengers and came back at noon with all of them."


@pytest.fixture
def index(tmp_path: Path) -> Path:
    with contextlib.closing(open_ledger(tmp_path, create=True)) as ledger:
        ledger.db.execute("INSERT INTO redirects VALUES ('old', 'new')")
        ledger.db.execute("INSERT INTO tombstones VALUES ('lost', ?, 'vanished')", (int(NOW.timestamp()),))
    return tmp_path


def test_where_an_id_is_now_and_when_one_went(index: Path) -> None:
    past = History(index)

    assert (past.moved_to("old"), past.moved_to("lost")) == ("new", None)
    gone = past.gone("lost")
    assert gone
    assert (gone.at, gone.reason) == (NOW, "vanished")
    assert past.gone("old") is None


def test_it_answers_while_a_build_writes_and_sees_it_when_it_is_done(index: Path) -> None:
    past = History(index)
    with contextlib.closing(open_ledger(index)) as ledger:
        with ledger.transaction():
            ledger.db.execute("DELETE FROM redirects")
            assert past.moved_to("old") == "new"
        assert past.moved_to("old") is None


def test_reading_does_not_write(index: Path) -> None:
    before = (index / FILE_NAME).read_bytes()
    History(index).gone("lost")

    assert (index / FILE_NAME).read_bytes() == before


def test_without_a_ledger_nothing_is_known_and_none_is_made(tmp_path: Path) -> None:
    assert History(tmp_path).moved_to("old") is None
    assert History(tmp_path / "nowhere").rewritten([an_article()]) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"nonsense " * 1_000])
def test_a_ledger_that_cannot_be_read_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)

    assert History(tmp_path).gone("lost") is None


def test_a_ledger_of_a_newer_version_is_as_none(index: Path) -> None:
    with contextlib.closing(sqlite3.connect(index / FILE_NAME)) as db:
        db.execute("PRAGMA user_version = 99")

    assert History(index).gone("lost") is None


def rewritten(index: Path, *bodies: str) -> datetime | None:
    """When the article was last rewritten: its texts one after another, each but the last replaced later."""
    *before, now = (an_article(id="1", body=body) for body in bodies)
    with contextlib.closing(open_ledger(index)) as ledger:
        for place, (article, when) in enumerate(zip(before, (NOW, LATER), strict=False)):
            ledger.keep_versions([(article, bytes([place]))], when)
    return History(index).rewritten([now]).get("1")


@pytest.mark.parametrize(
    ("bodies", "when"),
    [
        ((LONG,), None),
        (("Another story.", LONG), NOW),
        ((LONG.replace("forty", "fourty"), LONG), None),
        (("One story.", "Quite something else.", LONG), LATER),
        (("Another story.", LONG.replace("forty", "fourty"), LONG), NOW),
    ],
    ids=["never changed", "rewritten", "corrected", "rewritten twice", "rewritten, then corrected"],
)
def test_a_rewrite_is_a_change_of_more_than_a_few_words(
    index: Path, bodies: tuple[str, ...], when: datetime | None
) -> None:
    assert rewritten(index, *bodies) == when
