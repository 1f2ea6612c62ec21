import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article, Dated, article_to_dict
from corpus.making import Outlet
from corpus.readers import jsonl
from corpus.readers.record import FIELD_KEYS
from corpus.readers.values import is_absent, names_in, place_in, words_in
from tests.corpus.builders import made, options, read, reasons


def one(record, told=None):
    [article] = read(json.dumps(record), "a.jsonl", told)
    assert isinstance(article, Article), article
    return article


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


@pytest.mark.parametrize("nothing", [None, "", "null", "None", "NaN", " null ", float("nan"), [], {}, "N/A"])
def test_what_programs_write_for_nothing_is_nothing(nothing):
    assert is_absent(nothing)
    assert one({"title": "Ferry sinks", "subtitle": nothing}).summary == ""


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ada Lund", ("Ada Lund",)),
        ("By Ada Lund and Bo Ek", ("Ada Lund", "Bo Ek")),
        ("Ada Lund, Bo Ek and Cy Moe", ("Ada Lund", "Bo Ek", "Cy Moe")),
        ("Ada Lund; Bo Ek", ("Ada Lund", "Bo Ek")),
        ("Lund, Ada", ("Ada Lund",)),
        ("Ada Lund, Staff Writer", ("Ada Lund",)),
        ("Thomas D. Lund, Ph.D.", ("Thomas D. Lund",)),
        ("윤다빈", ("윤다빈",)),
        ("['Ada Lund', 'Bo Ek']", ("Ada Lund", "Bo Ek")),
        (["Ada Lund", {"name": "Bo Ek"}], ("Ada Lund", "Bo Ek")),
        ([{"@type": "Person", "givenName": "Ada", "familyName": "Lund"}], ("Ada Lund",)),
        ({"@type": "Person", "name": ["Ada Lund", "Bo Ek"]}, ("Ada Lund", "Bo Ek")),
        ("null", ()),
        (None, ()),
    ],
)
def test_authors_are_found_in_every_form(authors, names):
    assert names_in(authors) == names


def test_keywords_come_as_a_list_or_between_commas():
    assert (
        words_in("trade; ports, ships")
        == words_in(["trade", "ports", "ships"])
        == ("trade", "ports", "ships")
    )
    assert words_in("[\"Bo's\", 'it\\'s']") == ("Bo's", "it's")


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


def test_keys_nothing_understands_are_named_once_for_a_file():
    notes = []
    record = json.dumps({"title": "x", "shoe_size": 43, "image": "x.jpg"})
    read(f"{record}\n{record}\n", "a.jsonl", options(on_note=lambda uri, words: notes.append((uri, words))))
    assert notes == [("a.jsonl", "keys not read: shoe_size")]


