"""What copied page text must and must not become; whole pages stand in cases/page_text."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.datelines import dateline_of
from corpus.dates import is_date
from corpus.options import ReadOptions
from corpus.readers.bylines import byline_of, tail_credit
from corpus.readers.page_lines import chrome, copyright_holder, picture_credit
from corpus.readers.page_meta import meta_of
from corpus.readers.page_text import parse_page, read
from corpus.source import Source

SHARED = Path(os.environ.get("NEWSDEX_SHARED", Path(__file__).parents[3] / "shared"))
SEED = SHARED / "articles" / "donga-2026-01-15.txt"

STORY = [
    "The harbour town of Port Ellery voted on Tuesday to rebuild its lighthouse after eleven years of "
    "quarrel.",
    "“We have argued in the dark long enough,” said the mayor after the vote, which passed by nine to four.",
]


@pytest.mark.skipif(not SEED.exists(), reason=f"needs the example article {SEED}")
def test_the_first_article_newsdex_was_asked_to_index_is_read_to_the_letter():
    lines = [line.strip() for line in SEED.read_text("utf-8").splitlines() if line.strip()]

    [article] = read(Source(uri="a.txt", relative="a.txt", path=SEED), ReadOptions())

    assert article.headline == lines[1] == lines[4]
    assert list(article.paragraphs) == lines[5:-1]
    assert (article.by, article.authors, article.located) == ("윤다빈", ("윤다빈",), "나라")
    for dated, raw in ((article.published, lines[2]), (article.updated, lines[3])):
        assert dated.value.isoformat() == "2026-01-15T09:28:00+09:00"
        assert (dated.precision, dated.basis, dated.raw, dated.zone_assumed) == (
            "minute",
            "page-text",
            raw,
            False,
        )
    assert (article.source, article.language) == ("The Dong-A Ilbo", "en")
    assert "empty@donga.com" not in repr(article)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Jane Doe", ("Jane Doe",)),
        ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
        ("By JANE DOE | Staff Writer", ("Jane Doe",)),
        ("By Jane Doe, John Roe and Ana de la Cruz", ("Jane Doe", "John Roe", "Ana de la Cruz")),
        ("By Jane Doe, Political correspondent", ("Jane Doe",)),
        ("By Jane Doe in London and John Roe in Paris", ("Jane Doe", "John Roe")),
        ("By Jane Doe (Reuters)", ("Jane Doe",)),
        ("By Jane Doe jane@gazette.example", ("Jane Doe",)),
        ("By MARY O'NEILL", ("Mary O'Neill",)),
        ("By J. Ryan Parker Jr.", ("J. Ryan Parker Jr.",)),
        ("By The Associated Press", ("The Associated Press",)),
        ("Written by: Jane Doe", ("Jane Doe",)),
        ("Author: Voltaire", ("Voltaire",)),
        ("Von Jens-Peter Boysen und Wiebke Harmsen", ("Jens-Peter Boysen", "Wiebke Harmsen")),
        ("Par Solène Castagnier", ("Solène Castagnier",)),
        ("Por Julián Ibarzábal y Marisol Etcheverry", ("Julián Ibarzábal", "Marisol Etcheverry")),
        ("홍길동 기자", ("홍길동",)),
        ("홍길동·김철수 기자 gildong@hangang.example", ("홍길동", "김철수")),
        ("뉴욕=홍길동 특파원", ("홍길동",)),
        ("나라=윤다빈 empty@donga.com", ("윤다빈",)),
        ("[海風新聞 峰岸航]", ("峰岸航",)),
        ("记者：张三", ("张三",)),
    ],
)
def test_a_byline_names_its_authors(line, authors):
    assert byline_of(line).authors == authors


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the crisis had eased.", "By and large, yes", "By 2030", "By January 15, 2026", "By "
            "Design",
        "By the time the tide turned, two cellars were wet.", "By Friday Evening", "By Law", "Von Berlin "
            "aus",
        "Par exemple", "Por la noche", "기자 회견", "Standby Power", "By", "", "By a vote of nine to four",
        "By then, Jane Doe and John Roe had left.",
    ],
)  # fmt: skip
def test_what_only_begins_like_a_byline_is_none(line):
    assert byline_of(line) is None


@given(
    st.dates(),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d.%m.%Y", "%A, %d %B %Y", "%b. %d, %Y"]),
)
def test_a_date_is_never_an_author(day, form):
    for line in (f"By {day.strftime(form)}", day.strftime(form), f"Author: {day.strftime(form)}"):
        assert byline_of(line) is None


@pytest.mark.parametrize(
    ("start", "located", "agency"),
    [
        ("LONDON, Jan 3 (Reuters) - ", "London", "Reuters"),
        ("SEOUL, South Korea (AP) — ", "Seoul, South Korea", "AP"),
        ("(AP) — ", "", "AP"),
        ("NEW YORK — ", "New York", ""),
        ("WASHINGTON, D.C. – ", "Washington, D.C.", ""),
        ("SEOUL, Jan. 15 (Yonhap) -- ", "Seoul", "Yonhap"),
        ("Berlin (dpa/tmn) - ", "Berlin", "dpa/tmn"),
        ("Paris, 15 janv. 2026 (AFP) - ", "Paris", "AFP"),
        ("Madrid, 15 ene (EFE).- ", "Madrid", "EFE"),
        ("[서울=뉴시스] 홍길동 기자 = ", "서울", "뉴시스"),
        ("(서울=연합뉴스) 홍길동 기자 = ", "서울", "연합뉴스"),
        ("【潮見＝小田切澪】", "潮見", ""),
        ("［東京 １５日 ロイター］ - ", "東京", "ロイター"),
        ("新华社北京1月15日电（记者张三）", "北京", "新华社"),
    ],
)
def test_a_dateline_gives_place_and_agency_and_leaves_the_sentence(start, located, agency):
    found = dateline_of(start + STORY[0])

    assert (found.located, found.agency, found.rest) == (located, agency, STORY[0])


@pytest.mark.parametrize(
    "line",
    [
        STORY[0], "Analysis — The mayor has won.", "Nine to four (a surprise) - and nobody "
            "cheered.", "OPINION — The sea is wet.",
        "The U.S. — which had asked — got nothing.", "He said: no.", "WATCH: The lighthouse falls", "A - B",
    ],
)  # fmt: skip
def test_a_sentence_with_a_dash_is_no_dateline(line):
    assert dateline_of(line) is None


@pytest.mark.parametrize(
    "line",
    [
        *STORY,
        "Share of the vote", "Share prices fell.", "More than 100 comments were read aloud.", "He followed "
            "us on foot.",
        "Print is not dead, the editor said.", "Cookies were served at the opening of the museum.", "The "
            "rest is silence.",
        "Advertising pays for the paper, but not for long.", "Save the lighthouse, they sang.", "서울의 "
            "가을은 짧다.",
        "“Go to contents,” it said.", "Read more books, the teacher said, and she meant it.", "No "
            "comment.", "Related to this, he sighed.",
    ],
)  # fmt: skip
def test_a_line_of_a_story_is_not_taken_for_the_pages(line):
    assert chrome(line) == ""
    assert not picture_credit(line)
    assert line in parse_page(["A headline of some length here", STORY[0], line, STORY[1]]).body


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("© 2026 Harbour Gazette. All rights reserved.", "Harbour Gazette"),
        ("Copyright 2026 Harbour Gazette", "Harbour Gazette"),
        ("Copyright ⓒ 한강일보. All rights reserved. 무단 전재 및 재배포 금지.", "한강일보"),
        ("<저작권자 ⓒ 연합뉴스, 무단 전재 및 재배포 금지>", "연합뉴스"),
        ("All rights reserved.", ""),
    ],
)
def test_a_copyright_notice_names_its_holder(line, holder):
    assert copyright_holder(line) == holder


@pytest.mark.parametrize(
    ("masthead", "headline"),
    [
        ("The Tideway Review", "The woman who winds the sea"),
        ("Le Courrier du Midi", "Le village qui compte les grappes à voix haute"),
        ("L’Écho des Alpes", "Le phare est rallumé"),
        ("El Faro del Sur", "La biblioteca flotante vuelve al delta"),
        ("海風新聞", "奈良で供給網会議、九か国が十四品目の監視で合意"),
        ("Lantern Street", "Fog closes two airports"),
    ],
)
def test_a_papers_name_above_the_headline_is_the_source(masthead, headline):
    foot = f"© 2026 {masthead}. All rights reserved." if masthead == "Lantern Street" else "Share"
    page = parse_page([masthead, headline, "By Jane Doe", "3 January 2026", *STORY, foot])

    assert (page.headline, page.source, page.body) == (headline, masthead, STORY)


@pytest.mark.parametrize("headline", ["The Last Lighthouse", "La Chine et le Japon", "El faro del sur"])
def test_a_headline_that_only_looks_like_a_papers_name_stays_the_headline(headline):
    standfirst = "A keeper says goodbye after forty years"
    page = parse_page([headline, standfirst, "By Jane Doe", "3 January 2026", *STORY])

    assert (page.headline, page.source) == (headline, "")


def test_a_byline_in_brackets_names_paper_and_reporter_apart():
    page = parse_page(["奈良で供給網会議", "2025年11月20日 7時00分", "[海風新聞 峰岸航]", *STORY])

    assert (page.by, page.authors, page.source) == ("峰岸航", ("峰岸航",), "海風新聞")


def test_one_endless_line_is_read_in_time_that_grows_with_its_length():
    started = time.process_time()
    page = parse_page(["Headline of the day", STORY[0], "A-" * 500_000, STORY[1]])
    assert len(page.body) == 3
    assert time.process_time() - started < 5


def test_the_reporters_of_a_wires_last_line_are_its_authors_only_where_there_is_no_byline():
    credit = "(Reporting by Jane Doe in London and John Roe; Editing by Ana Cruz)"
    assert tail_credit(credit).authors == ("Jane Doe", "John Roe")
    assert parse_page(["Lighthouse rises", *STORY, credit]).body == STORY
    assert parse_page(["Lighthouse rises", "By Kit Poe", *STORY, credit]).body == [*STORY, credit]


def test_several_things_in_one_line_are_told_apart():
    meta = meta_of("September 20, 2025 | Culture | By Tamsin Arkwright")

    assert (meta.unlabelled, meta.section, meta.byline.authors) == (
        "September 20, 2025", "Culture", ("Tamsin Arkwright",),
    )  # fmt: skip


# Lines as pages have them, in any order: what comes out must hold whatever the layout.
pieces = st.sampled_from([
    *STORY, "Home", "Share", "Politics", "By Jane Doe", "Published: 3 May 2025", "Updated May 4, 2025 "
        "09:28", "Advertisement",
    "Related articles", "Lighthouse to be rebuilt after all", "© 2026 Harbour Gazette", "홍길동 "
        "기자", "Comments", "https://a.example/x",
    "Title: Fog", "---", "LONDON, Jan 3 (Reuters) - Fog closed two airports on Saturday, and nobody was "
        "surprised by it.",
])  # fmt: skip


@given(st.lists(pieces | st.text(max_size=60), max_size=14))
@settings(max_examples=150, deadline=None)
@example([])
@example(["---", "---"])
@example(["---", STORY[0], "---"])
@example(["By"])
def test_no_text_makes_the_parser_raise_and_no_paragraph_is_lost(lines):
    page = parse_page(lines)

    assert not any(is_date(author) for author in page.authors)
    if "Comments" not in lines and "Related articles" not in lines:
        for paragraph in STORY:
            # One paragraph in the head is a standfirst, and without a headline the first is one.
            assert lines.count(paragraph) == 0 or paragraph in (page.headline, page.summary, *page.body)
