"""Stored articles come back as they were, in a form that any program reads as JSON."""

import dataclasses
import json
from datetime import UTC, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Basis, Dated, Precision, article_from_dict, article_to_dict
from indexer.whoosh_engine.stored_article import decode, encode

texts = st.sampled_from(
    ["", "ferry", 'a "quoted"\nline', "서울은", "\0\x7f\u2028", "Élysée \U0001f6a2", "null"]
)
# Of whole minutes, and of the local time that a place kept before there were zones.
offsets = st.sampled_from([0, 32_400, -12_600, 86_340, 30_485, -59]).map(
    lambda seconds: timezone(timedelta(seconds=seconds))
)
dates = st.none() | st.builds(
    Dated,
    value=st.none() | st.datetimes(timezones=st.one_of(st.just(UTC), offsets)),
    basis=st.sampled_from(get_args(Basis)),
    precision=st.sampled_from(get_args(Precision)),
    raw=texts,
    zone_assumed=st.booleans(),
    doubt=texts,
)
_OF_TYPE = {
    "str": texts,
    "int": st.integers(0, 2**31),
    "int | None": st.none() | st.integers(0, 9),
    "tuple[str, ...]": st.lists(texts, max_size=3).map(tuple),
    "Dated | None": dates,
}
_DEFAULTS = {
    "id": st.just("00c0ffee00c0ffee"),
    "type": texts.map(lambda text: text or "text"),
    # One field alone: half of a surrogate pair anywhere changes how all is written.
    "body": texts | st.just("\ud83d"),
}
articles = st.builds(
    Article, **{field.name: _OF_TYPE[field.type] for field in dataclasses.fields(Article)} | _DEFAULTS
)


@given(articles)
def test_an_article_comes_back_as_it_was_whatever_its_texts_and_offsets(article):
    assert decode(encode(article)) == article


@given(articles)
def test_what_is_stored_is_json_in_the_form_of_article_to_dict(article):
    values = json.loads(encode(article).decode("utf-8", "surrogatepass"))

    assert article_to_dict(article_from_dict(values)) == article_to_dict(article)


@given(articles)
def test_the_form_of_article_to_dict_is_read_too(article):
    text = json.dumps(article_to_dict(article), ensure_ascii=False)

    assert decode(text.encode("utf-8", "surrogatepass")) == article


@pytest.mark.parametrize(
    "stored",
    [b"", b"{", b"[]", b"7", b"{}", b'{"id":"1","published":5}',
     b'{"id":"1","published":{"basis":"url","value":7}}',
     b"\xff", b'{"id":"1","published":{"basis":"url","value":"2020-01-01T00:00:00"}}'],
)  # fmt: skip
def test_bytes_that_hold_no_article_are_refused(stored):
    with pytest.raises((ValueError, TypeError)):
        decode(stored)
