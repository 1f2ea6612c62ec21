"""What a printed date means, and when nothing is claimed of it."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.article import Dated
from corpus.dates import is_date, parse_date
from corpus.labels import split_label

SEOUL = "Asia/Seoul"


def read(raw: str, zone: str = SEOUL, **more) -> Dated:
    return parse_date(raw, basis="page-text", zone=zone, **more)


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("Posted January. 15, 2026 09:28,   ", "2026-01-15T09:28:00+09:00", "minute"),
        ("January. 15, 2026 09:28,", "2026-01-15T09:28:00+09:00", "minute"),
        ("Thu, 15 Jan 2026 09:28:00 +0900", "2026-01-15T09:28:00+09:00", "second"),
        ("20260115T092800Z", "2026-01-15T09:28:00+00:00", "second"),
        ("20260115T092800+0900", "2026-01-15T09:28:00+09:00", "second"),
        ("2026-01-15T09:28:00.123456-05:00", "2026-01-15T09:28:00-05:00", "second"),
        ("2026-01-15 09:28", "2026-01-15T09:28:00+09:00", "minute"),
        ("20260115", "2026-01-15T00:00:00+09:00", "day"),
        ("Published: 15/01/2026 09:28", "2026-01-15T09:28:00+09:00", "minute"),
        ("Jan. 3, 2026 at 5:04 p.m. EST", "2026-01-03T17:04:00-05:00", "minute"),
        ("Jan. 3, 2026 5:04PM ET", "2026-01-03T17:04:00-05:00", "minute"),
        ("July 3, 2026 5:04PM ET", "2026-07-03T17:04:00-04:00", "minute"),
        ("Thu 15 Jan 2026 09.28 GMT", "2026-01-15T09:28:00+00:00", "minute"),
        ("15 July 2026, 12:05 a.m. BST", "2026-07-15T00:05:00+01:00", "minute"),
        ("Sept. 4, 2025", "2025-09-04T00:00:00+09:00", "day"),
        ("4th of March 2025", "2025-03-04T00:00:00+09:00", "day"),
        ("2026년 1월 15일 오전 9시 28분", "2026-01-15T09:28:00+09:00", "minute"),
        ("입력 2026.01.15. 오후 9:28", "2026-01-15T21:28:00+09:00", "minute"),
        ("기사입력 2026-01-15 09:28:31", "2026-01-15T09:28:31+09:00", "second"),
        ("2026. 1. 15. (목) 09:28 (KST)", "2026-01-15T09:28:00+09:00", "minute"),
        ("15. Januar 2026", "2026-01-15T00:00:00+09:00", "day"),
        ("Stand: 15.01.2026, 09:28 Uhr", "2026-01-15T09:28:00+09:00", "minute"),
        ("15.01.2026 9.28 Uhr", "2026-01-15T09:28:00+09:00", "minute"),
        ("2026年1月15日 9時28分", "2026-01-15T09:28:00+09:00", "minute"),
        ("公開日：2026年1月15日", "2026-01-15T00:00:00+09:00", "day"),
        ("令和8年1月15日", "2026-01-15T00:00:00+09:00", "day"),
        ("15 janvier 2026", "2026-01-15T00:00:00+09:00", "day"),
        ("Publié le 15 janvier 2026 à 09h28", "2026-01-15T09:28:00+09:00", "minute"),
        ("1er janvier 2026", "2026-01-01T00:00:00+09:00", "day"),
        ("15 de enero de 2026", "2026-01-15T00:00:00+09:00", "day"),
        ("15 января 2026, 09:28", "2026-01-15T09:28:00+09:00", "minute"),
        ("١٥ يناير ٢٠٢٦", "2026-01-15T00:00:00+09:00", "day"),
        ("Jan 15, 2026 09:28 UTC+2", "2026-01-15T09:28:00+02:00", "minute"),
        ("Jan 15, 2026 09:28 GMT-03:30", "2026-01-15T09:28:00-03:30", "minute"),
        ("January 2026", "2026-01-01T00:00:00+09:00", "month"),
        ("janvier 2026", "2026-01-01T00:00:00+09:00", "month"),
        ("2026-01", "2026-01-01T00:00:00+09:00", "month"),
        ("2026年1月", "2026-01-01T00:00:00+09:00", "month"),
        ("2026", "2026-01-01T00:00:00+09:00", "year"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00", "second"),
    ],
)
def test_a_printed_date_is_read_with_its_precision(raw, value, precision):
    found = read(raw)

    assert (found.value and found.value.isoformat(), found.precision, found.raw) == (
        value,
        precision,
        raw.strip(),
    )


@pytest.mark.parametrize(
    "raw",
    [
        "", "yesterday", "3 hours ago", "어제", "vor 2 Stunden", "hace 3 días", "today at 5pm", "Monday",
        "Kim Cheol-su", "By Jane Doe", "May Day", "The 2026 budget", "He left on Jan. 15, 2026 for Rome",
        "31 February 2026", "2026-02-30", "2026-13-01", "2026-01-15 25:00", "100", "99999999999",
        "0000-00-00", "January 15", "15 janvier", "15 Jan 09:28", "1월 15일",
        "2026-01-15 to 2026-02-03",
    ],
)  # fmt: skip
def test_what_is_no_whole_date_has_no_value_and_says_why(raw):
    found = read(raw)

    assert found.value is None
    assert found.doubt
    assert found.raw == raw


def test_a_missing_year_is_never_filled_in():
    assert read("January 15").doubt == "the year is missing"


def test_an_ambiguous_date_goes_by_the_place_it_was_printed_in():
    """English in the United States puts the month first; everyone else the day; who knows better says so."""
    assert read("03/04/2026", zone="America/New_York", language="en").value.month == 3
    assert read("03/04/2026", zone="America/New_York", language="es").value.month == 4
    assert read("03/04/2026", zone="Europe/London", language="en").value.month == 4
    assert read("03/04/2026", zone="Europe/London", day_first=False).value.month == 3
    assert read("03/14/2026", zone="Europe/London").value.month == 3
    assert read("14/03/2026", zone="America/New_York").value.month == 3


def test_a_zone_is_assumed_only_where_neither_the_text_nor_the_outlet_names_one():
    for raw, zone in (("2026-01-15T09:28", "Z"), ("15 January 2026", " KST")):
        assert read(raw).zone_assumed is True
        assert read(raw, zone_known=True).zone_assumed is False
        assert read(raw + zone).zone_assumed is False
    # Seconds since 1970 are an instant; only the day they are told as hangs on the zone.
    assert read("1768436880").zone_assumed is True
    assert read("1768436880", zone_known=True).zone_assumed is False


@pytest.mark.parametrize(
    ("name", "zone", "offset"),
    [
        ("IST", "Asia/Kolkata", "+05:30"), ("IST", "Asia/Jerusalem", "+02:00"),
        ("IST", "Asia/Seoul", "+09:00"),
        ("CST", "America/Chicago", "-06:00"), ("CST", "Asia/Shanghai", "+08:00"),
        ("PST", "UTC", "-08:00"),
        ("KST", "UTC", "+09:00"), ("JST", "UTC", "+09:00"), ("CET", "UTC", "+01:00"),
    ],
)  # fmt: skip
def test_an_ambiguous_zone_name_counts_only_where_the_outlets_zone_agrees(name, zone, offset):
    assert read(f"Jan 15, 2026 09:28 {name}", zone=zone).value.isoformat() == f"2026-01-15T09:28:00{offset}"


def test_a_time_that_summer_time_skips_moves_on_an_hour():
    found = read("March 8, 2026 2:30 am", zone="America/New_York")

    assert found.value.isoformat() == "2026-03-08T03:30:00-04:00"


def test_a_time_that_happens_twice_is_the_first():
    assert (
        read("Nov 1, 2026 1:30 am", zone="America/New_York").value.isoformat() == "2026-11-01T01:30:00-04:00"
    )


offsets = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
days = st.dates(min_value=datetime(1605, 1, 2).date(), max_value=datetime(2100, 1, 1).date())


@given(days, offsets, st.sampled_from([(0, 0), (23, 59)]))
def test_a_local_day_survives_being_written_and_read(day, offset, clock):
    moment = datetime(day.year, day.month, day.day, *clock, tzinfo=offset)

    for written in (
        moment.isoformat(),
        moment.strftime("%Y%m%dT%H%M%S%z"),
        moment.strftime("%d %b %Y %H:%M %z"),
    ):
        if len(str(day.year)) == 4:
            found = read(written)
            assert found.value == moment, written
            assert found.value.date() == day
            assert found.value.utcoffset() == moment.utcoffset()


@given(st.text(max_size=80) | st.from_regex(r"[0-9 ./:\-TZ,+]{1,30}", fullmatch=True))
@settings(max_examples=150, deadline=None)
@example("9" * 40)
@example("²⁰²⁶-01-15")
@example("Jan 0000000000000000000000001, 2026")
def test_no_text_makes_it_raise(text):
    found = read(text)

    assert (found.value is None) == bool(found.doubt)
    assert is_date(text) in (True, False)
    assert split_label(text)[1] in text


def test_loading_the_module_does_not_load_dateparser():
    code = "import sys, corpus.dates; sys.exit('dateparser' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
