"""JSON lines and files: what is a record, and what is none."""

import contextlib
import json
from unittest import mock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers import jsonl
from tests.corpus.builders import JSON_VALUES, read, reasons


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


@given(st.text())
def test_any_text_is_json_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        jsonl.loads(text.encode("utf-8", "surrogatepass"))


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
