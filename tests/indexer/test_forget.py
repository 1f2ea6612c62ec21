"""What is forgotten is nowhere in the index's folder, and does not come back."""

from __future__ import annotations

import pytest

from indexer.errors import BuildRefused
from indexer.forget import forget
from tests.fakes import FORMAT
from tests.indexer.house import House, a_record

SECRET = "xyzzyplugh"


@pytest.fixture
def house(tmp_path) -> House:
    house = House(tmp_path)
    house.write("a.jsonl", a_record("1", f"{SECRET} before."), a_record("2"))
    house.rebuild()
    house.write("a.jsonl", a_record("1", f"{SECRET} after."), a_record("2"))
    house.update()
    return house


def secret_id(house: House) -> str:
    return next(key for key, text in house.held().items() if SECRET in text)


def test_nothing_of_it_is_left_in_any_file_of_the_index(house):
    article_id = secret_id(house)

    done = forget([article_id], house.settings, engine=FORMAT)

    assert done.files == (str(house.files / "a.jsonl"),)
    assert house.texts() == ["Story 2: All were saved."]
    assert house.ledger().versions(article_id) == []
    assert house.ledger().tombstone(article_id).reason == "forgotten"
    for path in house.settings.index.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("way", ["update", "rebuild"])
def test_it_does_not_come_back_from_the_files(house, way):
    forget([secret_id(house)], house.settings, engine=FORMAT)
    house.write("a.jsonl", a_record("1", f"{SECRET} again."), a_record("2", "More."))

    report = getattr(house, way)()

    assert report.forgotten == 1
    assert house.texts() == ["Story 2: More."]


def test_first_dates_of_the_others_stay(house):
    house.ledger().db.execute("UPDATE articles SET first_indexed = 1000000000")
    forget([secret_id(house)], house.settings, engine=FORMAT)
    (article_id,) = house.held()
    assert house.ledger().first_indexed(article_id).timestamp() == 1_000_000_000


def test_an_id_never_held_is_refused_and_nothing_is_done(house):
    before = house.held()
    with pytest.raises(BuildRefused, match="nothing was done"):
        forget([secret_id(house), "nosuch"], house.settings, engine=FORMAT)
    assert house.held() == before


def test_an_update_goes_on_from_a_forgotten_generation(house):
    forget([secret_id(house)], house.settings, engine=FORMAT)
    house.write("b.jsonl", a_record("3"))
    assert house.update().added == 1
    assert len(house.held()) == 2
