import pytest

from corpus.errors import UnreadableSource
from corpus.safe_xml import check, parse

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 9))
    + "]><rss>&lol8;</rss>"
).replace("lol0;", "lol;")
ATTACKS = {
    "billion laughs": LAUGHS.encode(),
    "quadratic blow-up": b'<!DOCTYPE a [<!ENTITY x "'
    + b"x" * 10_000
    + b'">]><a>'
    + b"&x;" * 10_000
    + b"</a>",
    "a local file": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>',
    "in UTF-16": LAUGHS.replace('<?xml version="1.0"?>', "").encode("utf-16"),
    "in an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><!DOCTYPE a [<!ENTITY x "y">]><a/>',
    "before a fault": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</b>',
}


@pytest.mark.parametrize("content", ATTACKS.values(), ids=ATTACKS)
def test_a_document_that_declares_entities_is_refused_by_name(content):
    for refuse in (check, parse):
        with pytest.raises(UnreadableSource, match="declares its own entit"):
            refuse(content, "a.xml")


def test_what_is_nested_without_end_is_refused():
    with pytest.raises(UnreadableSource, match="nested more than"):
        check(b"<a>" * 100_000, "a.xml")


def test_a_bare_doctype_is_let_through_and_fetches_nothing():
    content = b'<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd"><nitf><body>Tea &amp; toast</body></nitf>'
    assert parse(content, "a.xml").findtext("body") == "Tea & toast"


def test_what_is_not_well_formed_is_refused_by_parse_alone():
    content = b"<rss><channel><title>Tea & toast</channel></rss>"
    check(content, "a.xml")
    with pytest.raises(UnreadableSource, match="not well formed"):
        parse(content, "a.xml")


def test_text_about_entities_is_no_attack():
    check(b"<rss><title><![CDATA[How <!ENTITY works]]></title><b></rss>", "a.xml")


def test_above_the_size_bound_nothing_is_parsed(monkeypatch):
    monkeypatch.setattr("corpus.safe_xml.XML_MOST", 10)
    with pytest.raises(UnreadableSource, match="above 10 bytes"):
        check(b"<a>" + b" " * 20 + b"</a>", "a.xml")


def test_an_element_of_endless_attributes_is_refused():
    content = b"<rss " + b" ".join(b'a%d="1"' % n for n in range(2_000)) + b"/>"
    with pytest.raises(UnreadableSource, match="more than 1,000 attributes"):
        check(content, "a.rss")
