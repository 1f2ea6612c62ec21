"""Words typed in capitals, in archives that do not know them so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.parse import describe, parse
from indexer.query import Query
from indexer.whoosh_engine.engine import WhooshFormat
from tests.corpus.builders import made


@pytest.mark.parametrize("text", ['"CIBA pact"', "CIBA-Geigy", '"the CIBA"~3'])
def test_capitals_in_a_phrase_find_the_word_where_no_acronym_is_known(text: str, tmp_path: Path) -> None:
    form = WhooshFormat()
    writer = form.writer(tmp_path, None, 64)
    writer.add(made(body="The Ciba pact, and Ciba-Geigy."), indexed=datetime.now(UTC))
    engine = form.open(tmp_path, {"segments": writer.finish(), "generation": 1, "built_at": ""})
    assert engine.count(Query(text=text, clause=parse(text).clause)) == 1
    engine.close()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("TALKS IN LONDON MAY RESUME", "talks in london may resume"),
        ("US TARIFFS: U.S. SENATOR", "us tariffs: u.s. senator"),
        ("US NATO", "US NATO"),
        ("US tariffs", "US tariffs"),
        ("REFUGEES", "REFUGEES"),
        ("TALKS IN LONDON source:Reuters", "talks in london source:Reuters"),
        ("TALKS IN LONDON =MAY", "talks in london =MAY"),
    ],
)
def test_a_headline_in_capitals_is_read_as_its_words(typed: str, words: str) -> None:
    assert describe(parse(typed).clause) == words
