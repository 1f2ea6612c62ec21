"""The sample articles hold what corpus/samples.md says, and every one of them is read."""

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest

import corpus
from corpus.article import Article
from corpus.reading import read_articles

FOLDER = Path(corpus.__file__).parent / "samples"
PAGE = FOLDER.with_suffix(".md").read_text("utf-8")
# | `file` | format | count | what is special about it |
ROWS = {
    file: (kind, int(count))
    for file, kind, count in re.findall(r"^\| `([^`]+)` \| ([^|]+) \| (\d+) \|", PAGE, re.M)
}


def file_of(article: Article) -> str:
    """The file under the samples folder that the article was read from."""
    return article.origin.replace(str(FOLDER) + "/", "").partition("!")[0].partition("#")[0]


@pytest.fixture(scope="module")
def reading() -> tuple[list[Article], list[Exception]]:
    errors: list[Exception] = []
    return list(read_articles([FOLDER], on_error=errors.append)), errors


@pytest.fixture(scope="module")
def samples(reading) -> list[Article]:
    return reading[0]


@pytest.fixture
def in_file(samples):
    def articles(file: str) -> list[Article]:
        return [article for article in samples if file_of(article) == file]

    return articles


def test_every_sample_is_read_without_a_complaint(reading):
    assert reading[1] == []


def test_the_page_about_the_samples_names_every_file_once():
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert set(ROWS) == files
    assert len(re.findall(r"^\| `[^`]+` \| [^|]+ \| \d+ \|", PAGE, re.M)) == len(ROWS)


def test_each_file_gives_as_many_articles_as_the_page_says(samples):
    assert Counter(map(file_of, samples)) == {file: count for file, (_, count) in ROWS.items()}


def test_the_totals_of_the_page_are_right(samples):
    articles, files, stories = map(
        int, re.search(r"(\d+) articles are read from (\d+) files: (\d+) stories", PAGE).groups()
    )
    assert (articles, files) == (len(samples), len(ROWS))
    assert stories == len({article.id for article in samples})


def test_every_format_is_there():
    assert {kind for kind, _ in ROWS.values()} == {
        "page text", "HTML", "RSS 2.0", "Atom", "JSON lines", "JSON list", "CSV", "TSV",
        "JSON lines in gzip", "JSON lines in zstd", "page text in zip",
    }  # fmt: skip


def test_no_sample_lacks_headline_body_language_or_source(samples):
    for article in samples:
        for field in ("headline", "body", "language", "source", "origin", "id"):
            assert getattr(article, field), f"{article.origin} has no {field}"


def test_no_body_repeats_the_headline_or_keeps_the_page_around_the_story(samples):
    chrome = re.compile(
        r"cookie|Go to contents|Subscribe|Sign up|Impressum|Comments? \(|<\w+>|&\w+;|©|ⓒ"
        r"|^(?:Posted|Updated|입력|수정)\b",
        re.M,
    )  # fmt: skip
    for article in samples:
        assert article.headline not in article.paragraphs, article.origin
        assert not (found := chrome.search(article.body)), f"{article.origin}: {found}"


def test_the_papers_speak_seven_languages(samples):
    languages = Counter(article.language.partition("-")[0] for article in samples)
    assert languages["en"] >= 60
    least = {"ko": 5, "de": 5, "es": 5, "fr": 4, "ja": 3, "ar": 3}
    assert {language: languages[language] for language in least} == least
    assert set(languages) == {"en", *least}


def test_there_are_many_papers_and_sections_and_they_are_called_one_way(samples):
    sources = {article.source for article in samples}
    # The one file that shows an outlet known by a reporter's address only.
    assert sources - {"hangang.example"} == {
        "Ashport Herald", "El Faro del Sur", "Harbour Gazette", "Highveld Record", "Le Courrier du Midi",
        "Lenn Valley Post", "Meridian Wire", "Nordlicht Zeitung", "Pacific Lantern", "Prairie Courier",
        "Southern Cross Dispatch", "The Hangang Ilbo", "The Tideway Review",
        "صوت المرفأ", "海風新聞", "한강일보",
    }  # fmt: skip
    assert len({article.section for article in samples}) >= 15


