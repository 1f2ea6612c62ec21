"""What may be set about reading, and the bounds of an article's fields.

Apart from making.py, because whoever searches needs to know these and nothing of reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from corpus.outlets import Outlet as Outlet

# Bytes of one file or one unpacked member.
MAX_BYTES = 2**31

# Bounds in characters, which also bound the words: the index keeps headline, byline and summary in fixed
# ranges of word positions before the body's. What is longer goes to the head of the body, nothing is lost.
HEADLINE_MOST = 1_000
BYLINE_MOST = 1_000
SUMMARY_MOST = 10_000
# Names, sections, keywords: what is longer is no label; of more than so many nobody makes use.
LABEL_MOST = 500
LABELS_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user may set about reading; part of the settings, none of it engine-specific.

    `zone` is an IANA name, taken where neither the text nor the outlet names one. `max_bytes` bounds
    one file and one unpacked member; `now` is what a future date is measured against. `on_note` is told
    (uri, words) of what is worth knowing but stops nothing, such as keys no reader understands.
    """

    zone: str = "UTC"
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    language: str = ""
    max_bytes: int = MAX_BYTES
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    on_note: Callable[[str, str], None] | None = field(default=None, compare=False)

    def note(self, uri: str, words: str) -> None:
        """Tell `on_note`, if there is one."""
        if self.on_note is not None:
            self.on_note(uri, words)
