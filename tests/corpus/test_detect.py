import pytest

from corpus.detect import detect
from corpus.errors import UnknownFormat, UnreadableSource
from tests.corpus.builders import a_source

RSS = b'<?xml version="1.0"?>\n<!-- made by hand -->\n<rss version="2.0"><channel></channel></rss>'
PAGE = b"<!doctype html><html><head><title>x</title></head></html>"


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.jsonl", b'{"title": "x"}', "jsonl"),
        ("a.json", b'[{"title": "x"}]', "json_file"),
        ("a.csv", b"title,body\nx,y\n", "csv_table"),
        ("a.tsv", b"title\tbody\nx\ty\n", "csv_table"),
        ("a.txt", b"Ferry sinks\n\nAll were saved.", "page_text"),
        ("A.TXT", b"[Ferry sinks]", "page_text"),
        ("a.html", PAGE, "html_page"),
        ("a.html", RSS, "feed"),
        ("a.txt", PAGE, "html_page"),
        ("a.xml", RSS, "feed"),
        ("a.xml", b"\xef\xbb\xbf\n" + RSS, "feed"),
        ("a.xml", "\ufeff".encode("utf-16-le") + RSS.decode().encode("utf-16-le"), "feed"),
        ("a.rdf", b'<rdf:RDF xmlns:rdf="x">', "feed"),
        ("a", b'{"title": "x"}\n{"title": "y"}\n', "jsonl"),
        ("a", b'{"title": "x",\n "body": "y"}', "json_file"),
        ("a", b"url;headline;body\n1;x;y\n", "csv_table"),
        ("a", PAGE, "html_page"),
        ("story", b"Ferry sinks", "page_text"),
        ("story.0413", b"Ferry sinks", "page_text"),
    ],
)
def test_the_format_is_told_by_suffix_then_by_the_first_bytes(name, content, format):
    assert detect(a_source(content, name)).name == format


@pytest.mark.parametrize("name", ["a.py", "a.css", "a.xml", "a.log"])
def test_what_nothing_speaks_for_is_an_unknown_format(name):
    with pytest.raises(UnknownFormat, match="no reader knows"):
        detect(a_source(b"something: else", name))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b" \n\t\n", "an empty file"),
        (b"\xef\xbb\xbf", "an empty file"),
        (b"%PDF-1.7 x", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"\xff\xd8\xff\xe0", "JPEG image"),
        (b"x" * 257 + b"ustar", "tar archive"),
        (b"{\\rtf1 x}", "Rich Text"),
        (b"Ferry\x00sinks", "binary file"),
    ],
)
def test_what_is_no_text_is_called_what_it_is(content, words):
    with pytest.raises(UnreadableSource, match=words):
        detect(a_source(content, "a.txt"))
