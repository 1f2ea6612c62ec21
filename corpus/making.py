"""From what a reader found to an Article: normalised, bounded, identified.

Readers know their format's words; this module knows what holds for every article, whatever it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from corpus.article import Article, Dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """What the user says of a paper: settings table `outlets`, keyed by domain."""

    domain: str
    name: str = ""
    zone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user may set about reading; part of the settings, none of it engine-specific.

    `zone` is an IANA name, taken where neither the text nor the outlet names one. `max_bytes` bounds
    one file and one unpacked member; `now` is what a future date is measured against.
    """

    zone: str = "UTC"
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    language: str = ""
    max_bytes: int = 2**31
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))


# Bounds in characters, which also bound the words: the index keeps headline, byline and summary in fixed
# ranges of word positions before the body's. What is longer goes to the head of the body, nothing is lost.
HEADLINE_MOST = 1_000
BYLINE_MOST = 1_000
SUMMARY_MOST = 10_000
