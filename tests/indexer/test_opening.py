"""The open engine follows CURRENT, and no request fails while it moves."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from indexer import generations
from indexer.errors import IndexMissing
from indexer.generations import Generation
from indexer.opening import open_engine
from indexer.query import Query
from indexer.settings import Settings
from tests.fakes import FORMAT, an_article
from tests.indexer.test_generations import make


@pytest.fixture
def index(tmp_path: Path) -> Path:
    make(tmp_path / "index", 1, an_article(id="1"))
    return tmp_path / "index"


def test_no_index_is_told(tmp_path):
    with pytest.raises(IndexMissing):
        open_engine(Settings(index=tmp_path), FORMAT)


def test_a_new_generation_answers_from_the_next_call_on(index):
    engine = open_engine(Settings(index=index), FORMAT)
    assert engine.info().articles == 1
    make(index, 2, an_article(id="1"), an_article(id="2"))
    assert engine.info().articles == 2


def test_a_stream_under_way_finishes_on_its_own_generation(index):
    make(index, 2, *(an_article(id=str(number)) for number in range(5)))
    engine = open_engine(Settings(index=index), FORMAT)
    old = engine._opened
    stream = engine.articles()
    first = next(stream)
    make(index, 3, an_article(id="9"))

    assert engine.info().articles == 1
    generations.prune(index, all_older=False)
    assert old.generation.directory.is_dir()
    assert not old.engine.closed
    assert [first.id, *(article.id for article in stream)] == ["0", "1", "2", "3", "4"]
    assert old.engine.closed


def test_while_the_new_one_is_damaged_the_old_one_answers(index):
    engine = open_engine(Settings(index=index), FORMAT)
    make(index, 2, an_article(id="2"), an_article(id="3"))
    manifest = index / "generation-000002" / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:50])
    assert engine.info().articles == 1
    manifest.write_bytes(whole)
    assert engine.info().articles == 2


def test_no_request_fails_while_generations_come_and_go(index):
    engine = open_engine(Settings(index=index), FORMAT)
    failures, counts, done = [], [], threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                counts.append(engine.search(Query()).total)
                counts.append(len(list(engine.articles())))
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 40):
        make(index, number, *(an_article(id=str(each)) for each in range(number)))
        # Harsher than any build: older generations go at once, whoever in another process reads them.
        generations.prune(index, all_older=True)
    done.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert set(counts) <= set(range(1, 40))
    assert engine.info().articles == 39


def test_after_closing_the_generation_may_go(index):
    engine = open_engine(Settings(index=index), FORMAT)
    opened = engine._opened
    engine.close()
    assert opened.engine.closed
    assert generations._held[Generation(1, index).directory] == 0
