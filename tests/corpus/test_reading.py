import logging
import subprocess
import sys

import pytest

from corpus.errors import UnknownFormat
from corpus.reading import read_articles
from tests.corpus.builders import options, read, reasons


def test_a_bad_file_never_stops_the_line(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"title": "One", "body": "x"}\nnot json\n{"title": "Two"}\n')
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "c.py").write_text("import os")
    (tmp_path / "d.json").write_text('{"title": "Three"}')
    errors, sources = [], []

    found = list(
        read_articles(
            [tmp_path, tmp_path / "gone"], options(), on_error=errors.append, on_source=sources.append
        )
    )

    assert [article.headline for article in found] == ["One", "Two", "Three"]
    assert [source.relative for source in sources] == ["a.jsonl", "b.pdf", "c.py", "d.json"]
    assert [error.uri.rsplit("/")[-1] for error in errors] == ["a.jsonl#2", "b.pdf", "c.py", "gone"]
    assert isinstance(errors[2], UnknownFormat)


def test_without_a_listener_errors_are_logged(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert list(read_articles([tmp_path / "gone"])) == []
    assert "no such file or folder" in caplog.text


def test_a_fault_in_a_reader_is_reported_under_its_name(monkeypatch):
    def broken(source, options):
        raise ZeroDivisionError("by design")
        yield

    monkeypatch.setattr("corpus.readers.jsonl.read", broken)
    assert reasons(read("{}")) == ["the jsonl reader failed with ZeroDivisionError: by design"]


def test_a_file_that_holds_no_article_says_so():
    assert reasons(read("[]", "a.json")) == ["no article in it"]
    assert reasons(read("title,body\n", "a.csv")) == ["no article in it"]


def test_importing_the_entry_loads_none_of_the_slow_libraries():
    slow = ["trafilatura", "dateparser", "py3langid", "feedparser", "ftfy", "charset_normalizer", "lxml"]
    script = f"import sys, corpus.reading; print([name for name in {slow} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.txt", "a.html", "a.rss", "a"])
@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"{" * 5000, b"[" * 100_000, b'"', b"<" * 1000, b"\r", b"a,b\n\x00"]
)
def test_nothing_a_file_holds_raises(name, content):
    read(content, name)
