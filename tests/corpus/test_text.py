import unicodedata
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from corpus.text import (
    _MAYBE_MOJIBAKE,
    _MOJIBAKE,
    clean,
    markup_out,
    normal,
    paragraphs,
    paragraphs_and_words,
    repair,
    restore_lost,
    text_of,
    tidy,
    tidy_paragraphs,
    unescape,
    word_count,
)


@pytest.mark.parametrize(
    "text",
    [
        "AT&T and R&D",
        "1 < 2 and 3 > 2",
        "PORT & SONS <PSN> SETS DIVIDEND",
        "Élysée, “MENÜ” à l’œuvre – 100 €",
        "서울 시장이 말했다",
        "می‌خواهم",
        "Family 👨‍👩‍👧 day",
        "Ünïcödé naïve façade",
    ],
)
def test_sound_text_is_left_alone(text):
    assert clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("Oslo’s answer", "Oslo’s answer"),
        ("Osloâ\x80\x99s answer", "Oslo’s answer"),
        ("Osloâ€™s â€œanswerâ€\x9d", "Oslo’s “answer”"),
        ("the last time.â€", "the last time.”"),
        ("CafÃ© on the quay", "Café on the quay"),
        ("Tea&nbsp;&amp;&#8239;toast", "Tea & toast"),
        ("soft\u00adhyphen zero\u200bwidth \u202edirection", "softhyphen zerowidth direction"),
        ("cafe\u0301", "café"),
        ("half \ud83d surrogate", "half \ufffd surrogate"),
        ("\u200dlet\u200cter", "letter"),
        ("tab\tand\x0bline\u2028ends\x85here", "tab and line ends here"),
    ],
)
def test_broken_text_is_repaired(broken, sound):
    assert clean(broken) == sound


def test_entities_are_resolved_once_and_only_whole():
    assert unescape("&amp;lt; &notit; &lt &bogus; &#x1F600; &#0;") == "&lt; &notit; &lt &bogus; 😀 \ufffd"


def test_hard_wrapped_paragraphs_are_unwrapped():
    text = (
        "The harbour board met on Monday to talk about the\n"
        "new breakwater, which fishermen have asked for since\n"
        "the storm.\n\n"
        "No vote was taken."
    )
    assert paragraphs(text) == (
        "The harbour board met on Monday to talk about the new breakwater, which fishermen have asked for"
        " since the storm.\nNo vote was taken."
    )


def test_short_lines_between_blank_lines_stay_lines():
    assert paragraphs("Results:\n\nOslo 3\nBergen 1\n\nMore tomorrow.") == (
        "Results:\nOslo 3\nBergen 1\nMore tomorrow."
    )


def test_without_blank_lines_each_line_is_a_paragraph():
    assert paragraphs(" One.\r\nTwo.\n") == "One.\nTwo."


def test_script_and_style_never_come_out_of_markup():
    text = markup_out(
        "<style>p{}</style><p>Tea <b>and</b> toast<script>alert('x')</script></p>"
        "<ul><li>one<li>two</ul><!-- hidden --><noscript>no</noscript><p>1 &lt; 2</p>"
    )
    assert text == "Tea and toast\none\ntwo\n1 < 2"


@given(st.text())
def test_tidying_twice_changes_nothing(text):
    assert tidy(tidy(text)) == tidy(text)
    once = tidy_paragraphs(text)
    assert tidy_paragraphs(once) == once
    assert tidy_paragraphs(once, unwrap=False) == once


@given(st.text())
def test_paragraphs_are_never_blank_and_never_hold_odd_space(text):
    for line in paragraphs(text).split("\n"):
        assert line == " ".join(line.split())
    result = paragraphs(text)
    assert "\n\n" not in result
    assert unicodedata.is_normalized("NFC", result)
    result.encode("utf-8")


@given(st.text())
def test_markup_out_takes_any_text(text):
    markup_out(text).encode("utf-8")
    markup_out(f"<p>{text}</p><script>{text}")


