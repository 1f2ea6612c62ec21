"""Parts of a generation written beside its writer: what is adopted of them is held, and nothing else."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from indexer.engine import EngineFormat
from indexer.parse import parse
from indexer.query import Query
from tests.engines.building import INDEXED, PATIENT, number
from tests.fakes import FORMAT, an_article

EARLIER = INDEXED - timedelta(days=30)


@pytest.fixture(params=[PATIENT, FORMAT], ids=["whoosh", "list"])
def form(request):
    return request.param


def a_text(at: int, body: str):
    return an_article(id=number(at), headline="", body=body, language="en")


def held(form: EngineFormat, directory, segments) -> dict:
    """Bodies and first dates by id."""
    manifest = {"segments": segments, "generation": 1, "built_at": INDEXED.isoformat()}
    engine = form.open(directory, manifest)
    page = engine.search(Query(text="ferry", clause=parse("ferry").clause, page_size=50))
    engine.close()
    return {int(hit.article.id, 16): (hit.article.body, hit.indexed) for hit in page.hits}


def in_parts(form, directory, *parts):
    """The parts of these articles, described."""
    found = []
    for articles in parts:
        part = form.part(directory, 64)
        assert [part.add(each, indexed=INDEXED) for each in articles] == list(range(len(articles)))
        found.append(part.finish())
    return found


def test_what_is_adopted_is_held_since_when_it_is_said_to_be(form, tmp_path):
    parts = in_parts(
        form, tmp_path, [a_text(1, "ferry one"), a_text(2, "ferry two")], [a_text(3, "ferry three")], []
    )
    writer = form.writer(tmp_path, None, 64)
    writer.adopt(number(2), part=0, number=1, indexed=EARLIER)
    writer.adopt(number(3), part=1, number=0, indexed=INDEXED)
    writer.add(a_text(4, "ferry four"), indexed=EARLIER)
    writer.take(parts)

    assert writer.text(0, 0).body == "ferry one"
    assert writer.text(1, 0).body == "ferry three"
    assert held(form, tmp_path, writer.finish()) == {
        2: ("ferry two", EARLIER), 3: ("ferry three", INDEXED), 4: ("ferry four", EARLIER),
    }  # fmt: skip


@pytest.mark.parametrize("indexed", [INDEXED, EARLIER])
def test_a_single_part_is_taken_over_whole(form, tmp_path, indexed):
    parts = in_parts(form, tmp_path, [a_text(1, "ferry one"), a_text(2, "ferry two")])
    writer = form.writer(tmp_path, None, 64)
    writer.adopt(number(1), part=0, number=0, indexed=INDEXED)
    writer.adopt(number(2), part=0, number=1, indexed=indexed)
    writer.take(parts)

    assert held(form, tmp_path, writer.finish()) == {1: ("ferry one", INDEXED), 2: ("ferry two", indexed)}


def test_of_one_id_the_last_adopted_added_or_removed_counts(form, tmp_path):
    parts = in_parts(
        form, tmp_path,
        [a_text(1, "ferry old"), a_text(2, "ferry old"), a_text(3, "ferry old"), a_text(4, "ferry old")],
        [a_text(1, "ferry new"), a_text(4, "ferry new")],
    )  # fmt: skip
    writer = form.writer(tmp_path, None, 64)
    for at in (1, 2, 3):
        writer.adopt(number(at), part=0, number=at - 1, indexed=INDEXED)
    writer.adopt(number(1), part=1, number=0, indexed=INDEXED)
    writer.add(a_text(2, "ferry own"), indexed=INDEXED)
    writer.remove(number(3))
    writer.add(a_text(4, "ferry own"), indexed=INDEXED)
    writer.adopt(number(4), part=1, number=1, indexed=INDEXED)
    writer.take(parts)

    assert list(writer.adopted({number(1), number(2), number(9)})) == [
        (number(1), 0, 0), (number(2), 0, 1), (number(1), 1, 0),
    ]  # fmt: skip
    assert held(form, tmp_path, writer.finish()) == {
        1: ("ferry new", INDEXED), 2: ("ferry own", INDEXED), 4: ("ferry new", INDEXED),
    }  # fmt: skip


def test_parts_replace_what_the_base_holds(form, tmp_path):
    base, new = tmp_path / "base", tmp_path / "new"
    base.mkdir()
    new.mkdir()
    writer = form.writer(base, None, 64)
    for at in range(1, 10):
        writer.add(a_text(at, "ferry base"), indexed=EARLIER)
    segments = writer.finish()
    for file in base.iterdir():
        os.link(file, new / file.name)
    parts = in_parts(form, new, [a_text(9, "ferry part"), a_text(10, "ferry part")])
    writer = form.writer(new, segments, 64)
    writer.adopt(number(9), part=0, number=0, indexed=EARLIER)
    writer.adopt(number(10), part=0, number=1, indexed=INDEXED)
    writer.remove(number(1))
    writer.take(parts)

    expected = dict.fromkeys(range(2, 9), ("ferry base", EARLIER))
    expected |= {9: ("ferry part", EARLIER), 10: ("ferry part", INDEXED)}
    assert held(form, new, writer.finish()) == expected
