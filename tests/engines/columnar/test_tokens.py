"""The kernels cut any text as indexer/analysis.py does."""

from __future__ import annotations

import itertools
import unicodedata
from collections import Counter

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import analysis
from indexer.analysis import tokens
from indexer.fields import WORD_FIELDS
from indexer.stems import Stemmer
from indexer.whoosh_engine.columnar import chunk_table, kernels
from indexer.whoosh_engine.columnar.classes import CODE_POINTS, code_point_classes, folded_codes
from indexer.whoosh_engine.columnar.entries import Texts, entries_of
from indexer.whoosh_engine.columnar.vocabulary import MARK_NUMBERS, Vocabulary
from tests.engines.columnar.texts import hard_text

BODY = 3
BASE = WORD_FIELDS[BODY].positions.start


def cut(texts, known, mark="en"):
    """Of each text, read as a body: (term, position) in order, and how often each stem stands in it."""
    waiting = Texts()
    for doc, text in enumerate(texts):
        waiting.add(text, doc, BODY, MARK_NUMBERS[mark])
    entries = entries_of(waiting, known)
    terms, stems = list(known.terms.strings), list(known.stems.strings)
    found = []
    for start, stop, first, last in zip(
        [0, *entries.term_ends], entries.term_ends, [0, *entries.stem_ends], entries.stem_ends, strict=False
    ):
        placed = [
            (terms[term].decode("utf-8", "surrogatepass"), position - BASE)
            for term, position in zip(entries.terms[start:stop], entries.positions[start:stop], strict=True)
        ]
        stemmed = Counter(stems[stem].decode("utf-8", "surrogatepass") for stem in entries.stems[first:last])
        found.append((placed, stemmed))
    return found


def by_definition(text, mark="en"):
    made = list(tokens(text))
    stems = Counter(stem for each in made if each.kind == "word" for stem in Stemmer().stems(each.term, mark))
    return list(dict.fromkeys((token.term, token.position) for token in made)), stems


@settings(max_examples=300, deadline=None)
@given(st.lists(hard_text, min_size=1, max_size=5))
def test_terms_positions_and_stems_of_any_text_are_those_of_the_analysis(texts):
    assert cut(texts, Vocabulary(Stemmer())) == [by_definition(text) for text in texts]


@settings(max_examples=100, deadline=None)
@given(st.lists(hard_text, min_size=1, max_size=5), st.sampled_from(["de", "fr", ""]))
def test_a_vocabulary_that_learnt_another_language_gives_the_same(texts, mark):
    known = Vocabulary(Stemmer())
    cut(texts, known, "en")

    assert cut(texts, known, mark) == [by_definition(text, mark) for text in texts]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.text(alphabet="0123.,.,aBsS-'’&\u2011éÉUN ", min_size=1, max_size=14), min_size=1, max_size=30
    ).map(" ".join),
    st.sampled_from(["en", "fr", ""]),
)
def test_numbers_acronyms_and_joined_words_are_those_of_the_analysis(text, mark):
    assert cut([text], Vocabulary(Stemmer()), mark) == [by_definition(text, mark)]


def test_numbers_of_two_readings_have_both():
    text = "0.123 00.123 1.000 123,456 1234.567 12.3456 1,000.123 1.000.000,123 0.1234 1,00,000 1,00.5 1."

    assert cut([text], Vocabulary(Stemmer())) == [by_definition(text)]


def test_words_of_two_stems_have_both_in_every_place():
    texts = ["Données, données-élections données", "élections DONNÉES aimât-finîmes"]

    assert cut(texts, Vocabulary(Stemmer()), "fr") == [by_definition(text, "fr") for text in texts]


def test_protected_words_keep_their_form_among_others():
    stemmer = Stemmer(protected=["Olympics", "Élections"])
    words = ["olympics", "élections", "elections", "données"]

    first, second = stemmer.stems_of_all(words, "fr")

    assert [(stem, second[at]) if at in second else (stem,) for at, stem in enumerate(first)] == [
        stemmer.stems(word, "fr") for word in words
    ]


def test_tables_that_start_too_small_grow_within_a_text(monkeypatch):
    monkeypatch.setattr(chunk_table, "_FIRST_SLOTS", 4)
    words = ["".join(letters) for letters in itertools.product("abcdef", repeat=5)]
    texts = [" ".join(words[:4000]), "US AND\n" + "-".join(words), " ".join(reversed(words)) + "x" * 100_000]

    assert cut(texts, Vocabulary(Stemmer())) == [by_definition(text) for text in texts]


def test_words_of_an_equal_hash_stay_apart(monkeypatch):
    known = Vocabulary(Stemmer())
    [(placed, _)] = cut(["ferry sank"], known)
    # What the slots say of "ferry" is now said of "sank": only its letters can tell.
    known._slots[known._slots != 0] &= ~kernels.LOW
    known._slots[known._slots != 0] |= 1

    assert placed == [("ferry", 0), ("sank", 1)]
    assert cut(["sank"], known)[0][0] == [("sank", 0)]


@pytest.mark.parametrize(
    ("bit", "pattern"),
    [
        (kernels.LETTER, analysis._LETTER),
        (kernels.CJK, f"[{analysis._CJK}]"),
        (kernels.JOINER, f"[{analysis._JOINER}]"),
    ],
    ids=["letters", "cjk", "joiners"],
)
def test_classes_are_the_regular_expressions_of_the_analysis(bit, pattern):
    matches = regex.compile(f"(?V1){pattern}").match
    table = code_point_classes()

    assert [code for code in range(CODE_POINTS) if bool(matches(chr(code))) != bool(table[code] & bit)] == []


def test_case_is_what_isupper_looks_at():
    table = code_point_classes()

    def shouts(code):
        return bool(table[code] & kernels.UPPER), not table[code] & kernels.LOWER

    # A letter keeps a line of capitals shouted unless it is lower or title case.
    wrong = [
        code for code in range(CODE_POINTS)
        if shouts(code) != (chr(code).isupper(), ("A" + chr(code)).isupper())
    ]  # fmt: skip

    assert wrong == []


def test_folded_letters_are_the_terms_of_the_analysis():
    classes = code_point_classes()
    folded = [code for code in np.flatnonzero(folded_codes()).tolist() if not classes[code] & kernels.CJK]

    assert len(folded) > 5_000
    assert [code for code in folded if analysis.term_of(chr(code)) != chr(folded_codes()[code])] == []
    assert [code for code in folded if not chr(code).isalpha() or classes[code] & kernels.JOINER] == []


def test_syllables_and_ideographs_are_those_of_the_analysis():
    classes = code_point_classes()
    held = [code for code in np.flatnonzero(folded_codes()).tolist() if classes[code] & kernels.CJK]
    by_table = [chr(folded_codes()[code]) for code in held]

    assert len(held) > 38_000
    assert by_table == [unicodedata.normalize("NFKC", chr(code)) for code in held]


def test_no_folded_letter_composes_with_one_before_it():
    def seconds():
        for code in range(CODE_POINTS):
            parts = unicodedata.decomposition(chr(code)).split()
            if len(parts) == 2 and not parts[0].startswith("<"):
                yield int(parts[1], 16)

    composing = set(seconds()) | {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}
    classes = code_point_classes()
    folded = {code for code in np.flatnonzero(folded_codes()).tolist() if not classes[code] & kernels.CJK}
    made = {int(folded_codes()[code]) for code in folded}

    assert not composing & (folded | made)
