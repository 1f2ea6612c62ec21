"""Texts and articles for property tests, leaning to where cutting words is hard."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from corpus.article import Article, Dated

INDEXED = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)

_HARD = [
    *"-‐‑'’ʼ＇&.,．，＆ \n\t\x00", *"aZ9éßſıİǅⅣⒶⓐ一二ー々〆ゝゞ한국ᄒカﾊ゙ก็ि٣",
    "\u0301", "\u200d", "\ud800", "⒈", "㌀", "ﬁ",
]  # fmt: skip
_WORDS = [
    "US", "U.S.", "Ｕ．Ｓ．", "Ｕ．Ｓ", "Jae-myung",
    "O'Brien's", "BEIJING’S", "AT&T", "R-US", "1,000", "1.000", "3.5%",
    "x-⒈5", "٣٤٥", "12ب", "법원은", "日本語です", "Straße", "elections", "élections", "résumé",
    "organisation", "KBS는", "a" * 90,
    "a" * 85 + "-" + "b", "ALL CAPITALS US", "line\nUS AND UK\nUS and",
]  # fmt: skip

hard_text = st.lists(
    st.one_of(
        st.sampled_from(_HARD),
        st.sampled_from(_WORDS).map(lambda word: f" {word} "),
        st.sampled_from(_WORDS),
        st.text(max_size=6),
        st.characters(),
    ),
    max_size=30,
).map("".join)

names = st.lists(
    st.one_of(st.sampled_from(["Ada Lund", "Ada", "Kim Ada", "서울", "", "—"]), hard_text), max_size=3
)
dated = st.one_of(
    st.none(),
    st.builds(
        Dated,
        value=st.one_of(
            st.none(), st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
        ),
        basis=st.just("field"),
        precision=st.sampled_from(["second", "day", "month", "year"]),
    ),
)
article = st.builds(
    Article,
    id=st.integers(0, 50).map("{:016x}".format),
    headline=hard_text,
    by=hard_text,
    summary=hard_text,
    body=st.lists(hard_text, max_size=4).map("\n".join),
    authors=names.map(tuple),
    keywords=names.map(tuple),
    located=st.sampled_from(["", "Seoul", "SEOUL"]),
    section=st.sampled_from(["", "politics", "US"]),
    source=st.sampled_from(["", "Reuters"]),
    language=st.sampled_from(["", "en", "en-GB", "ko", "fr", "de", "xx"]),
    published=dated,
    updated=dated,
)
