"""The query language: what each way of typing means, and that nothing typed is an error or lost unsaid."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest

from indexer.fields import WORD_FIELDS
from indexer.parse import describe, parse, top_clauses
from indexer.query import (
    EVERYTHING,
    AllOf,
    AnyOf,
    DateRange,
    Exact,
    Fuzzy,
    Near,
    Not,
    Phrase,
    Prefix,
    Term,
    Wildcard,
)
from indexer.querydoc import EXAMPLES
from indexer.querynotes import DEPTH_MOST, LENGTH_MOST, NOTES

TODAY = date(2026, 1, 15)


def clause_of(text, **options):
    return parse(text, today=TODAY, **options).clause


def codes_of(text, **options):
    return [note.code for note in parse(text, today=TODAY, **options).notes]


def terms(*words):
    return tuple(Term(word) for word in words)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("", EVERYTHING),
        ("  \n", EVERYTHING),
        ("*", EVERYTHING),
        ("ferry", Term("ferry")),
        ("supply chain", AllOf(terms("supply", "chain"))),
        ("supply\u00a0chain", AllOf(terms("supply", "chain"))),
        ("supply\u3000chain", AllOf(terms("supply", "chain"))),
        ("Nara\u0308", Term("Narä")),
        ('"prime minister"', Phrase("prime minister")),
        ("=ferry", Exact("ferry")),
        ('="prime minister"', Phrase("prime minister")),
        ("a b OR c", AnyOf((AllOf(terms("a", "b")), Term("c")))),
        ("a AND b OR NOT c d", AnyOf((AllOf(terms("a", "b")), AllOf((Not(Term("c")), Term("d")))))),
        ("a (b OR c)", AllOf((Term("a"), AnyOf(terms("b", "c"))))),
        ("a（b OR c）", AllOf((Term("a"), AnyOf(terms("b", "c"))))),
        ("((a) (b (c)))", AllOf(terms("a", "b", "c"))),
        ("-ferry", Not(Term("ferry"))),
        ('-"a b"', Not(Phrase("a b"))),
        ("-(a b)", Not(AllOf(terms("a", "b")))),
        ("a −b", AllOf((Term("a"), Not(Term("b"))))),
        ("NOT NOT a", Term("a")),
        ("NOT -a", Term("a")),
        ("-*", Not(EVERYTHING)),
        ("headline:tariffs", Term("tariffs", "headline")),
        ("Title:tariffs", Term("tariffs", "headline")),
        ("title：tariffs", Term("tariffs", "headline")),
        ("headline:-tariffs", Not(Term("tariffs", "headline"))),
        ('place:"Nara Prefecture"', Phrase("Nara Prefecture", "located")),
        ("located:OR", Term("OR", "located")),
        ("headline:tariff*", Prefix("tariff", "headline")),
        ("headline:=tariffs", Exact("tariffs", "headline")),
        ("headline:(a OR body:b)", AnyOf((Term("a", "headline"), Term("b", "body")))),
        ("ferr*", Prefix("ferr")),
        ("ferr**", Prefix("ferr")),
        ("w?rd", Wildcard("w?rd")),
        ("*ism", Wildcard("*ism")),
        ("법*", Prefix("법")),
        ("대법원*", Prefix("대법원")),
        ("*법원", Wildcard("*법원")),
        ("?원", Wildcard("?원")),
        ("ferr*,", Prefix("ferr")),
        ("word~", Fuzzy("word", 1)),
        ("word~2", Fuzzy("word", 2)),
        ("word~0", Exact("word")),
        ('"a b"~5', Near("a b", 5)),
        ('"a b"~0', Near("a b", 0)),
        ("date:2026-01", DateRange("published", date(2026, 1, 1), date(2026, 1, 31))),
        ("date:>=2026-01-15", DateRange("published", date(2026, 1, 15))),
        ("date:yesterday", DateRange("published", date(2026, 1, 14), date(2026, 1, 14))),
        ('updated:"last week"', DateRange("updated", date(2026, 1, 5), date(2026, 1, 11))),
        (
            "date:(2025 OR today)",
            AnyOf(
                (
                    DateRange("published", date(2025, 1, 1), date(2025, 12, 31)),
                    DateRange("published", TODAY, TODAY),
                )
            ),
        ),
    ],
)
def test_what_is_typed_means_one_clause_and_needs_no_note(text, clause):
    parsed = parse(text, today=TODAY)
    assert (parsed.clause, parsed.notes) == (clause, ())


@pytest.mark.parametrize(
    "word",
    [
        "Jae-myung",
        "COVID-19",
        "U.S.",
        "AT&T",
        "1,000",
        "3.5%",
        "C++",
        "O’Brien",
        "O'Brien",
        "ministers’",
        "법원은",
        "’tis",
        "#metoo",
        "user@paper.example",
        "https://paper.example/a?b=1&c=2",
        "10:30",
        "said:",
        "host:80",
        "naïve",
        "+1",
        "a/b",
    ],
)
def test_punctuation_of_a_word_is_left_to_the_analysis(word):
    assert parse(word).clause == Term(word)
    assert parse(word).notes == ()


@pytest.mark.parametrize(
    "quoted",
    [
        '"{}"',
        "“{}”",
        "„{}“",
        "„{}”",
        "”{}”",
        "‟{}”",
        "«{}»",
        "»{}«",
        "‹{}›",
        "「{}」",
        "『{}』",
        "＂{}＂",
        "‘{}’",
        '“{}"',
        "«\xa0{}\xa0»",
    ],
)
@pytest.mark.parametrize("around", ["{}", "-{}", "by:{}", "({}) x", "x {}~3", "={}", "x{}y"])
def test_every_kind_of_quotation_marks_means_the_same(quoted, around):
    if quoted == "‘{}’" and around == "x{}y":
        pytest.skip("inside a word a single mark is an apostrophe")
    typed = around.format(quoted.format("prime minister"))
    assert clause_of(typed) == clause_of(around.format('"prime minister"'))


def test_a_single_mark_quotes_only_where_another_closes_it():
    assert clause_of("the ‘prime minister’ of O’Brien’s") == AllOf(
        (Term("the"), Phrase("prime minister"), Term("of"), Term("O’Brien’s"))
    )
    assert clause_of("the ministers’ ‘til") == AllOf(terms("the", "ministers’", "til"))


def test_any_makes_words_alternatives_and_keeps_filters():
    assert clause_of("a b", match="any") == AnyOf(terms("a", "b"))
    assert clause_of("a AND b c", match="any") == AnyOf((AllOf(terms("a", "b")), Term("c")))
    assert clause_of("a b -c section:politics date:2026 *", match="any") == AllOf(
        (
            AnyOf(terms("a", "b")),
            Not(Term("c")),
            Term("politics", "section"),
            DateRange("published", date(2026, 1, 1), date(2026, 12, 31)),
        )
    )


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ('"prime minister', "quote_unclosed", "prime minister"),
        ("prime」", "quote_unclosed", "prime"),
        ('a ""', "quote_empty", "a"),
        ('-"" a', "quote_empty", "a"),
        ("“…” a", "quote_empty", "a"),
        ("(a OR b", "bracket_unclosed", "a OR b"),
        ("a) b", "bracket_unopened", "a b"),
        ("a ()", "group_empty", "a"),
        ("a -() b", "group_empty", "a b"),
        ("prime AND", "operator_ignored", "prime"),
        ("OR prime", "operator_ignored", "prime"),
        ("a OR AND b", "operator_ignored", "a OR b"),
        ("a OR OR b", "operator_ignored", "a OR b"),
        ("a AND AND b", "operator_ignored", "a b"),
        ("a NOT", "operator_ignored", "a"),
        ("(AND a) b", "operator_ignored", "a b"),
        ("bread or butter", "lowercase_operator", "bread or butter"),
        ("not butter", "lowercase_operator", "not butter"),
        ("a —b", "dash_read_as_minus", "a -b"),
        ("--a", None, "-a"),
        ("a - b", "punctuation_ignored", "a b"),
        ("“post”-war", "punctuation_ignored", '"post" war'),
        ('a -" b', "operator_ignored", "a b"),
        ("a ... b", "punctuation_ignored", "a b"),
        ("titel:tariffs", "field_unknown", "titel tariffs"),
        ('-nofield:"a b"', "field_unknown", '-(nofield "a b")'),
        ("by:", "field_without_value", "*"),
        ("(by:) a", "field_without_value", "a"),
        ("by:headline:a", "field_without_value", "headline:a"),
        ("by: a", "field_space", "by:a"),
        ("by: OR a", "field_without_value", "a"),
        ("a* b", "pattern_too_short", "b"),
        ("?* b", "pattern_too_short", "b"),
        ("・*~2~ b", "pattern_too_short", "b"),
        ("headline:* b", "pattern_too_short", "b"),
        ("법?원 b", "pattern_in_pairs", '"법" "원" b'),
        ("-located:대한*국", "pattern_in_pairs", '-(located:"대한" located:"국")'),
        ("?法院", "pattern_in_pairs", '"法院"'),
        ("covid*백신", "pattern_in_pairs", '"covid" "백신"'),
        ('"prime min*"', "pattern_literal", '"prime min*"'),
        ("=min*", "pattern_literal", "=min*"),
        ("heat? b", "question_mark", "heat? b"),
        ("word~7", "fuzzy_bounded", "word~2"),
        ("ab~", "fuzzy_ignored", "=ab"),
        ("법원은~", "fuzzy_ignored", "=법원은"),
        ("wo?d~", "fuzzy_ignored", "wo?d"),
        ('"a b"~9999999', "slop_bounded", '"a b"~100'),
        ('"a b"~', "slop_missing", '"a b"'),
        ("date:soon a", "date_not_understood", "a"),
        ("date:before:2026 a", "date_not_understood", "a"),
        ("date:before:today", "date_not_understood", "date:2026-01-15"),
        ("date:2026-03/2026-01", "date_reversed", "date:2026-01/2026-03"),
        ("'prime minister'", "single_quotes", "'prime minister'"),
        ("a\x00b", "characters_ignored", "a b"),
        ("a \ud83d", "characters_ignored", "a"),
        ("...", "nothing_left", "*"),
    ],
)
def test_what_is_repaired_or_ignored_is_said(text, code, meant):
    parsed = parse(text, today=TODAY)
    assert describe(parsed.clause) == meant
    assert (code in codes_of(text)) if code else not parsed.notes


@pytest.mark.parametrize(("words", "slop"), [(2, 100), (100, 100), (101, 99), (150, 50), (200, 0), (300, 0)])
def test_many_words_may_have_fewer_others_among_them_so_that_no_field_is_left(words, slop):
    text = " ".join(f"w{number}" for number in range(words))
    parsed = parse(f'"{text}"~100')
    assert parsed.clause == Near(text, slop)
    assert [f"{slop} words between" in note.message for note in parsed.notes] == [True] * (slop < 100)
    gap = min(
        abs(one.positions.start - other.positions.stop)
        for one, other in zip(WORD_FIELDS[1:], WORD_FIELDS, strict=False)
    )
    assert words + slop <= gap or slop == 0


def test_the_end_of_a_question_needs_no_note():
    assert codes_of("who won the ferry?") == []


def test_an_unknown_field_near_a_known_one_names_it():
    assert "title:" in parse("titel:tariffs").notes[0].message


def test_many_slips_of_one_kind_make_one_note():
    (note,) = parse("a " + " ".join("…" * count for count in range(1, 30))).notes
    assert note.message.startswith("Ignored “…”, “……”, “………” and 26 more")


def test_brackets_nest_as_deep_as_the_bound_and_deeper_ones_are_ignored_with_a_note():
    def nested(depth):
        return "".join(f"(w{level} OR -" for level in range(depth)) + "x" + ")" * depth

    assert codes_of(nested(DEPTH_MOST)) == []
    assert codes_of(nested(DEPTH_MOST + 1)) == ["brackets_too_deep"]
    assert clause_of("(" * 4000 + "ferry" + ")" * 4000) == Term("ferry")


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        ")",
        "(a -",
        '"',
        "「",
        "‘",
        "' ",
        "-",
        "NOT ",
        "by:",
        "foo:",
        "-foo:",
        "a OR ",
        "AND ",
        "~",
        "*",
        "'a ",
        "date:2026 ",
        "=",
        "‘a ",
        "?",
        "\ud800",
        "a:",
        "（",
        "=‘",
    ],
)
@pytest.mark.parametrize("match", ["all", "any"])
def test_a_piece_repeated_to_the_bound_is_read_quickly(piece, match):
    started = perf_counter()
    parsed = parse(piece * (LENGTH_MOST // len(piece) + 10), match=match)
    describe(parsed.clause)
    assert perf_counter() - started < 3


def test_a_text_longer_than_the_bound_is_cut_with_a_note():
    assert codes_of("a " * LENGTH_MOST) == ["text_cut"]


@pytest.mark.parametrize(("example", "finds"), EXAMPLES)
def test_every_example_of_the_help_is_understood_and_says_what_it_finds(example, finds):
    parsed = parse(example, today=TODAY)
    assert parsed.notes == ()
    assert finds
    assert clause_of(describe(parsed.clause)) == parsed.clause


def test_every_message_is_a_sentence():
    for code, message in NOTES.items():
        assert code == code.lower()
        assert message.endswith((".", "{used}."))


def test_the_parts_of_a_clause_are_those_of_its_top_level():
    clause = clause_of('"prime minister" -trump (a OR b)')
    assert [describe(part) for part in top_clauses(clause)] == ['"prime minister"', "-trump", "a OR b"]
    assert top_clauses(clause_of("a OR b")) == terms("a", "b")
    assert top_clauses(Term("a")) == (Term("a"),)
    assert top_clauses(EVERYTHING) == ()


def test_a_phrase_in_curly_quotes_is_a_phrase_and_says_so_once():
    parsed = parse("“prime minister” or „trade deal“ ‘last one’")
    assert parsed.clause == parse('"prime minister" or "trade deal" "last one"').clause
    assert [note.code for note in parsed.notes].count("curly_quotes") == 1
