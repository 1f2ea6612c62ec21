"""Which keys of a record are read as which field, and what they say together."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article, article_to_dict
from corpus.making import Outlet
from corpus.readers.record import FIELD_KEYS
from corpus.readers.values import is_absent
from tests.corpus.builders import JSON_VALUES, one, options, read, reasons


@pytest.mark.parametrize(
    ("field", "key"),
    [(field, key) for field, keys in FIELD_KEYS.items() for key in keys],
    ids=lambda pair: str(pair),
)
def test_every_key_of_the_table_is_read_as_its_field(field, key):
    special = {
        "published": "2026-01-15",
        "updated": "2026-01-15",
        "urgency": 3,
        "type": "picture",
        "language": "ko",
        "original_url": "https://a.example/1",
    }
    value = special.get(field, "Ports")
    record = {key: value} if field in ("headline", "body") else {"body": "The ferry sank.", key: value}
    article = one(record)
    if field == "id":
        assert article.id == one(record | {"text": "x"}).id != one({"body": "The ferry sank."}).id
    elif field in ("published", "updated"):
        assert getattr(article, field).value.date().isoformat() == "2026-01-15"
    else:
        seen = getattr(article, field)
        assert seen == ((value,) if isinstance(seen, tuple) else value)


def test_the_better_key_counts_whatever_the_order():
    assert one({"title": "Second", "headline": "First"}).headline == "First"
    assert one({"headline": "null", "title": "Second"}).headline == "Second"


@given(
    st.dictionaries(
        st.sampled_from(["title", "Title", "dc:title", "headline", "HEAD_LINE", "name", "web_title"]),
        st.sampled_from(["", "null", "Ferry", "Port", "Storm"]),
    )
)
def test_of_several_keys_of_a_field_the_best_that_says_something_counts(record):
    ranks = {"HEAD_LINE": 0, "headline": 0, "title": 1, "Title": 1, "dc:title": 1, "web_title": 4, "name": 5}
    best = min((ranks[key] for key, value in record.items() if not is_absent(value)), default=None)
    titles = [value for key, value in record.items() if ranks[key] == best and not is_absent(value)]
    assert one({**record, "body": "All were saved."}).headline == (titles[-1] if titles else "")


def test_a_record_of_more_keys_than_are_remembered_is_read_like_another():
    told = options()
    many = {f"shoe size {number}": number for number in range(100)}
    assert one(many | {"title": "Ferry", "Title": "Port"}, told).headline == "Port"


def test_keys_nothing_understands_are_named_once_for_a_file():
    notes = []
    record = json.dumps({"title": "x", "shoe_size": 43, "image": "x.jpg"})
    read(f"{record}\n{record}\n", "a.jsonl", options(on_note=lambda uri, words: notes.append((uri, words))))
    assert notes == [("a.jsonl", "keys not read: shoe_size")]


def test_the_readme_shows_the_table_of_keys():
    readme = (Path(__file__).parents[2] / "corpus" / "README.md").read_text("utf-8")
    for field, names in FIELD_KEYS.items():
        assert f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |" in readme


def test_schema_org_articles_are_read():
    article = one(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": "Ferry sinks",
            "articleBody": "All were saved.",
            "datePublished": "2026-01-15T09:28:00+09:00",
            "author": [{"@type": "Person", "name": "Ada Lund"}],
            "publisher": {"@type": "Organization", "name": "The Harbour Post"},
            "mainEntityOfPage": {"@type": "WebPage", "@id": "https://post.example/1"},
            "articleSection": ["Boats", "Ports"],
            "inLanguage": "en-GB",
        }
    )
    assert (article.source, article.authors, article.language) == ("The Harbour Post", ("Ada Lund",), "en-GB")
    assert (article.original_url, article.section) == ("https://post.example/1", "Boats")
    assert article.keywords == ("Ports",)
    assert article.published.value.isoformat() == "2026-01-15T09:28:00+09:00"


@pytest.mark.parametrize(
    ("raw", "value", "precision", "assumed"),
    [
        ("2026-01-15T09:28:07+09:00", "2026-01-15T09:28:07+09:00", "second", False),
        ("2026-01-15 09:28", "2026-01-15T09:28:00+09:00", "minute", True),
        ("2026-01-15", "2026-01-15T00:00:00+09:00", "day", True),
        ("2026-01", "2026-01-01T00:00:00+09:00", "month", True),
        ("2026", "2026-01-01T00:00:00+09:00", "year", True),
        (1768436880, "2026-01-15T09:28:00+09:00", "second", None),
        ("1768436880000", "2026-01-15T09:28:00+09:00", "second", None),
        ("January 15, 2026", "2026-01-15T00:00:00+09:00", "day", True),
    ],
)
def test_dates_are_read_in_every_form(raw, value, precision, assumed):
    dated = one({"title": "x", "date": raw}, options(zone="Asia/Seoul")).published
    assert (dated.value.isoformat(), dated.precision, dated.basis) == (value, precision, "field")
    assert assumed is None or dated.zone_assumed is assumed
    assert dated.raw == str(raw)


def test_a_date_that_is_none_is_kept_as_doubt():
    dated = one({"title": "x", "date": "the day after"}).published
    assert dated.value is None
    assert dated.raw == "the day after"
    assert dated.doubt


def test_the_outlet_gives_the_zone_where_the_text_names_none():
    outlets = {"post.example": Outlet(domain="post.example", zone="America/New_York")}
    record = {"title": "x", "date": "2026-01-15", "url": "https://www.post.example/1"}
    assert one(record, options(outlets=outlets)).published.value.isoformat() == "2026-01-15T00:00:00-05:00"


def test_a_zone_that_the_outlet_names_is_not_assumed():
    told = options(outlets={"post.example": Outlet(domain="post.example", zone="Asia/Seoul")})
    for raw in ("2026-01-15 09:28", "January 15, 2026", 1768436880):
        record = {"title": "x", "url": "https://post.example/1", "date": raw}
        assert one(record, told).published.zone_assumed is False
        assert one(record, options(zone="Asia/Seoul")).published.zone_assumed is True


def test_html_in_a_body_is_taken_out_and_a_share_symbol_is_not():
    html = "<p>Tea &amp; toast</p><script>alert(1)</script><p>for <b>all</b></p>"
    assert one({"title": "x", "body": html}).body == "Tea & toast\nfor all"
    escaped = html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert one({"title": "x", "body": escaped}).body == "Tea & toast\nfor all"
    assert one({"title": "PORT <P> RISES", "body": "If 1 < 2 > 0, <PSN> rose."}).headline == "PORT <P> RISES"
    assert (
        one({"title": "PORT <P> RISES", "body": "If 1 < 2 > 0, <PSN> rose."}).body
        == "If 1 < 2 > 0, <PSN> rose."
    )


def test_lines_of_a_text_with_a_few_tags_in_it_stay_paragraphs():
    text = "One <a href='/x'>link</a>.\n\nTwo.\n</tr><tbody ><tr >\nThree."
    assert one({"title": "x", "body": text}).body == "One link.\nTwo.\nThree."
    assert one({"title": "x", "body": "<p>One\nline.</p>\n<p>Two.</p>"}).body == "One line.\nTwo."


def test_a_record_nested_too_deep_does_not_cost_the_others():
    deep = '{"title": "x", "body": ' + "[" * 900 + "]" * 900 + "}"
    items = read(f'{deep}\n{{"title": "Ferry"}}\n', "a.jsonl")
    assert reasons(items) == ["nested too deep"]
    assert items[1].headline == "Ferry"
    assert reasons(read(f'[{deep}, {{"title": "Ferry"}}]', "a.json")) == ["nested too deep"]


keys = st.sampled_from([key for names in FIELD_KEYS.values() for key in names])


@settings(deadline=None)  # the first date in words imports dateparser
@given(st.dictionaries(keys, JSON_VALUES, max_size=12))
def test_no_record_makes_the_reader_fail(record):
    for item in read(json.dumps(record | {"title": "x"}), "a.jsonl"):
        assert "reader failed" not in str(getattr(item, "reason", ""))
        if isinstance(item, Article):
            json.dumps(article_to_dict(item), ensure_ascii=False).encode("utf-8")
