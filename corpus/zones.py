"""Time zones as newspapers print them: `EST`, `GMT+9`, `(KST)`, `ET`.

Offsets and IANA names follow the tz database; which place an abbreviation means follows what newspapers
print, because the abbreviations themselves are standardised nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

# Minutes east of UTC, or an IANA name where the printed name covers summer and winter time.
_NAMED: dict[str, int | str] = {
    "Z": 0, "UTC": 0, "UT": 0, "GMT": 0, "WET": 0, "WEST": 60,
    "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180, "TRT": 180,
    "BST": 60,  # Britain; Bangladesh's own BST is printed in papers whose texts name Dhaka
    "SAST": 120, "EAT": 180, "WAT": 60, "CAT": 120, "GST": 240, "PKT": 300, "NPT": 345, "ICT": 420,
    "WIB": 420, "MYT": 480, "SGT": 480, "HKT": 480, "PHT": 480, "AWST": 480, "WITA": 480, "WIT": 540,
    "KST": 540, "JST": 540, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
    "NST": -210, "NDT": -150, "ADT": -180, "BRT": -180, "ART": -180, "CLT": -240,
    "EST": -300, "EDT": -240, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "CDT": -300,
    "CST": -360,  # US Central; China and Taiwan are heard through the zone
    "AKST": -540, "AKDT": -480, "HST": -600,
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
    "AET": "Australia/Sydney",
    "한국시간": "Asia/Seoul", "日本時間": "Asia/Tokyo", "北京时间": "Asia/Shanghai",
}  # fmt: skip

# Printed by papers in places hours apart, with no place that most of them mean: India, Ireland and Israel
# print IST, Arabia and Atlantic Canada print AST. They count only when the outlet's zone agrees.
_ONLY_WHEN_THE_ZONE_AGREES = {"IST", "AST", "AMT", "ECT"}

_NAMES = "|".join(sorted([*_NAMED, *_ONLY_WHEN_THE_ZONE_AGREES], key=len, reverse=True))
_ZONE = re.compile(
    rf"""(?<![^\W\d_])(?<![.:])[(\[]?(?:
          (?P<offset>(?:UTC|GMT)\s?[+\-−](?:1[0-4]|0?\d)(?::?[0-5]\d)?)
        | (?P<name>{_NAMES})
        | (?P<words>local\ time|ortszeit|heure\ locale|hora\ local|현지\s?시[간각]|現地時間|当地时间)
        )[)\]]?(?![\w:+])""",
    re.VERBOSE,
)
# After a time of day: `09:28:00+09:00`, `09:28 +0900`, `09:28Z`; a lone `-0900` elsewhere is no zone.
_AFTER_TIME = re.compile(
    r"(?<=\d)(?:\s?(?P<offset>[+\-−](?:1[0-4]|0\d):?[0-5]\d|[+\-−](?:1[0-4]|0\d)(?=$))|(?P<z>[Zz])(?!\w))"
)


@dataclass(frozen=True, slots=True)
class PrintedZone:
    """What a text says about its zone: an `offset` in minutes, an IANA `zone`, or a `name` to be judged."""

    offset: int | None = None
    zone: str = ""
    name: str = ""


def split_zone(text: str) -> tuple[str, PrintedZone | None]:
    """The text without its zone, and the zone.

    >>> split_zone("Jan. 3, 2026 at 5:04 p.m. EST")
    ('Jan. 3, 2026 at 5:04 p.m.', PrintedZone(offset=-300, zone='', name='EST'))
    """
    if found := _ZONE.search(text):
        rest = f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()
        if found["words"]:
            return rest, None
        if found["offset"]:
            return rest, PrintedZone(offset=_minutes(found["offset"]))
        meant = _NAMED.get(found["name"])
        if isinstance(meant, str):
            return rest, PrintedZone(zone=meant)
        return rest, PrintedZone(offset=meant, name=found["name"])
    if ":" in text and (after := _AFTER_TIME.search(text, text.index(":"))):
        rest = f"{text[: after.start()]} {text[after.end() :].lstrip()}".strip()
        return rest, PrintedZone(offset=0 if after["z"] else _minutes(after["offset"]))
    return text, None


def _minutes(offset: str) -> int:
    digits = re.sub(r"\D", "", offset)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return (int(hours) * 60 + int(minutes)) * (1 if "+" in offset else -1)


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name; UTC for a name the tz database does not know.

    Settings are checked where they are read, so an unknown name here comes out of somebody's file.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC


def with_offset(naive: datetime, printed: PrintedZone | None, zone: str) -> tuple[datetime, bool]:
    """A local time with its fixed offset, and whether `zone` was taken because nothing printed says more.

    A time that a change to summer time skips moves on by the hour that was skipped, and one that happens
    twice is taken to be the first, which is what the clocks at the place would have said.
    """
    local = zone_named(zone)
    if printed and printed.zone:
        return _fixed(naive, zone_named(printed.zone)), False
    if printed and printed.name and naive.replace(tzinfo=local).tzname() == printed.name:
        return _fixed(naive, local), False
    if printed and printed.offset is not None:
        return naive.replace(tzinfo=timezone(timedelta(minutes=printed.offset))), False
    return _fixed(naive, local), True


def _fixed(naive: datetime, zone: tzinfo) -> datetime:
    try:
        real = naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    except OverflowError:
        real = naive.replace(tzinfo=UTC)
    offset = real.utcoffset() or timedelta(0)
    # Before the zones of the 1880s the tz database has local mean time with seconds (Seoul +08:27:52).
    return real.replace(tzinfo=timezone(offset))
