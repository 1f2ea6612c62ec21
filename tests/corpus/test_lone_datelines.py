"""A place and a day that have a line to themselves; whole pages stand in cases/page_text."""

import pytest

from corpus.lone_datelines import lone_dateline
from corpus.readers.page_meta import meta_of
from corpus.readers.page_text import parse_page

STORY = [
    "The harbour town of Port Ellery voted on Tuesday to rebuild its lighthouse after eleven years of "
    "quarrel.",
    "“We have argued in the dark long enough,” said the mayor after the vote, which passed by nine to four.",
]
HEADLINE = "Lighthouse rises again after long quarrel"


@pytest.mark.parametrize(
    ("line", "located", "day"),
    [
        ("Orléans, 5 February 2026", "Orléans", "5 February 2026"),
        ("Orléans, February 5, 2026", "Orléans", "February 5, 2026"),
        ("5 February 2026, Orléans", "Orléans", "5 February 2026"),
        ("February 5, 2026, Orléans", "Orléans", "February 5, 2026"),
        ("Orléans, 05/02/2026", "Orléans", "05/02/2026"),
        ("Orléans, 5 February 2026, 10:30", "Orléans", "5 February 2026, 10:30"),
        ("Orléans, Thursday, 5 February 2026", "Orléans", "Thursday, 5 February 2026"),
        ("PARIS, Feb. 5, 2026 –", "Paris", "Feb. 5, 2026"),
        ("PARIS, Feb. 5, 2026 (Reuters) -", "Paris", "Feb. 5, 2026"),
        ("NEW YORK, Feb. 5, 2026", "New York", "Feb. 5, 2026"),
        ("Rio de Janeiro, 5 February 2026", "Rio de Janeiro", "5 February 2026"),
        ("Kansas City, Mo., Feb. 5, 2026", "Kansas City, Mo.", "Feb. 5, 2026"),
        ("Rome, Italy, 5 February 2026", "Rome, Italy", "5 February 2026"),
        ("WASHINGTON, D.C. – February 5, 2026", "Washington, D.C.", "February 5, 2026"),
        ("Orléans, le 5 février 2026", "Orléans", "5 février 2026"),
        ("Frankfurt am Main, den 5. Februar 2026", "Frankfurt am Main", "5. Februar 2026"),
        ("Madrid, a 5 de febrero de 2026", "Madrid", "5 de febrero de 2026"),
        ("Москва, 5 февраля 2026", "Москва", "5 февраля 2026"),
    ],
)
def test_a_place_and_a_day_alone_on_a_line_date_and_locate_the_story(line, located, day):
    found = lone_dateline(line)
    assert (found.located, found.date) == (located, day)
    for head in ([HEADLINE, line], [line, HEADLINE], [HEADLINE, "By Jane Doe", line]):
        page = parse_page([*head, *STORY])
        assert (page.headline, page.located, page.published, page.body) == (HEADLINE, located, day, STORY)


@pytest.mark.parametrize(
    "line",
    [
        "Orléans, 5 February 2026, was cold and wet.",
        "Orléans, 5 February 2026: a town waits.",
        "In Orléans, on 5 February 2026",
        "Orléans, 5 February",
        "Orléans, February 2026",
        "Easter Sunday, 5 April 2026",
        "Jane Doe, 5 February 2026",
        "Jane Doe, Orléans, 5 February 2026",
        "Politics, 5 February 2026",
        "Harbour Gazette, 5 February 2026",
        "Updated Thursday, 5 February 2026",
        "Interview, 5 February 2026",
        "SCHEDULE - Thursday, February 5, 2026",
        "Reuters, 5 February 2026.",
        "Flight 212, 5 February 2026",
        "the harbour, 5 February 2026",
        "",
    ],
)
def test_what_is_only_built_alike_is_no_dateline(line):
    assert lone_dateline(line) is None


def test_a_person_a_section_and_a_day_are_read_as_what_they_are():
    assert meta_of("Jane Doe, 5 February 2026").byline.authors == ("Jane Doe",)
    assert meta_of("Politics, 5 February 2026").section == "Politics"
    assert meta_of("5 February 2026 - Politics").section == "Politics"


def test_a_place_and_a_day_are_the_headline_where_nothing_else_can_be():
    page = parse_page(["Orléans, 5 February 2026", "By Jane Doe", *STORY])
    assert (page.headline, page.body) == ("Orléans, 5 February 2026", STORY)


def test_a_place_and_a_day_below_the_story_date_it_only_where_nothing_else_does():
    line = "Orléans, 5 February 2026"
    assert parse_page([HEADLINE, *STORY, line]).published == "5 February 2026"
    page = parse_page([HEADLINE, "By Jane Doe", "9 May 2025", *STORY, line])
    assert (page.published, page.located, page.body) == ("9 May 2025", "", [*STORY, line])