def test_a_dateline_gives_its_place():
    assert place_in("NEW YORK, June 2 -") == "New York"
    assert place_in("ST. LOUIS, March 18 -") == "St. Louis"
    assert place_in("SANTA MONICA, Calif, June 2 -") == "Santa Monica, Calif"
    assert place_in("나라") == "나라"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1, 2]", "an article is an object"),
        ('"x"', "an article is an object"),
        ("{'title': 'x'}", "not JSON"),
        ("{}", "no text in it"),
        ('{"title": "null"}', "no text in it"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_bad_line_is_reported_with_its_number_and_the_next_is_read(line, reason):
    items = read(f'\n{line}\n{{"title": "Ferry"}}\n', "a.jsonl")
    assert reason in reasons(items)[0]
    assert items[0].uri == "a.jsonl#2"
    assert items[1].headline == "Ferry"


def test_lines_of_other_encodings_are_read():
    assert read('{"title": "Größe für Öl"}'.encode("cp1252"), "a.jsonl")[0].headline == "Größe für Öl"
    assert read('{"title": "Größe"}\n{"title": "b"}\n'.encode("utf-16"), "a.jsonl")[1].headline == "b"


def test_surrogates_and_nan_in_json_are_read():
    [article] = read('{"title": "x \\ud83d\\ude00 \\ud83d", "urgency": NaN}', "a.jsonl")
    assert article.headline == "x 😀 \ufffd"


@pytest.mark.parametrize(
    "content",
    [
        '[{"title": "a"}, {"title": "b"}]',
        '{"status": "ok", "articles": [{"title": "a"}, {"title": "b"}]}',
        '{"response": {"results": [{"webTitle": "a"}, {"webTitle": "b"}]}}',
        '{"version": "https://jsonfeed.org/version/1.1", "title": "P",'
        ' "items": [{"title": "a"}, {"title": "b"}]}',
        '{"title": "a"}\n{"title": "b"}\n',
    ],
)
def test_a_json_file_may_hold_its_articles_in_a_list_anywhere(content):
    assert [article.headline for article in read(content, "a.json")] == ["a", "b"]


def test_a_single_article_with_a_list_in_it_is_one_article():
    [article] = read('{"title": "a", "body": "b", "items": ["x"], "results": []}', "a.json")
    assert (article.headline, article.body) == ("a", "b")


def test_tables_are_read_whatever_parts_their_fields():
    for delimiter in ",;\t|":
        rows = [
            ["url", "title", "text"],
            ["https://a.example/1", "Ferry", '"All, were; saved|'],
            ["", "Two", "x"],
        ]
        content = "\n".join(
            delimiter.join('"' + field.replace('"', '""') + '"' for field in row) for row in rows
        )
        first, second = read(content, "a.csv")
        assert (first.headline, first.body, second.headline) == ("Ferry", '"All, were; saved|', "Two")


def test_a_field_of_a_table_may_be_huge_and_hold_line_ends():
    body = "word " * 100_000 + "\nend"
    [article] = read(f'title,body\nFerry,"{body}"\n', "a.csv")
    assert article.word_count == 100_001


def test_a_table_without_a_known_column_says_what_it_needs():
    assert "names no headline" in reasons(read("a,b\n1,2\n", "a.csv"))[0]


def test_a_row_with_too_many_fields_is_reported_and_the_next_read():
    items = read("title,body\na,b,c,d\ne,f\n", "a.csv")
    assert "header has 2" in reasons(items)[0]
    assert items[1].headline == "e"


# Our own form.

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


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from([key for names in FIELD_KEYS.values() for key in names])


@settings(deadline=None)  # the first date in words imports dateparser
@given(st.dictionaries(keys, json_values, max_size=12))
def test_no_record_makes_the_reader_fail(record):
    for item in read(json.dumps(record | {"title": "x"}), "a.jsonl"):
        assert "reader failed" not in str(getattr(item, "reason", ""))
        if isinstance(item, Article):
            json.dumps(article_to_dict(item), ensure_ascii=False).encode("utf-8")


@given(st.text())
def test_any_text_is_json_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        jsonl.loads(text.encode("utf-8", "surrogatepass"))


def test_the_readme_shows_the_table_of_keys():
    readme = (Path(__file__).parents[2] / "corpus" / "README.md").read_text("utf-8")
    for field, names in FIELD_KEYS.items():
        assert f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |" in readme


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


@pytest.mark.parametrize("read_in", [names_in, words_in, place_in])
def test_a_text_that_is_too_long_to_be_remembered_is_read_like_another(read_in):
    assert read_in("Ada Lund") == read_in("Ada Lund") == read_in(f"{' ' * 300}Ada Lund".lstrip())
    assert read_in("Oslo, " * 100)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
ODD_BYTES = (
    rb"\ud83d", b"NaN", b"1e999", b"9" * 400, b"9" * 5000, b"-0", b"01", b"\x01", b"\t", b"\\", b'"', b",",
    b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b'"a":1,"a":2', b"[" * 2000, b"",
)  # fmt: skip


def json_or_words(content):
    try:
        return repr(jsonl.loads(content))
    except ValueError as error:
        return str(error)


@given(JSON_VALUES, st.booleans(), st.sampled_from(ODD_BYTES), st.integers(0, 60))
def test_json_is_read_as_the_lenient_decoder_reads_it(value, as_ascii, odd, place):
    content = json.dumps(value, ensure_ascii=as_ascii).encode("utf-8", "surrogatepass")
    content = content[:place] + odd + content[place:]
    read_so = json_or_words(content)
    with mock.patch.object(jsonl, "_DECODER") as strict:
        strict.decode.side_effect = msgspec.DecodeError
        assert json_or_words(content) == read_so


def test_a_zone_that_the_outlet_names_is_not_assumed():
    told = options(outlets={"post.example": Outlet(domain="post.example", zone="Asia/Seoul")})
    for raw in ("2026-01-15 09:28", "January 15, 2026", 1768436880):
        record = {"title": "x", "url": "https://post.example/1", "date": raw}
        assert one(record, told).published.zone_assumed is False
        assert one(record, options(zone="Asia/Seoul")).published.zone_assumed is True
