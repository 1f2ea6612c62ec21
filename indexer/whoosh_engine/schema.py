"""The Whoosh schema: which of Whoosh's fields hold what.

    text        exact terms of headline, byline, summary and body, each at its range of positions
                (fields.FIELDS); the posting's weight is the sum of the occurrences' field weights
    stems       language-marked stems of the same words; weight likewise, and as the posting's value one byte
                that says in which of the four fields it stands (a bit each, in the order of WORD_FIELDS)
    source ...  exact terms of each "name" field, with positions, a gap between two values
    id          the article's id, unique
    stored      the whole article as JSON
    col_...     columns: dates, counts and the values that facets count

`text` and `stems` carry the article's length in words. The dotted paths of the classes here are pickled into
Whoosh's TOC: keep them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whoosh import columns, formats
from whoosh.analysis import Token as WhooshToken
from whoosh.analysis import Tokenizer
from whoosh.fields import ID, STORED, FieldType, Schema

from indexer.analysis import tokens
from indexer.fields import NAME_FIELDS

Posting = tuple[bytes, int, float, bytes]


class NewsTokenizer(Tokenizer):
    """The exact terms of indexer.analysis as a Whoosh analyser, for programs that query with Whoosh."""

    def __call__(
        self, value: str, start_pos: int = 0, start_char: int = 0, **_: Any
    ) -> Iterator[WhooshToken]:
        token = WhooshToken(positions=True, chars=True)
        token.stopped, token.boost = False, 1.0
        for term, position, start, stop, _kind in tokens(value):
            token.text = token.original = term
            token.pos = start_pos + position
            token.startchar, token.endchar = start_char + start, start_char + stop
            yield token


class FieldMask(formats.Existence):
    """A posting whose value is one byte: in which of the "words" fields the stem stands."""

    posting_size = 1

    def encode(self, value: int) -> bytes:
        return bytes((value,))

    def fixed_value_size(self) -> int:
        return 1

    def decode_mask(self, value: bytes) -> int:
        return value[0]


class Words(FieldType):
    """Exact terms with positions. Indexes prepared postings (documents.py) or plain text."""

    def __init__(self, scorable: bool):
        super().__init__(format=formats.Positions(), analyzer=NewsTokenizer(), scorable=scorable)

    def index(self, value: str | Iterable[Posting], **kwargs: Any) -> Iterable[Posting]:
        if isinstance(value, str):
            return super().index(value, **kwargs)  # type: ignore[no-any-return]
        return value


class Stems(FieldType):
    """Marked stems with weights and field masks; indexes prepared postings only."""

    def __init__(self) -> None:
        super().__init__(format=FieldMask(), analyzer=None, scorable=True)

    def index(self, value: Iterable[Posting], **kwargs: Any) -> Iterable[Posting]:
        if isinstance(value, str):
            raise ValueError("the stems field takes prepared postings, not text")
        return value


class Column(FieldType):
    """A per-document value that is neither searched nor shown, only filtered, sorted and counted by."""

    indexed = False
    analyzer = format = vector = None
    scorable = stored = unique = False

    def __init__(self, column: columns.Column):
        self.column_type = column

    def to_column_value(self, value: Any) -> Any:
        return value


# Days are proleptic Gregorian ordinals (date.toordinal), instants seconds since 1970 UTC. NO_DAY and
# NO_INSTANT stand for undated; both are below every real value.
NO_DAY = -1
NO_INSTANT = -(2**62)

NUMBERS = {
    "col_first_day": ("i", NO_DAY),
    "col_last_day": ("i", NO_DAY),
    "col_published": ("q", NO_INSTANT),
    "col_updated_first_day": ("i", NO_DAY),
    "col_updated_last_day": ("i", NO_DAY),
    "col_updated": ("q", NO_INSTANT),
    "col_timed": ("B", 0),
    "col_indexed": ("q", NO_INSTANT),
    "col_words": ("i", 0),
    "col_id": ("Q", 0),
}
# Of col_timed: which dates have a time of day, and so another day in another zone.
TIMED_BITS = {"published": 1, "updated": 2}
# One value or several, joined by SEPARATOR; the source's is its slug, SEPARATOR, its name.
NAMES = tuple(f"col_{field.name}" for field in NAME_FIELDS if field.facet)
SEPARATOR = "\x1f"


def make_schema() -> Schema:
    """The schema of every generation."""
    fields: dict[str, Any] = {"id": ID(unique=True), "stored": STORED(), "text": Words(scorable=True)}
    fields["stems"] = Stems()
    for field in NAME_FIELDS:
        fields[field.name] = Words(scorable=False)
    for name, (code, default) in NUMBERS.items():
        fields[name] = Column(columns.NumericColumn(code, default=default))
    for name in NAMES:
        fields[name] = Column(columns.VarBytesColumn())
    return Schema(**fields)
