"""Our own export read back."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Dated, article_to_dict
from tests.corpus.builders import made, read

texts = st.text(max_size=200)

dates = st.builds(
    lambda when, minutes, precision, raw: Dated(
        value=when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes))),
        basis="page-text",
        precision=precision,
        raw=raw,
        zone_assumed=True,
    ),
    st.datetimes(min_value=datetime(1700, 1, 1), max_value=datetime(2026, 1, 1)),
    st.integers(-720, 840),
    st.sampled_from(["second", "minute", "day", "month", "year"]),
    texts,
)

articles = st.fixed_dictionaries(
    {"headline": st.just("x") | texts, "body": st.just("y").map(str)},
    optional={
        "summary": texts,
        "alt_headline": texts,
        "by": texts,
        "authors": st.lists(texts, max_size=3),
        "keywords": st.lists(texts, max_size=3),
        "published": dates,
        "updated": dates,
        "urgency": st.integers(-1, 10),
        "original_url": st.just("https://a.example/1") | texts,
        "source_name": texts,
        "section": texts,
        "supplied_id": texts,
    },
)


@given(articles, texts)
def test_what_we_export_reads_back_the_same(fields, body):
    article = made(**fields | {"body": f"y {body}"})
    line = json.dumps(article_to_dict(article))
    assert read(line, "export.jsonl") == [article]


def test_an_undated_doubt_reads_back_too():
    article = made(published=Dated(value=None, basis="meta", raw="soon", doubt="no date was recognised"))
    assert read(json.dumps(article_to_dict(article)), "export.jsonl") == [article]


def test_a_form_that_was_tampered_with_is_read_as_a_strangers_record():
    values = article_to_dict(made(headline="Ferry")) | {"published": {"value": "soon", "basis": "guess"}}
    [item] = read(json.dumps(values), "a.jsonl")
    assert item.headline == "Ferry"
    values = article_to_dict(made(headline="Ferry")) | {
        "published": datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    }
    [item] = read(json.dumps(values), "a.jsonl")
    assert item.published.value.year == 2026
