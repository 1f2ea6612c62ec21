"""Words typed in capitals, in archives that do not know them so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.parse import parse
from indexer.query import Query
from indexer.whoosh_engine.engine import WhooshFormat
from tests.corpus.builders import made


@pytest.mark.parametrize("text", ['"CIBA pact"', "CIBA-Geigy", '"the CIBA"~3'])
def test_capitals_in_a_phrase_find_the_word_where_no_article_has_the_acronym(text: str, tmp_path: Path) -> None:
    form = WhooshFormat()
    writer = form.writer(tmp_path, None, 64)
    writer.add(made(body="The Ciba pact, and Ciba-Geigy."), indexed=datetime.now(UTC))
    engine = form.open(tmp_path, {"segments": writer.finish(), "generation": 1, "built_at": ""})
    assert engine.count(Query(text=text, clause=parse(text).clause)) == 1
    engine.close()