def test_the_corrected_story_has_two_versions_under_one_id(samples):
    twice = [id for id, count in Counter(article.id for article in samples).items() if count > 1]
    assert len(twice) == 1
    first, second = sorted(
        (article for article in samples if article.id == twice[0]), key=lambda article: article.updated.value
    )
    assert first.published == second.published
    assert (first.version, second.version) == ("1", "2")
    assert "191 people" in first.body
    assert "187 people" in second.body
    assert "Correction:" in second.body


def test_three_papers_copied_the_agency_and_one_added_a_paragraph(in_file):
    agency = set(in_file("meridian-wire/2025-11-18-nara-forum.txt")[0].paragraphs)
    own = {}
    for file in (
        "ashport-herald/2025-11-19-supply-chain.txt",
        "harbour-gazette/archive.jsonl",
        "lenn-valley-post/news.xml",
    ):
        copy = next(
            article for article in in_file(file) if "pact that its sponsors called modest" in article.body
        )
        assert len(agency & set(copy.paragraphs)) >= 4
        own[file.partition("/")[0]] = [
            paragraph
            for paragraph in copy.paragraphs
            if paragraph not in agency and "(Meridian Wire) - Trade ministers" not in paragraph
        ]
    assert [paper for paper, paragraphs in own.items() if paragraphs] == ["lenn-valley-post"]
    assert "Ouselby Magnetics" in own["lenn-valley-post"][0]


def test_two_articles_state_no_date_and_three_less_than_a_day(samples):
    undated = [article for article in samples if article.published is None or article.published.value is None]
    assert sorted(article.headline for article in undated) == [
        "Parrot that recites shipping forecast seeks owner",
        "Setter of the Gazette crossword apologises for 14 down",
    ]
    vague = {
        (article.published.precision, article.published.value.strftime("%Y-%m"))
        for article in samples
        if article not in undated and article.published.precision in ("month", "year")
    }
    assert vague == {("year", "1999-01"), ("month", "2005-03"), ("month", "2026-01")}


def test_a_month_alone_is_a_date_and_no_line_of_the_story(in_file):
    candle = in_file("tideway-review/long-reads.zip")[1]
    assert (candle.published.precision, candle.published.value.strftime("%Y-%m")) == ("month", "2026-01")
    assert candle.body.startswith("Last winter")


def test_a_date_in_the_dateline_is_a_date(in_file):
    [article] = in_file("meridian-wire/2025-09-03-tariff-begins.txt")
    assert str(article.published.value.date()) == "2025-09-03"


def test_the_first_and_the_last_minute_of_a_day_stay_in_their_own_zone(in_file):
    [honolulu] = in_file("pacific-lantern/last-light-of-the-year.html")
    [auckland] = in_file("southern-cross-dispatch/first-hour.html")
    assert honolulu.published.value.isoformat() == "2025-12-31T23:59:00-10:00"
    assert auckland.published.value.isoformat() == "2026-01-01T00:00:00+13:00"
    assert auckland.published.value < honolulu.published.value


def test_the_years_reach_from_1998_to_2026_and_the_last_winter_is_full(samples):
    days = [
        article.published.value.date() for article in samples if article.published and article.published.value
    ]
    assert (min(days).year, max(days).year) == (1998, 2026)
    assert sum(day.year >= 2024 for day in days) > len(days) * 0.9
    months = Counter(day.strftime("%Y-%m") for day in days)
    winter = ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    assert all(months[month] >= 6 for month in winter), months


