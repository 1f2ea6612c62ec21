import codecs
import os

import pytest

from corpus.errors import UnreadableSource
from corpus.reading import read_articles
from corpus.source import Source, walk


def names(items):
    return [item.relative for item in items if isinstance(item, Source)]


def test_walking_is_sorted_and_leaves_out_what_is_hidden(tmp_path):
    for name in ("b.txt", "a/z.txt", "a/b.txt", ".git/x.txt", "a/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert names(walk([tmp_path])) == ["a/b.txt", "a/z.txt", "b.txt"]


def test_each_file_comes_once_whatever_leads_to_it(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/story.txt").write_text("x")
    os.symlink(tmp_path, tmp_path / "a/loop")
    os.symlink(tmp_path / "a/story.txt", tmp_path / "z.txt")
    assert names(walk([tmp_path, tmp_path / "a", tmp_path / "a/story.txt"])) == ["a/story.txt"]


def test_a_missing_path_is_reported_and_the_rest_walked(tmp_path):
    (tmp_path / "here.txt").write_text("x")
    os.symlink(tmp_path / "gone.txt", tmp_path / "link.txt")
    found = list(walk([tmp_path / "not", tmp_path]))
    assert [item.reason for item in found if isinstance(item, UnreadableSource)] == [
        "no such file or folder",
        "a link to nothing",
    ]
    assert names(found) == ["here.txt"]


def test_a_pipe_is_neither_file_nor_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    [found] = walk([tmp_path / "pipe"])
    assert found.reason == "neither a file nor a folder"
    assert [item.reason for item in walk([tmp_path])] == ["neither a file nor a folder"]


def test_a_device_behind_a_link_is_never_opened(tmp_path):
    os.symlink("/dev/zero", tmp_path / "a.txt")
    [found] = walk([tmp_path])
    assert found.reason == "neither a file nor a folder"


def test_controls_in_a_name_cannot_reach_a_terminal(tmp_path):
    for name in ("new\nline.txt", "\x1b[31m.txt", "\u202etxt.exe"):
        (tmp_path / name).write_text("x")
    assert names(walk([tmp_path])) == ["\\x1b[31m.txt", "new\\nline.txt", "\\u202etxt.exe"]
    assert all(source.bytes() == b"x" for source in walk([tmp_path]))


def test_a_file_that_vanishes_while_it_is_read_is_reported(tmp_path):
    for name in ("a.txt", "b.jsonl", "c.html", "d.csv", "e.rss", "f.json", "g.zip", "h.jsonl.gz"):
        (tmp_path / name).write_text("Fog closes two airports\nNobody was surprised.")
    errors = []

    def gone(source):
        source.path.unlink()

    assert list(read_articles([tmp_path], on_error=errors.append, on_source=gone)) == []
    assert [error.reason for error in errors] == ["no such file or directory"] * 8


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_reported_and_the_next_read(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Fog closes two airports\nNobody was surprised.")
    (tmp_path / "a.txt").chmod(0)
    errors = []
    assert len(list(read_articles([tmp_path], on_error=errors.append))) == 1
    assert [error.reason for error in errors] == ["permission denied"]


def test_a_name_that_is_no_text_can_still_be_shown(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.txt"
    open(path, "w").close()
    [source] = walk([tmp_path])
    assert source.relative == "\\xff.txt"
    assert source.bytes() == b""


@pytest.mark.parametrize(
    ("content", "media_type", "text", "repaired"),
    [
        ("naïve".encode(), "", "naïve", False),
        (codecs.BOM_UTF8 + "naïve".encode(), "", "naïve", False),
        (codecs.BOM_UTF16_BE + "naïve".encode("utf-16-be"), "", "naïve", False),
        (codecs.BOM_UTF32_LE + "naïve".encode("utf-32-le"), "", "naïve", False),
        ("naïve – so".encode("cp1252"), "text/plain; charset=ISO-8859-1", "naïve – so", False),
        ("서울 시장이 말했다".encode("euc-kr"), "text/plain;charset=euc-kr", "서울 시장이 말했다", False),
        ("naïve – so".encode(), "text/plain; charset=ISO-8859-1", "naïve – so", False),
        ("naïve".encode(), "text/plain; charset=klingon", "naïve", False),
        ("Oslo’s “answer”".encode().decode("cp1252", "ignore").encode(), "", None, True),
        ("cafe\u0301\r\nbar\rbaz".encode(), "", "café\nbar\nbaz", False),
    ],
)
def test_text_is_decoded_by_mark_then_statement_then_utf8(content, media_type, text, repaired):
    source = Source.of_bytes(content, "a.txt", media_type=media_type)
    assert text is None or source.text() == text
    assert bool(source.encoding_repaired) is repaired


def test_an_unstated_encoding_is_found_and_told():
    article = (
        "Die Hafenbehörde prüft die Mole. Für die Fischer wäre das größte Glück ein früher Baubeginn. " * 5
    )
    source = Source.of_bytes(article.encode("cp1252"), "a.txt")
    assert source.text() == article
    assert "does not state" in source.encoding_repaired


def test_a_few_bad_bytes_do_not_turn_utf8_into_another_encoding():
    content = "Hafenbehörde für größte Fischer über Öl ".encode() * 20 + b"\xff."
    assert Source.of_bytes(content, "a.txt").text().startswith("Hafenbehörde für größte")


def test_what_is_larger_than_the_bound_is_not_taken_into_memory(tmp_path):
    (tmp_path / "big").write_bytes(b"x" * 100)
    source = Source(uri="big", relative="big", path=tmp_path / "big", max_bytes=99)
    with pytest.raises(UnreadableSource, match="larger than 99 bytes"):
        source.bytes()
    assert list(source.lines()) == [b"x" * 100]


def test_lines_come_without_mark_and_line_ends():
    source = Source.of_bytes(codecs.BOM_UTF8 + b"one\r\n\ntwo", "a")
    assert list(source.lines()) == [b"one", b"", b"two"]
