"""Parameters are read strictly, all faults at once, and can be written back."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from indexer.as_json import ARTICLE_FIELDS
from indexer.fields import FACETS, WORD_FIELDS
from indexer.query import SORTS
from web.links import Address
from web.params import FEED, PARAMS, SEARCH_API, SEARCH_PAGE, Asked, Profile, RequestRefused, args_for
from web.reading import asked_from

TODAY = date(2026, 4, 1)


def read(text: str, profile: Profile = SEARCH_API) -> Asked:
    pairs = [part.split("=", 1) for part in text.split("&")] if text else []
    return asked_from(MultiDict([(name, value) for name, value in pairs]), profile, today=TODAY)


def faults(text: str, profile: Profile = SEARCH_API) -> dict[str, str]:
    with pytest.raises(RequestRefused) as refused:
        read(text, profile)
    return {fault.parameter: fault.code for fault in refused.value.faults}


def test_every_fault_of_a_request_is_told_at_once() -> None:
    text = "qq=1&page=0&sort=best&from_date=13/25/2026&fields=headlin&page_size=5&page_size=6&tz=Asia/Soul"

    assert faults(text) == {
        "qq": "parameter_unknown",
        "page": "parameter_invalid",
        "sort": "parameter_invalid",
        "from_date": "date_invalid",
        "fields": "field_unknown",
        "page_size": "parameter_repeated",
        "tz": "parameter_invalid",
    }


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("from_dat=2026", "from_date"),
        ("sort=newst", "newest"),
        ("facets=sources", "source"),
        ("tz=Asia/Soul", "Asia/Seoul"),
        ("utm_source=x", None),
    ],
)
def test_a_refusal_names_the_nearest_known_name(text: str, meant: str | None) -> None:
    with pytest.raises(RequestRefused) as refused:
        read(text)
    assert refused.value.faults[0].did_you_mean == meant


def test_hyphens_are_underscores_and_aliases_are_read() -> None:
    asked = read("from-date=2026-01-15&order_by=oldest&show-fields=headline,body")

    assert asked.query.first == date(2026, 1, 15)
    assert asked.query.sort == "oldest"
    assert asked.fields == ("headline", "body")


def test_a_page_ignores_what_it_does_not_know_and_says_so() -> None:
    asked = read("q=ferry&utm_source=mail&page=2&page=3", SEARCH_PAGE)

    assert asked.query.page == 2
    assert [note.code for note in asked.query.notes] == ["parameter_unknown", "parameter_repeated"]


def test_a_page_refuses_a_date_it_cannot_read_rather_than_drop_the_filter() -> None:
    assert faults("from_date=soon", SEARCH_PAGE) == {"from_date": "date_invalid"}


def test_a_bound_takes_in_the_whole_of_what_it_names() -> None:
    query = read("from_date=2026-01&to_date=2026-02").query

    assert (query.first, query.last) == (date(2026, 1, 1), date(2026, 2, 28))


def test_a_relative_date_stays_relative_in_links() -> None:
    asked = read("from_date=P7D")

    assert asked.query.first == date(2026, 3, 25)
    assert args_for(asked) == (("from_date", "P7D"),)


def test_dates_the_wrong_way_round_are_refused() -> None:
    assert faults("from_date=2026-02-01&to_date=2026-01-31") == {"from_date": "date_range_reversed"}
    assert read("from_date=2026-02-01&to_date=2026-02-01").query.last == date(2026, 2, 1)


def test_empty_fields_of_a_form_are_no_filters() -> None:
    assert read("q=ferry&from_date=&to_date=&source=") == read("q=ferry")


def test_search_in_takes_the_query_languages_names() -> None:
    assert read("search_in=title,byline").query.search_in == ("headline", "by")


def test_a_query_of_500_characters_is_taken_and_one_more_is_not() -> None:
    assert len(read("q=" + "é" * 500).query.text) == 500
    assert faults("q=" + "é" * 501) == {"q": "query_too_long"}


def test_story_grouping_is_accepted_with_a_note() -> None:
    assert [note.code for note in read("group=story").query.notes] == ["group_ignored"]


def test_every_parameter_has_help_and_allowed_values() -> None:
    assert all(param.help and param.allowed_text for param in PARAMS)


words = st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
several = st.lists(words, min_size=1, max_size=3, unique=True)
some_of = lambda names: st.lists(st.sampled_from(names), min_size=1, unique=True)  # noqa: E731
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)).map(date.isoformat)
requests = st.fixed_dictionaries(
    {},
    optional={
        "q": st.text(max_size=60),
        "match": st.sampled_from(["all", "any"]),
        **dict.fromkeys(FACETS, several),
        **{f"exclude_{name}": several for name in FACETS},
        "from_date": days | st.sampled_from(["P7D", "yesterday", "2026-01"]),
        "date_field": st.sampled_from(["published", "updated", "indexed"]),
        "tz": st.sampled_from(["Asia/Seoul", "UTC"]),
        "undated": st.sampled_from(["include", "only", "exclude"]),
        "search_in": some_of([field.name for field in WORD_FIELDS]).map(",".join),
        "sort": st.sampled_from(SORTS),
        "group": st.sampled_from(["none", "story"]),
        "page": st.integers(1, 1000).map(str),
        "page_size": st.integers(1, 100).map(str),
        "cursor": st.text("abc123-_", min_size=1),
        "fields": some_of(ARTICLE_FIELDS).map(",".join) | st.sampled_from(["all", "none"]),
        "facets": some_of(FACETS).map(",".join) | st.just("none"),
        "highlight": st.sampled_from(["html", "text", "spans", "none"]),
        "snippets": st.integers(0, 10).map(str),
        "snippet_chars": st.integers(40, 1000).map(str),
        "explain": st.sampled_from(["0", "1"]),
    },
)


@given(requests, st.sampled_from([SEARCH_API, SEARCH_PAGE, FEED]))
def test_what_is_read_can_be_written_and_read_again(args: dict[str, str], profile: Profile) -> None:
    asked = asked_from(MultiDict(args), profile, today=TODAY)
    pairs = args_for(asked, profile)

    assert asked_from(MultiDict(pairs), profile, today=TODAY) == asked
    assert args_for(asked_from(MultiDict(pairs), profile, today=TODAY), profile) == pairs


@given(requests)
def test_links_hold_what_they_say(args: dict[str, str]) -> None:
    from urllib.parse import parse_qsl

    pairs = args_for(asked_from(MultiDict(args), SEARCH_API, today=TODAY))

    assert tuple(parse_qsl(str(Address(pairs)), keep_blank_values=True)) == pairs


def test_any_change_but_the_page_begins_at_the_first_result() -> None:
    address = Address((("q", "ferry"), ("page", "3"), ("cursor", "c")))

    assert str(address.adding("source", "gazette")) == "q=ferry&source=gazette"
    assert str(address.setting(page="4", cursor=None)) == "q=ferry&page=4"


def test_every_parameter_is_written_back() -> None:
    """A row that forgets `of` would lose its filter in every link."""
    asked = read("q=a&match=any&source=s&exclude_year=2026&undated=only&explain=1&highlight=text&snippets=0")

    assert {name for name, _ in args_for(asked)} == {
        "q", "match", "source", "exclude_year", "undated", "explain", "highlight", "snippets",
    }  # fmt: skip
    assert dataclasses.replace(asked) == asked
