import bz2
import gzip
import io
import lzma
import zipfile
from functools import partial

import pytest
import zstandard

from corpus import containers
from corpus.article import Article
from corpus.containers import unpack
from tests.corpus.builders import a_source, read, reasons

LINE = b'{"headline": "Ferry sinks", "body": "All were saved.", "language": "en"}\n'
PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": partial(lzma.compress, preset=0),
    "zst": zstandard.ZstdCompressor().compress,
}


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("kind", PACKERS)
def test_a_packed_file_reads_as_the_file_itself(kind):
    [article] = read(PACKERS[kind](LINE), f"a.jsonl.{kind}")
    assert article.headline == "Ferry sinks"
    assert article.origin == f"a.jsonl.{kind}!a.jsonl#1"


@pytest.mark.parametrize("kind", PACKERS)
def test_frames_one_after_the_other_are_one_file(kind):
    assert len(read(PACKERS[kind](LINE) + PACKERS[kind](LINE), f"a.jsonl.{kind}")) == 2


@pytest.mark.parametrize("kind", PACKERS)
def test_what_was_read_before_a_stream_breaks_off_counts(kind):
    import random

    noise = random.Random(1)
    lines = b"".join(
        b'{"headline": "%x", "body": "%x"}\n' % (noise.getrandbits(64), noise.getrandbits(4000))
        for _ in range(2000)
    )
    packed = PACKERS[kind](lines)
    items = read(packed[: len(packed) // 2], f"a.jsonl.{kind}")
    assert sum(isinstance(item, Article) for item in items) > 100
    assert "breaks off" in reasons(items)[-1]


@pytest.mark.parametrize("kind", PACKERS)
def test_damage_in_a_stream_is_reported(kind):
    packed = bytearray(PACKERS[kind](bytes(range(256)) * 50))
    packed[len(packed) // 2 :] = b"\x55" * 40
    items = read(bytes(packed), f"a.jsonl.{kind}")
    assert [item for item in items if isinstance(item, Article)] == []
    assert reasons(items)


def test_zero_padding_after_a_gzip_is_no_damage():
    assert len(read(gzip.compress(LINE) + b"\0" * 20_000, "a.jsonl.gz")) == 1


def test_boxes_in_boxes_are_opened():
    inner = zipped({"deep/b.jsonl.zst": PACKERS["zst"](LINE)})
    [article] = read(zipped({"a.zip": inner}), "outer.zip")
    assert article.origin == "outer.zip!a.zip!deep/b.jsonl.zst!b.jsonl#1"


def test_boxes_nested_without_end_are_refused():
    content = LINE
    for _ in range(6):
        content = gzip.compress(content)
    assert reasons(read(content, "a.gz")) == ["boxes nested more than 4 deep"]


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_stopped_long_before_it_has_unpacked(kind, monkeypatch):
    monkeypatch.setattr(containers, "FREE_BYTES", 2**20)
    bomb = PACKERS[kind](b"\n" * 2**24)
    assert "bomb" in reasons(read(bomb, f"a.jsonl.{kind}"))[0]


def test_a_zip_bomb_is_told_by_its_directory(monkeypatch):
    monkeypatch.setattr(containers, "FREE_BYTES", 2**20)
    assert "bomb" in reasons(read(zipped({"a.jsonl": b"\n" * 2**24, "b.jsonl": LINE}), "a.zip"))[0]


def test_a_member_that_unpacks_to_more_than_it_states_is_refused():
    content = zipped({"a.jsonl": LINE * 1000})
    place = content.index(b"PK\x01\x02") + 24
    lying = content[:place] + (10).to_bytes(4, "little") + content[place + 4 :]
    items = read(lying, "a.zip")
    assert reasons(items)


def test_overlapping_members_are_refused():
    content = bytearray(zipped({"a.jsonl": LINE, "b.jsonl": LINE}, zipfile.ZIP_STORED))
    for mark in [at for at in range(len(content)) if content[at : at + 4] == b"PK\x01\x02"]:
        content[mark + 20 : mark + 24] = (10_000).to_bytes(4, "little")
    assert "overlap" in reasons(read(bytes(content), "a.zip"))[0]


def test_more_members_than_the_bound_are_refused(monkeypatch):
    monkeypatch.setattr(containers, "MEMBERS_MOST", 3)
    assert "members" in reasons(read(zipped({f"{n}.jsonl": LINE for n in range(4)}), "a.zip"))[0]


def test_an_encrypted_member_is_reported_and_the_others_read():
    content = bytearray(zipped({"a.jsonl": LINE, "b.jsonl": LINE}, zipfile.ZIP_STORED))
    first = content.index(b"PK\x01\x02") + 8
    content[first] |= 1
    items = read(bytes(content), "a.zip")
    assert len([item for item in items if isinstance(item, Article)]) == 1
    assert "encrypted; unpack it yourself" in reasons(items)[0]


def test_a_damaged_member_does_not_cost_the_others():
    content = zipped({"a.jsonl": LINE, "b.jsonl": LINE.replace(b"Ferry", b"Trawl")}, zipfile.ZIP_STORED)
    items = read(content.replace(b"Ferry", b"Xerry", 1), "a.zip")
    assert [item.headline for item in items if isinstance(item, Article)] == ["Trawl sinks"]
    assert "damaged" in reasons(items)[0]


def test_names_that_climb_out_of_a_zip_are_only_labels(tmp_path):
    [item] = read(zipped({"../../etc/story.jsonl": LINE}), "a.zip")
    assert item.origin == "a.zip!../../etc/story.jsonl#1"


def test_hidden_members_and_folders_are_left_out():
    members = {"__MACOSX/._a.jsonl": b"x", ".hidden/a.jsonl": LINE, "folder/": b"", "a.jsonl": LINE}
    assert len(read(zipped(members), "a.zip")) == 1


def test_an_office_document_is_called_what_it_is():
    content = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    assert "Office document" in reasons(read(content, "a.docx"))[0]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, zipped({"a.jsonl": LINE})[:60]]
)
def test_a_broken_zip_is_reported(content):
    assert "damaged zip" in reasons(read(content, "a.zip"))[0]


def test_a_file_that_is_no_box_is_itself():
    source = a_source(LINE)
    assert list(unpack(source)) == [source]