HTML_PIECES = (
    "<p>", "</p>", "<br>", "<b>", "</b>", "<li>", "<!-- no -->", "<script>no</script>", "<td>", "<q>", "tea ",
    "<pre>a\nb</pre>", "\n", "\r\n", "\u2028", "\x85", "é", "&amp;", "&nbsp;",
)  # fmt: skip


@given(st.text(st.characters(exclude_characters="<&")))
def test_text_without_markup_is_what_a_parser_makes_of_it(text):
    assert markup_out(text) == markup_out(f"{text}<!-- -->")


@given(st.lists(st.sampled_from(HTML_PIECES)).map("".join))
def test_a_parsed_page_gives_the_paragraphs_of_its_markup(markup):
    page = html.document_fromstring(f"<title>no</title><body>{markup}</body>")
    assert text_of(page) == markup_out(markup)


@given(st.text())
def test_counting_tidied_text_fast_gives_the_same(text):
    tidied = paragraphs(text)
    assert word_count(tidied, tidied=True) == word_count(tidied)


def test_good_text_is_the_same_object_after_repair():
    text = "Ångström’s naïve “façade” – Ünïcödé"
    assert repair(text) is text


# Long enough, and odd enough, that every way through the text is taken.
LONG_TEXTS = st.builds(
    lambda text, often, tail: text * often + tail,
    st.text(st.sampled_from("abs \n\t-–—âÃ€ÅéO.,?!&;\x7f\x85\xa0\u0301\u200b\u2028\ud83d東가"))
    | st.text(st.sampled_from("ab \n\t\x7f"), min_size=1, max_size=12),
    st.integers(1, 60),
    st.text(st.sampled_from("a \n\xa0")),
)


@given(LONG_TEXTS, st.booleans())
@example("one\ttwo " * 60, True)
@example("one\x7ftwo " * 60, True)
def test_text_that_is_seen_to_be_tidy_comes_out_as_if_it_had_been_tidied(text, unwrap):
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())
    for one in (text, lines, f"{lines}\n", f" {lines}"):
        seen = tidy_paragraphs(one, unwrap=unwrap)
        with mock.patch("corpus.text._gaps", return_value=None):
            assert tidy_paragraphs(one, unwrap=unwrap) == seen


@given(LONG_TEXTS)
def test_a_clean_line_comes_out_as_if_it_had_been_cleaned(text):
    for one in (text, " ".join(text.split())):
        assert clean(one) == " ".join(normal(unescape(repair(one))).split())


@given(LONG_TEXTS)
def test_counting_a_long_text_fast_gives_the_same(text):
    tidied, words = paragraphs_and_words(text)
    assert words == word_count(tidied, tidied=True) == word_count(tidied)


@given(st.text(st.sampled_from("a -–—\n"), max_size=30), st.integers(1, 40))
def test_dashes_between_spaces_are_no_words(text, often):
    tidied = paragraphs(text * often)
    dashes = sum(tidied.count(f" {dash} ") for dash in ("-", "--", "–", "—"))
    assert word_count(tidied) == len(tidied.split()) - dashes


def test_the_look_at_the_bytes_misses_no_mojibake():
    leads, others = map(chr, range(0xC2, 0xF5)), [*map(chr, range(0x80, 0x3000))]
    for lead in leads:
        for other in others:
            for text in (lead + other, lead + other * 2, lead + other * 3):
                assert not _MOJIBAKE.search(text) or _MAYBE_MOJIBAKE.search(text.encode())


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        ("thatâs, the boysâ OâNeill wonât", "that’s, the boys’ O’Neill won’t"),
        ("He said itâs late.â", "He said it’s late.”"),
        (
            "âItâs late,â? he said â twice â and left.\nâNo.â",
            "“It’s late,” he said — twice — and left.\n“No.”",
        ),
        ("un château, l’âge, âme, pâté", "un château, l’âge, âme, pâté"),
        ("âtre â Paris", "âtre â Paris"),
    ],
)
def test_lost_marks_come_back_where_an_apostrophe_shows_that_they_were_lost(lost, found):
    assert restore_lost(lost) == found
