"""What stands in one field of a record."""

import pytest

from corpus.readers.values import is_absent, names_in, place_in, words_in
from tests.corpus.builders import one


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


def test_a_dateline_gives_its_place():
    assert place_in("NEW YORK, June 2 -") == "New York"
    assert place_in("ST. LOUIS, March 18 -") == "St. Louis"
    assert place_in("SANTA MONICA, Calif, June 2 -") == "Santa Monica, Calif"
    assert place_in("나라") == "나라"


@pytest.mark.parametrize("read_in", [names_in, words_in, place_in])
def test_a_text_that_is_too_long_to_be_remembered_is_read_like_another(read_in):
    assert read_in("Ada Lund") == read_in("Ada Lund") == read_in(f"{' ' * 300}Ada Lund".lstrip())
    assert read_in("Oslo, " * 100)
