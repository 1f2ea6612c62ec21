"""An address that was given out once says where its article is, or since when there is none."""

from __future__ import annotations

from datetime import datetime

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient

from indexer.forget import forget
from indexer.opening import open_engine
from tests.fakes import FORMAT
from tests.indexer.house import House, a_record
from tests.web.conftest import app_over
from tests.web.test_feeds import NAMES


@pytest.fixture
def house(tmp_path) -> House:
    house = House(tmp_path)
    (house.files / "a.txt").write_text("Ferry sinks off Naxos\n\nAll were saved by two fishing boats.\n")
    house.write("b.jsonl", a_record("2", "A harbour."))
    house.write("c.jsonl", a_record("3", "A quay."))
    house.rebuild()
    return house


def client_of(house: House) -> FlaskClient:
    return app_over(open_engine(house.settings, FORMAT), house.settings).test_client()


def id_of(house: House, text: str) -> str:
    return next(key for key, held in house.held().items() if text in held)


def test_a_moved_article_is_found_under_its_old_address(house: House) -> None:
    old = id_of(house, "Ferry")
    (house.files / "a.txt").rename(house.files / "moved.txt")
    house.update()
    client = client_of(house)
    new = id_of(house, "Ferry")

    moved = client.get(f"/a/{old}?q=f%C3%A9rry+boat")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/a/{new}?q=f%C3%A9rry+boat")
    assert "max-age=0" in moved.headers["Cache-Control"]
    for address in (f"/a/{old}.json", f"/a/{old}.txt", f"/api/v1/articles/{old}"):
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200
        assert answer.request.path == address.replace(old, new)


def test_a_vanished_article_is_gone_since_a_day(house: House) -> None:
    lost = id_of(house, "harbour")
    (house.files / "b.jsonl").unlink()
    house.update()
    client = client_of(house)
    answer = client.get(f"/api/v1/articles/{lost}")

    assert answer.status_code == 410
    problem = answer.get_json()
    assert (problem["code"], problem["reason"]) == ("article_gone", "vanished")
    assert datetime.fromisoformat(problem["gone_at"]) == house.ledger().tombstone(lost).at
    page = client.get(f"/a/{lost}?q=harbour").get_data(as_text=True)
    assert f"no longer held since {house.ledger().tombstone(lost).at.day} " in page
    assert "its file is no longer there" in page


def test_a_forgotten_article_is_gone_and_nothing_of_it_is_told(house: House) -> None:
    lost = id_of(house, "harbour")
    forget([lost], house.settings, engine=FORMAT)
    answer = client_of(house).get(f"/a/{lost}")

    assert answer.status_code == 410
    assert "taken out of the archive for good" in answer.get_data(as_text=True)
    assert "Story 2" not in answer.get_data(as_text=True)


def test_an_id_never_held_is_not_found(house: House) -> None:
    assert client_of(house).get("/a/0000000000000000").status_code == 404


def test_a_rewritten_article_is_news_in_the_feed(house: House) -> None:
    house.ledger().db.execute("UPDATE articles SET first_indexed = 1000000000")
    house.write("c.jsonl", a_record("3", "Another text from beginning to end, with a lighthouse in it."))
    house.update()
    root = ElementTree.fromstring(client_of(house).get("/feed.atom?q=lighthouse").get_data())
    (version,) = house.ledger().versions(id_of(house, "lighthouse"))

    updated = root.findtext("a:entry/a:updated", namespaces=NAMES)
    assert updated
    assert datetime.fromisoformat(updated) == version.seen
    assert root.findtext("a:updated", namespaces=NAMES) == updated
