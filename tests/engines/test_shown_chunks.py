"""What is found in shown texts by compiled loops is what the analysis finds in them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import tokens
from indexer.stems import Stemmer
from indexer.whoosh_engine.shown_chunks import ShownChunks, Sought
from tests.engines.columnar.texts import hard_text

WORDS = ["u.s", "us", "strike", "strikes", "법원", "은", "1000", "obrien", "é"]
texts = st.lists(
    hard_text
    | st.lists(
        st.sampled_from([*WORDS, "US", "U.S.", "STRIKE", "O'Brien", "\n", "dying", "die", "A"])
        | st.text("abeghinsTty", min_size=1, max_size=6)
    ).map(" ".join),
    min_size=1,
    max_size=4,
)


def placed(text, held):
    return [(token.position, token.start, token.stop) for token in tokens(text) if held(token)]


@settings(max_examples=300, deadline=None)
@given(texts, texts, st.data())
def test_the_terms_asked_for_stand_where_the_analysis_puts_them(earlier, shown, data):
    chunks = ShownChunks(Stemmer())
    chunks.places(earlier, [""] * len(earlier), [])
    held = sorted({token.term for text in shown for token in tokens(text)} | set(WORDS))
    some = st.frozensets(st.sampled_from(held), max_size=5)
    asked = data.draw(st.lists(some, min_size=1, max_size=3))

    found = chunks.places(shown, [""] * len(shown), [Sought(False, terms) for terms in asked])

    assert [[each.get(at, []) for at in range(len(asked))] for each in found] == [
        [placed(text, lambda token, terms=terms: token.term in terms) for terms in asked] for text in shown
    ]


@settings(max_examples=200, deadline=None)
@given(texts, st.data())
def test_the_words_of_the_stems_asked_for_are_those_the_stemmer_gives_in_the_language_of_each_text(
    shown, data
):
    stemmer = Stemmer()
    marks = data.draw(
        st.lists(st.sampled_from(["en", "de", "ga", "id", ""]), min_size=len(shown), max_size=len(shown))
    )

    def stems(token, mark):
        return stemmer.stems(token.term, mark) if token.kind == "word" else ()

    pairs = list(zip(shown, marks, strict=True))
    held = sorted(
        {stem for text, mark in pairs for token in tokens(text) for stem in stems(token, mark)}
        | {"en:strike"}
    )
    wanted = data.draw(st.frozensets(st.sampled_from(held), min_size=1, max_size=3))

    found = ShownChunks(stemmer).places(shown, marks, [Sought(True, wanted)])

    assert [each.get(0, []) for each in found] == [
        placed(text, lambda token, mark=mark: set(stems(token, mark)) & wanted) for text, mark in pairs
    ]


def test_words_met_after_others_were_asked_for_are_found_too():
    chunks = ShownChunks(Stemmer())
    for text in ("a strike", "Strikes and STRIKES"):
        (found,) = chunks.places([text], ["en"], [Sought(True, frozenset({"en:strike"}))])
        assert len(found[0]) == text.lower().count("strike")


@settings(max_examples=2000, deadline=None)
@given(
    st.from_regex("[a-z]{1,12}", fullmatch=True)
    | st.tuples(
        st.from_regex("[a-z]{1,5}", fullmatch=True),
        st.sampled_from(["ing", "ed", "ies", "ied", "s", "ly", "ating", "izing", "ational", "iness", "y"]),
    ).map("".join)
)
def test_an_english_stem_of_four_letters_or_more_begins_with_the_two_letters_of_its_word(word):
    for stem in Stemmer().stems(word, "en"):
        bare = stem.removeprefix("en:")
        assert bare[:1] == word[:1]
        assert len(bare) < 4 or bare[:2] == word[:2]


def test_a_word_is_found_whose_stem_begins_with_another_letter():
    (stem,) = Stemmer().stems("mbean", "ga")
    assert stem == "ga:bean"

    (found,) = ShownChunks(Stemmer()).places(["leis an mbean"], ["ga"], [Sought(True, frozenset({stem}))])
    assert found == {0: [(2, 8, 13)]}
