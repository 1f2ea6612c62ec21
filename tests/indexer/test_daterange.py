"""Date expressions: what they mean, and that nothing but a helpful ValueError comes of the others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.daterange import NAMED, parse_bound, parse_range, read_range

TODAY = date(2026, 1, 15)  # a Thursday
SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-01-15", "2026-01-15", "2026-01-15"),
        ("20260115", "2026-01-15", "2026-01-15"),
        ("2026.1.15", "2026-01-15", "2026-01-15"),
        ("2026/01", "2026-01-01", "2026-01-31"),
        ("２０２６－０１", "2026-01-01", "2026-01-31"),
        ("2026-W03", "2026-01-12", "2026-01-18"),
        ("2026-W03-4", "2026-01-15", "2026-01-15"),
        ("2026-01/2026-03", "2026-01-01", "2026-03-31"),
        ("2026-01..2026-03", "2026-01-01", "2026-03-31"),
        ("2026-01 – 2026-03", "2026-01-01", "2026-03-31"),
        ("2025/2026", "2025-01-01", "2026-12-31"),
        ("2026-01/03", "2026-01-01", "2026-03-31"),
        ("2026-01-10/20", "2026-01-10", "2026-01-20"),
        ("2026-01-10/02-05", "2026-01-10", "2026-02-05"),
        ("2026-01/", "2026-01-01", None),
        ("/2026-03", None, "2026-03-31"),
        ("..2026", None, "2026-12-31"),
        (">=2026-01-01", "2026-01-01", None),
        (">2026-01", "2026-02-01", None),
        ("<2026", None, "2025-12-31"),
        ("<=2026-01", None, "2026-01-31"),
        ("=2026", "2026-01-01", "2026-12-31"),
        ("P7D", "2026-01-08", "2026-01-15"),
        ("p1m", "2025-12-15", "2026-01-15"),
        ("PT12H", "2026-01-14", "2026-01-15"),
        ("P1M/", "2025-12-15", None),
        ("/P1Y", None, "2025-01-15"),
        ("P2M/P1M", "2025-11-15", "2025-12-15"),
        ("2026-01-01/P1M", "2026-01-01", "2026-01-31"),
        ("2026-01/P2M", "2026-01-01", "2026-02-28"),
        ("P1M/2026-03-31", "2026-03-01", "2026-03-31"),
        ("2026-01-01/P0D", "2026-01-01", "2026-01-01"),
        ("today", "2026-01-15", "2026-01-15"),
        ("Yesterday", "2026-01-14", "2026-01-14"),
        ("this week", "2026-01-12", "2026-01-18"),
        ("last-week", "2026-01-05", "2026-01-11"),
        ("last_month", "2025-12-01", "2025-12-31"),
        ("last-year", "2025-01-01", "2025-12-31"),
        ("2026-01-01/yesterday", "2026-01-01", "2026-01-14"),
    ],
)
def test_a_range_holds_its_first_and_its_last_day(text, first, last):
    assert parse_range(text, TODAY) == tuple(each and date.fromisoformat(each) for each in (first, last))


@pytest.mark.parametrize("text", ["2026-03/2026-01", "2026-03-31/2026-01-01", "2026-03..2026-01"])
def test_a_reversed_range_is_turned_round_whole_and_says_so(text):
    span = read_range(text, TODAY)
    assert span.swapped
    assert (span.first, span.last) == (date(2026, 1, 1), date(2026, 3, 31))


def test_a_time_with_an_offset_is_an_instant_and_its_end_is_the_end_of_what_was_written():
    first, last = parse_range("2026-01-15T09:28+09:00", TODAY)
    assert first == datetime(2026, 1, 15, 9, 28, tzinfo=SEOUL)
    assert last == datetime(2026, 1, 15, 9, 28, 59, 999999, tzinfo=SEOUL)
    assert parse_bound("2026-01-15t09:28:05z", end=True, today=TODAY) == datetime(
        2026, 1, 15, 9, 28, 5, 999999, tzinfo=UTC
    )


def test_a_plus_sign_that_a_url_turned_into_a_space_is_a_plus_sign():
    assert parse_bound("2026-01-15T09:28 09:00", end=False, today=TODAY) == datetime(
        2026, 1, 15, 9, 28, tzinfo=SEOUL
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("P7D", "2026-01-08", "2026-01-08"),
        ("yesterday", "2026-01-14", "2026-01-14"),
        ("last-month", "2025-12-01", "2025-12-31"),
    ],
)
def test_a_bound_is_the_first_or_the_last_day_of_what_it_names(text, start, end):
    assert parse_bound(text, end=False, today=TODAY) == date.fromisoformat(start)
    assert parse_bound(text, end=True, today=TODAY) == date.fromisoformat(end)


@pytest.mark.parametrize(
    "text",
    ["", "/", "..", "13/25/2026", "2026-13", "2026-02-30", "0000", "2026-W99", "soon", "P", "P1X", ">",
     "<0001", "9999/P1Y/", "P99999999999Y", "2026-01-15T25:00Z", "1" * 5000, "\ud800",
     ">=9999-12-31T23:59+99:00"],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_the_forms_that_are(text):
    with pytest.raises(ValueError, match=r"2026-01-15.*P7D.*yesterday"):
        parse_range(text, TODAY)
    with pytest.raises(ValueError, match=r"2026-01-15.*P7D.*yesterday"):
        parse_bound(text, end=True, today=TODAY)


def test_a_time_without_an_offset_is_refused_because_it_names_no_instant():
    with pytest.raises(ValueError, match="without an offset"):
        parse_bound("2026-01-15T09:28", end=False, today=TODAY)


_PIECES = st.sampled_from(["2026", "-01", "-15", "/", "..", "P", "7", "D", "M", "T09:28", "Z", "+09:00",
                           ">=", "<", "9999", "0001", "-12-31", "W03", *NAMED])  # fmt: skip


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=8).map("".join)), st.dates())
def test_any_text_gives_a_range_in_order_or_a_value_error(text, today):
    try:
        first, last = parse_range(text, today)
    except ValueError:
        return
    assert first is not None or last is not None
    if isinstance(first, datetime) is isinstance(last, datetime) and first is not None and last is not None:
        assert first <= last


@given(st.dates(), st.dates())
def test_two_days_name_the_same_range_in_either_order(one, other):
    first, last = sorted((one, other))
    assert parse_range(f"{one}/{other}", TODAY) == (first, last)
