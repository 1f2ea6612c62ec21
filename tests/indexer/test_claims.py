"""The mark of a text: the same for the same text however it comes, another for any change one can see."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from corpus.article import Article, Dated, article_from_dict, article_to_dict
from indexer.claims import mark_of
from tests.fakes import an_article

DATE = Dated(value=datetime(2026, 1, 15, 9, 28, tzinfo=ZoneInfo("Asia/Seoul")), basis="field", raw="15.1.")
FULL = an_article(published=DATE, updated=DATE, authors=("A", "B"), urgency=3, body="One.\nTwo.")


def test_a_stored_article_keeps_its_mark():
    assert mark_of(article_from_dict(article_to_dict(FULL))) == mark_of(FULL)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Article)])
def test_every_visible_field_is_in_the_mark_and_no_other(name):
    value = getattr(FULL, name)
    if isinstance(value, Dated):
        other = dataclasses.replace(value, precision="minute")
    elif isinstance(value, tuple):
        other = (*value, "X")
    elif isinstance(value, int):
        other = value + 1
    else:
        other = f"{value}X"
    same = mark_of(dataclasses.replace(FULL, **{name: other})) == mark_of(FULL)
    assert same == (name in ("id", "origin", "word_count"))
