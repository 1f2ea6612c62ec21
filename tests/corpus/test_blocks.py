"""Reading a file of JSON lines in blocks gives what reading it whole gives."""

from __future__ import annotations

import dataclasses
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import blocks as blocks_module
from corpus.blocks import blocks, lined, note_unread, read_block
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.reading import nothing_in, read_source
from corpus.source import Source

LINES = st.lists(
    st.sampled_from(
        [
            b'{"headline": "Ferry", "body": "It sank.", "language": "en"}',
            '{"headline": "Ægir", "body": "Hún sökk.", "language": "is", "odd": 1}'.encode(),
            b'{"headline": "Ferry", "body": "It sank.", "language": "en", "strange": 2, "odd": 3}\r',
            b"",
            b"   ",
            b"[1, 2]",
            b"{broken",
            b'{"headline": "Caf\xe9", "body": "Cr\xe8me", "language": "fr"}',
        ]
    ),
    max_size=12,
)


def told(options):
    notes = []
    return dataclasses.replace(options, on_note=lambda uri, words: notes.append((uri, words))), notes


def shown(items):
    return [str(item) if isinstance(item, UnreadableSource) else item for item in items]


def in_blocks(source, size):
    options, notes = told(ReadOptions())
    inner = lined(source)
    assert inner is not None
    items, unread = [], []
    try:
        for block in blocks(inner, size):
            items += read_block(inner, block, options, unread)
    except UnreadableSource as error:
        items.append(error)
    note_unread(inner, unread, options)
    return shown(items or [nothing_in(inner)]), notes


def whole(source):
    options, notes = told(ReadOptions())
    return shown(read_source(source, options)), notes


def a_file(folder, content):
    path = folder / "a.jsonl"
    path.write_bytes(content)
    return Source(uri="a.jsonl", relative="a.jsonl", path=path)


def a_source(content, name="a.jsonl"):
    return Source.of_bytes(content, name)


@given(LINES, st.sampled_from([b"\n", b""]), st.booleans(), st.integers(1, 300))
def test_blocks_of_any_size_give_what_the_file_gives(lines, end, marked, size):
    content = b"\xef\xbb\xbf" * marked + b'{"headline": "A", "body": "B", "language": "en"}\n'
    content += b"\n".join(lines) + end

    assert in_blocks(a_source(content), size) == whole(a_source(content))


@given(LINES, st.sampled_from([b"\n", b""]), st.booleans(), st.integers(1, 300))
def test_blocks_of_a_plain_file_are_places_in_it_and_all_of_it_is_heard(
    tmp_path_factory, lines, end, marked, size
):
    content = b"\xef\xbb\xbf" * marked + b'{"headline": "A", "body": "B", "language": "en"}\n'
    content += b"\n".join(lines) + end
    source = a_file(tmp_path_factory.getbasetemp(), content)
    heard: list[bytes] = []

    assert in_blocks(source, size) == whole(source)
    found = list(blocks(source, size, heard.append))

    assert b"".join(heard) == content
    assert {block.content for block in found} == {None}
    assert [block.start + block.size for block in found] == [
        *(block.start for block in found[1:]),
        len(content),
    ]


@pytest.mark.parametrize("how", ["cut short", "replaced"])
def test_a_block_of_a_file_that_changed_meanwhile_is_a_problem(tmp_path, how):
    source = a_file(tmp_path, b'{"headline": "A", "body": "B", "language": "en"}\n' * 3)
    *_, last = blocks(source, 10)
    if how == "cut short":
        a_file(tmp_path, b"{}\n")
    else:
        (tmp_path / "new").write_bytes(b"x" * 500)
        (tmp_path / "new").rename(source.path)

    (problem,) = read_block(source, last, ReadOptions(), [])

    assert "changed while it was read" in str(problem)


@pytest.mark.parametrize("lost", [1, 9, 200])
def test_a_packed_file_that_breaks_off_gives_what_stands_before(lost):
    records = [
        {"headline": f"Story {n}", "body": f"{n * 7919 % 1013} saved", "language": "en"} for n in range(500)
    ]
    packed = gzip.compress("".join(json.dumps(each) + "\n" for each in records).encode())[:-lost]

    found = in_blocks(a_source(packed, "a.jsonl.gz"), 1_000)

    assert found == whole(a_source(packed, "a.jsonl.gz"))
    assert "breaks off" in found[0][-1]


def test_a_line_beyond_all_bounds_ends_the_file_after_what_stands_before(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks_module, "LINE_MOST", 100)
    monkeypatch.setattr("corpus.source.LINE_MOST", 100)
    short = b'{"headline": "A", "body": "B", "language": "en"}\n'
    content = short * 5 + b'{"headline": "' + b"x" * 100 + b'"}\n' + short

    for size in (1, 10, 99):
        for source in (a_source(content), a_file(tmp_path, content)):
            assert in_blocks(source, size) == whole(source)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('{"headline": "A"}\n{"headline": "B"}\n'.encode("utf-16"), "a.jsonl"),
        (b"Ferry sinks\n\nAll were saved.\n", "a.txt"),
        (b"", "a.jsonl"),
    ],
)
def test_what_is_no_stream_of_json_lines_is_not_cut(content, name):
    assert lined(a_source(content, name)) is None
