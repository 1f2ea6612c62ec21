import itertools
import re
from datetime import UTC, datetime, timedelta, timezone
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.article import Dated
from corpus.errors import UnreadableSource
from corpus.making import canonical_url, known_outlet, language_tag
from corpus.options import HEADLINE_MOST, Outlet
from corpus.outlets import outlet_for
from tests.corpus.builders import NOW, made, options

DONGA = {"example.kr": Outlet(domain="example.kr", name="The Harbour Ilbo", zone="Asia/Seoul", language="ko")}


def test_the_headline_is_not_repeated_in_the_body():
    article = made(headline="Ferry sinks", body="Ferry  sinks.\nAll were saved.\nAll were saved.\nThe end.")
    assert article.body == "All were saved.\nThe end."


def test_what_is_too_long_for_a_headline_goes_to_the_head_of_the_body():
    words = " ".join(f"word{number}" for number in range(300))
    article = made(headline=words, body="The end.")
    assert len(article.headline) <= HEADLINE_MOST
    assert f"{article.headline} {article.body}" == f"{words}\nThe end."


def test_neither_headline_nor_body_is_no_article():
    with pytest.raises(UnreadableSource, match="no text in it"):
        made(headline=" \u200b ", body="\n", summary="Only a summary")


def test_the_outlet_is_found_by_a_subdomain_and_speaks_for_name_zone_and_language():
    article = made(
        told=options(outlets=DONGA),
        original_url="https://english.example.kr/1",
        language="",
        published=Dated(value=datetime(2026, 1, 14, 20, tzinfo=UTC), basis="feed", precision="second"),
    )
    assert (article.source, article.source_id, article.language) == (
        "The Harbour Ilbo",
        "the-harbour-ilbo",
        "ko",
    )
    assert article.published.value.isoformat() == "2026-01-15T05:00:00+09:00"


def test_the_domain_stands_in_for_a_name():
    assert made(original_url="https://www.example.org/a").source == "example.org"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NOW + timedelta(days=3), "in the future"),
        (datetime(1500, 1, 1, tzinfo=UTC), "before the first newspaper"),
    ],
)
def test_a_date_that_cannot_be_true_keeps_its_raw_text_and_a_doubt(value, words):
    dated = made(published=Dated(value=value, basis="meta", raw="as printed")).published
    assert dated.value is None
    assert dated.raw == "as printed"
    assert words in dated.doubt


def test_the_language_is_told_from_the_text_only_where_there_is_enough_of_it():
    german = "Die Hafenbehörde hat am Montag beschlossen, die neue Mole noch in diesem Jahr zu bauen."
    assert made(language="", body=german).language == "de"
    assert made(language="", body="Nein.").language == ""
    assert made(language="", body="Nein.", told=options(language="de")).language == "de"


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("en_us.UTF-8", "en-US"),
        ("EN", "en"),
        ("Korean", "ko"),
        ("und", ""),
        ("the tongue", ""),
        ("es-419", "es-419"),
    ],
)
def test_languages_are_told_one_way(stated, tag):
    assert language_tag(stated) == tag


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.example/x", "//", "http://[", "http://a:b@", ""]
)
def test_only_web_addresses_are_kept(url):
    assert canonical_url(url) == ""


def test_an_address_is_one_whatever_campaign_it_came_by():
    assert canonical_url("http://Example.org:80/a b?utm_source=x&q=1#c") == "http://example.org/a%20b?q=1"


def test_identity_rests_on_the_supplied_id_then_the_url_then_the_place_in_the_file():
    by_id = [made(supplied_id="7", original_url=f"https://a.example/{n}", source_name="A").id for n in "12"]
    by_url = [made(original_url="https://a.example/1", key=key).id for key in "12"]
    by_place = [made(key=key).id for key in "12"]
    assert by_id[0] == by_id[1]
    assert by_url[0] == by_url[1]
    assert by_place[0] != by_place[1]


def test_a_changed_text_keeps_its_id():
    assert made(body="Two were saved.", key="1").id == made(body="All were saved.", key="1").id


def test_a_utc_offset_of_an_unknown_outlet_stays_as_stated():
    when = datetime(2026, 1, 14, 20, tzinfo=timezone(timedelta(0)))
    assert made(published=Dated(value=when, basis="feed", precision="second")).published.value == when


def test_marks_lost_from_english_come_back_and_other_languages_are_left_alone():
    lost = "âIt wonât do,â? said the boardâs chair â twice."
    assert made(body=lost).body == "“It won’t do,” said the board’s chair — twice."
    assert made(body="Le mât, l’appât et le dégât.", language="fr").body == "Le mât, l’appât et le dégât."
    assert made(body="The château’s pâté, the fête.").body == "The château’s pâté, the fête."


URL_PIECES = (
    "https://", "http://", "HTTPS://", "example.org", "Example.org", "a.b", "/", "//", "?", "#", "&", "=",
    "@", ":443", "utm_source=x", "fbclid=1", "id=1", "%41", ";", "..", "[", " ", "é", "ferry", "\t",
)  # fmt: skip


@given(st.lists(st.sampled_from(URL_PIECES), max_size=8).map("".join), st.booleans())
@example("?utm_source=x", True)
@example("ferry#id=1", True)
def test_a_url_that_is_seen_to_be_canonical_comes_out_as_if_it_had_been_taken_apart(url, whole):
    url = f"https://example.org/{url}" if whole else url
    seen = canonical_url(url)
    with mock.patch("corpus.making._CANONICAL", re.compile("(?!)")):
        assert canonical_url(url) == seen


@given(st.lists(st.sampled_from(("a", "b", "", "Ferry sinks"))), st.sampled_from(("a", "Ferry sinks")))
def test_what_follows_its_like_stands_once(lines, headline):
    article = made(headline=headline, body="\n".join(lines))
    story = itertools.dropwhile(headline.__eq__, filter(None, lines))
    assert article.body == "\n".join(line for line, _ in itertools.groupby(story))


HOSTS = (
    "https://www.donga.com/en/1",
    "https://donga.com@a.b/1",
    "https://donga.com:443/2",
    "bbc.com",
    "https://a.example.kr/1",
    "",
)


@pytest.mark.parametrize("outlets", [{}, DONGA])
@pytest.mark.parametrize("name", ["", "Reuters", "The Dong-A Ilbo", "x" * 600])
def test_an_outlet_is_known_by_host_and_name_however_often_it_is_asked_for(outlets, name):
    told = options(outlets=outlets)
    for url in HOSTS * 2:
        assert known_outlet(url, told, name) == outlet_for(url, outlets, name=name)
