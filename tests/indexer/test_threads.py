"""Searches in several threads while the columnar index under them is updated again and again.

Every answer is that of one generation, whole: the one it names.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import generations
from indexer.build import rebuild, update
from indexer.opening import Following, open_engine
from indexer.parse import parse
from indexer.query import Query
from indexer.settings import Settings

UPDATES = 12
STEADY = 30
# Longer than any of it takes on a busy machine.
PATIENCE = 120


def batch(number: int) -> int:
    """How many articles on a ferry an update brings; the one after the next takes them away again."""
    return number % 3 + 1


def ferries(generation: int) -> int:
    return sum(batch(number) for number in (generation - 1, generation) if number > 1)


def write(files: Path, name: str, *articles: dict[str, str]) -> None:
    files.mkdir(exist_ok=True)
    text = "".join(json.dumps({"language": "en", **article}) + "\n" for article in articles)
    (files / f"{name}.jsonl").write_text(text, "utf-8")


def write_generation(files: Path, number: int) -> None:
    """What the files hold when generation `number` is made: one article tells it, some come, some go."""
    write(files, "clock", {"id": "clock", "headline": f"The clock shows {number}", "body": "Tick."})
    if number > 1:
        bodies = [f"The ferry sank, said witness {at}." for at in range(batch(number))]
        write(files, f"{number}", *({"id": f"{number}-{at}", "body": body} for at, body in enumerate(bodies)))
        (files / f"{number - 2}.jsonl").unlink(missing_ok=True)


def ask(engine: Following, text: str) -> tuple[int, int, list[str]]:
    """The generation that answered, its total, the headlines of its first page."""
    query = Query(text=text, clause=parse(text).clause, facets=("section", "source"), timeline=True)
    page = engine.search(query)
    assert page.total_relation == "eq"
    assert len(page.hits) == min(page.total, page.query.page_size)
    return page.index.generation, page.total, [hit.article.headline for hit in page.hits]


def check_clock(engine: Following) -> None:
    generation, total, headlines = ask(engine, "clock")
    assert (total, headlines) == (1, [f"The clock shows {generation}"])


def check_phrase(engine: Following) -> None:
    generation, total, _ = ask(engine, '"the ferry sank"')
    assert total == ferries(generation)


def check_all(engine: Following) -> None:
    generation, total, _ = ask(engine, "harb* OR clock OR ferries -ship")
    assert total == STEADY + 1 + ferries(generation)


def check_stream(engine: Following) -> None:
    """Which outlasts several generations."""
    articles = list(engine.articles())
    generation = next(int(each.headline.split()[-1]) for each in articles if "clock" in each.headline)
    assert len(articles) == STEADY + 1 + ferries(generation)


class Asking(threading.Thread):
    """Asks until told to stop, and counts; what went wrong is kept for whoever started it."""

    def __init__(self, engine: Following, check: Callable[[Following], None], answered: threading.Condition):
        super().__init__(daemon=True)
        self._engine, self._check, self._answered = engine, check, answered
        self.answers, self.wrong, self.stopped = 0, None, False

    def run(self) -> None:
        try:
            while not self.stopped:
                self._check(self._engine)
                with self._answered:
                    self.answers += 1
                    self._answered.notify_all()
        except BaseException as error:
            with self._answered:
                self.wrong = error
                self._answered.notify_all()


def wait_for_answers(threads: list[Asking], answered: threading.Condition) -> None:
    """Until each thread has begun and ended a question after now; raises what went wrong in one."""
    with answered:
        wanted = [thread.answers + 2 for thread in threads]

        def done() -> bool:
            return all(
                thread.wrong or thread.answers >= enough
                for thread, enough in zip(threads, wanted, strict=True)
            )

        assert answered.wait_for(done, PATIENCE)
    for thread in threads:
        if thread.wrong:
            raise thread.wrong


def mapped(index: Path) -> list[str]:
    """The files of the index that this process has mapped."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return [line for line in lines if str(index) in line]


@pytest.fixture
def files(tmp_path) -> Path:
    files = tmp_path / "files"
    bodies = [f"The harbour was quiet on day {at}." for at in range(STEADY)]
    write(files, "steady", *({"id": f"steady-{at}", "body": body} for at, body in enumerate(bodies)))
    write_generation(files, 1)
    return files


@pytest.fixture
def index(tmp_path, files, monkeypatch) -> Path:
    # Generations go as soon as two newer ones are there and nobody holds them, not after ten minutes.
    monkeypatch.setattr(generations, "KEPT_SECONDS", 0)
    index = tmp_path / "index"
    rebuild([files], Settings(index=index))
    return index


def test_every_answer_during_updates_is_that_of_one_generation(files, index):
    update_while_asked(files, index)

    # Several small segments became one on the way.
    assert [each.number for each in generations.all_generations(index)][-1] == UPDATES + 1
    if sys.platform == "linux":
        assert mapped(index) == []


def update_while_asked(files: Path, index: Path) -> None:
    settings = Settings(index=index, time_limit_ms=PATIENCE * 1000)
    engine = open_engine(settings)
    answered = threading.Condition()
    checks = (check_clock, check_phrase, check_all, check_stream)
    threads = [Asking(engine, check, answered) for check in checks]
    for thread in threads:
        thread.start()
    try:
        for number in range(2, UPDATES + 2):
            write_generation(files, number)
            assert update([], settings).generation == number
            wait_for_answers(threads, answered)
            assert engine.info().generation == number
    finally:
        for thread in threads:
            thread.stopped = True
        for thread in threads:
            thread.join(PATIENCE)
    engine.close()


def test_files_of_an_old_generation_stay_until_the_last_search_in_it_is_done(files, index):
    settings = Settings(index=index)
    engine = open_engine(settings)
    stream = engine.articles()
    first = next(stream)
    for number in range(2, 6):
        write_generation(files, number)
        update([], settings)
        check_clock(engine)

    assert [each.number for each in generations.all_generations(index)] == [1, 4, 5]
    assert 1 + sum(1 for _ in stream) == STEADY + 1
    assert first.body
    write_generation(files, 6)
    update([], settings)
    assert [each.number for each in generations.all_generations(index)] == [5, 6]
    engine.close()
