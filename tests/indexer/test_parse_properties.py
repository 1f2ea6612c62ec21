"""What holds for any text and any clause: no error, nothing lost unsaid, and typed again the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.daterange import NAMED
from indexer.describe import all_of, any_of, negated
from indexer.fields import FIELDS
from indexer.parse import describe, parse
from indexer.query import EVERYTHING, DateRange, Exact, Fuzzy, Near, Phrase, Prefix, Term, Wildcard
from indexer.querynotes import NOTES
from indexer.shouting import calmed

TODAY = date(2026, 1, 15)


def clause_of(text, **options):
    return parse(text, today=TODAY, **options).clause


# Clauses as parse gives them: built by the three that keep the normal form, of words that lex as one word,
# and not shouted.
_WORDS = st.one_of(
    st.from_regex(r"[A-Za-z][A-Za-z0-9'’.&+-]{2,8}[A-Za-z]", fullmatch=True),
    st.sampled_from(
        ["법원은", "나라", "U.S.", "AT&T", "1,000", "3.5%", "C++", "or", "and", "10:30", "https://a.b/c?d"]
    ),
).filter(lambda word: word not in ("AND", "OR", "NOT"))
_LETTERS = st.from_regex("[a-z]{3,8}", fullmatch=True)
_FIELDS = st.sampled_from(["", *(field.name for field in FIELDS if field.kind != "date")])
_TEXTS = (
    st.lists(_WORDS, min_size=1, max_size=4).map(" ".join).filter(lambda text: any(map(str.isalnum, text)))
)
_DAYS = st.dates()
_INSTANTS = st.datetimes(
    min_value=datetime(1900, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


def _ranges():
    pairs = st.one_of(
        st.tuples(_DAYS, _DAYS).map(sorted),
        st.tuples(_INSTANTS, _INSTANTS).map(sorted),
        st.tuples(st.one_of(_DAYS, _INSTANTS), st.none()),
        st.tuples(st.none(), st.one_of(_DAYS, _INSTANTS)),
        st.sampled_from(["2026", "2024-02", "1999-12", "2025/2026"]).map(
            lambda text: _pair(clause_of(f"date:{text}"))
        ),
    )
    return st.builds(
        lambda field, pair: DateRange(field, *pair), st.sampled_from(["published", "updated"]), pairs
    )


def _pair(clause):
    return clause.first, clause.last


_LEAVES = st.one_of(
    st.builds(Term, _WORDS, _FIELDS),
    st.builds(Exact, _WORDS, _FIELDS),
    st.builds(Phrase, _TEXTS, _FIELDS),
    st.builds(Near, _TEXTS, st.integers(0, 100), _FIELDS),
    st.builds(Prefix, _LETTERS, _FIELDS),
    st.builds(Wildcard, st.tuples(_LETTERS, st.sampled_from("?*"), _LETTERS).map("".join), _FIELDS),
    st.builds(Fuzzy, _LETTERS, st.integers(1, 2), _FIELDS),
    _ranges(),
    st.just(EVERYTHING),
)
CLAUSES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(all_of),
        st.lists(inner, min_size=1, max_size=4).map(any_of),
        inner.map(negated),
    ),
    max_leaves=12,
).map(calmed)


@settings(max_examples=400, deadline=None)
@given(CLAUSES)
def test_a_clause_described_and_typed_again_is_the_same_clause(clause):
    parsed = parse(describe(clause), today=TODAY)
    assert parsed.clause == clause
    assert {note.code for note in parsed.notes} <= {"lowercase_operator", "single_quotes", "pattern_literal"}


_PIECES = st.sampled_from(
    [
        "a",
        "ferry",
        "US",
        "FERRIES",
        "법원",
        "AND",
        "OR",
        "NOT",
        "or",
        "(",
        ")",
        "（",
        '"',
        "“",
        "”",
        "「",
        "」",
        "«",
        "‘",
        "’",
        "'",
        "-",
        "—",
        "−",
        "=",
        "~",
        "~2",
        "*",
        "?",
        ":",
        "by:",
        "date:",
        "headline:",
        "nofield:",
        "2026-01",
        "/",
        "P7D",
        " ",
        " ",
        " ",
        "…",
        "\x00",
        "\u200d",
        "\ud800",
        "\u0301",
        "＊",
        "・",
        "：",
        *NAMED,
    ]
)
_TYPED = st.one_of(st.text(), st.lists(_PIECES, max_size=25).map("".join))


@settings(max_examples=1500, deadline=None)
@given(_TYPED, st.sampled_from(["all", "any"]))
@example("FERRY SINKS:SIX", "all")
@example("DATE:today FERRY AAAAAA", "all")
@example("a* FERRY SINKS", "any")
@example("・*~2~", "all")
def test_any_text_at_all_means_a_clause_that_can_be_typed_again(text, match):
    parsed = parse(text, match=match, today=TODAY)
    described = describe(parsed.clause)
    described.encode()
    assert clause_of(described) == parsed.clause
    for note in parsed.notes:
        assert note.code in NOTES
        note.message.encode()
    if parsed.clause == EVERYTHING and text.strip():
        assert parsed.notes or "*" in text or "＊" in text


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["ferry", "Nara", '"a b"', "(", ")", '"', "OR", "NOT", "-x", "..."]), max_size=12
    )
)
def test_whatever_is_typed_and_not_searched_has_a_note(pieces):
    parsed = parse(" ".join(pieces), today=TODAY)
    if '"' not in pieces and not parsed.notes:
        described = describe(parsed.clause)
        for piece in ("ferry", "Nara", '"a b"'):
            assert described.count(piece) == pieces.count(piece)
        assert "..." not in pieces