def test_a_copied_page_of_the_korean_daily_gives_every_field(in_file):
    [article] = in_file("hangang-ilbo-english/2025-11-21-tea-and-supply-chains.txt")
    assert article.headline == "Tea merchants of Nara charm forum delegates"
    assert article.published.value.strftime("%Y-%m-%d %H:%M") == "2025-11-21 14:05"
    assert article.updated.value.strftime("%H:%M") == "16:40"
    assert article.authors == ("문가온", "임서진")
    assert article.located == "나라"
    assert article.source == "The Hangang Ilbo"
    assert article.body.startswith("While ministers")
    assert article.body.endswith("in the spring.")


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("Lee Jae-myung", 1), ("Lee Jae Myung", 1), ("Lee Jaemyung", 1), ("O'Brien", 1), ("O’Brien", 1),
        (r"U\.S\.", 5), (r"\bUS\b", 3), (r"\bus\b", 5), ("AT&T", 2), ("1,000", 8), (r"3\.5%", 5),
        ("COVID-19", 3), ("(?i)to be or not to be", 2), ("The Who", 1), ("Zürich", 3), ("Zurich", 3),
        ("résumé", 2), ("Resume", 1), ("Straße", 1), ("São Paulo", 3),
        ("법원은", 2), ("법원의", 1), ("법원이", 1), ("(?i)supply chain", 7), ("Maren Light", 12),
        ("(?i)tariff", 6), ("Rovers", 6), ("(?i)flood", 6), ("House of Tides", 5), ("(?i)vaccine", 3),
        ("Correction: ", 3), ("”[^“]{0,40}said", 30), ("•", 3),
    ],
)  # fmt: skip
def test_the_words_that_are_hard_to_search_are_there(samples, text, least):
    found = [article for article in samples if re.search(text, f"{article.headline}\n{article.body}")]
    assert len(found) >= least


def test_a_saved_page_gives_the_story_without_the_page_around_it(in_file):
    [verdict] = in_file("harbour-gazette/2025-12-12-verdict.html")
    assert verdict.authors == ("Joel Pettifer", "Tamsin Arkwright")
    assert verdict.section == "Courts"
    assert verdict.published.value.isoformat() == "2025-12-12T15:48:00+00:00"
    assert verdict.updated.value.isoformat() == "2025-12-12T19:20:00+00:00"
    assert verdict.original_url == "https://harbourgazette.example/news/2025/12/12/maren-light-verdict"
    assert "How the trial unfolded" not in verdict.body
    assert verdict.body.endswith("The Carrow Line said it was considering an appeal.")


def test_quotation_marks_of_a_page_are_kept_and_do_not_break_the_paragraph(in_file):
    [verdict] = in_file("harbour-gazette/2025-12-12-verdict.html")
    lyle = next(paragraph for paragraph in verdict.paragraphs if "Peter Lyle" in paragraph)
    assert lyle.endswith("“It was a door,” he said. “It was always just a door.”")


def test_a_byline_inside_a_saved_page_is_no_paragraph(in_file):
    [feature] = in_file("tideway-review/the-woman-who-winds-the-sea.html")
    assert feature.paragraphs[0].startswith("At four in the morning")
    assert "No switches" in feature.paragraphs


def test_a_feed_author_is_the_name_beside_the_address(in_file):
    authors = {article.authors for article in in_file("lenn-valley-post/news.xml")}
    assert authors == {("Rosalind Akeroyd",), ("Kit Barraclough",), ("Meridian Wire",)}


def test_an_item_that_names_no_later_date_was_not_updated(in_file):
    assert [article.updated for article in in_file("ashport-herald/sport.rss.xml")] == [None] * 5


def test_feed_entries_keep_lists_and_marks_as_text(in_file):
    promoted = in_file("ashport-herald/sport.rss.xml")[-1]
    assert promoted.paragraphs[-1] == "Average gate: 5,938"
    telephone = in_file("pacific-lantern/island.atom.xml")[1]
    assert telephone.headline == "AT&T line to Kalaupapa restored after 51 days"
    assert "An AT&T crew" in telephone.body


def test_briefs_and_features_stand_among_the_reports(samples):
    words = [article.word_count for article in samples if article.language.startswith("en")]
    assert sum(count < 60 for count in words) >= 3
    assert sum(count > 900 for count in words) == 2


def test_boxes_carry_no_time_so_that_packing_again_changes_nothing():
    packed = (FOLDER / "meridian-wire/2024.jsonl.gz").read_bytes()
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed).count(b"\n") == 5
