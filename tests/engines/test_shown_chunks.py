"""What is found in shown texts by compiled loops is what the analysis finds in them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import tokens
from indexer.stems import Stemmer
from indexer.whoosh_engine.shown_chunks import ShownChunks
from tests.engines.columnar.texts import hard_text

WORDS = ["u.s", "us", "strike", "strikes", "법원", "은", "1000", "obrien", "é"]
texts = st.lists(
    hard_text | st.lists(st.sampled_from([*WORDS, "US", "U.S.", "STRIKE", "O'Brien", "\n"])).map(" ".join),
    min_size=1,
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(texts, texts, st.data())
def test_the_tokens_of_the_terms_asked_for_stand_where_the_analysis_puts_them(earlier, shown, data):
    chunks = ShownChunks(Stemmer())
    chunks.cut(earlier)
    cut = chunks.cut(shown)
    held = sorted({token.term for text in shown for token in tokens(text)} | set(WORDS))
    terms = tuple(data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=5, unique=True)))
    expected = [[token for token in tokens(text) if token.term in terms] for text in shown]
    assert cut.tokens(chunks.of_terms(terms)) == expected


@settings(max_examples=200, deadline=None)
@given(texts, st.sampled_from(["en", "de", ""]), st.data())
def test_the_words_of_the_stems_asked_for_are_those_the_stemmer_gives(shown, mark, data):
    stemmer = Stemmer()
    chunks = ShownChunks(stemmer)
    cut = chunks.cut(shown)

    def stems(token):
        return stemmer.stems(token.term, mark) if token.kind == "word" else ()

    held = sorted({stem for text in shown for token in tokens(text) for stem in stems(token)} | {"en:strike"})
    wanted = tuple(data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=3, unique=True)))
    expected = [[token for token in tokens(text) if set(stems(token)) & set(wanted)] for text in shown]
    assert cut.tokens(chunks.of_stems(wanted, mark)) == expected


def test_words_met_after_a_selection_was_made_are_in_the_next():
    chunks = ShownChunks(Stemmer())
    for text in ("a strike", "Strikes and STRIKES"):
        cut = chunks.cut([text])
        assert cut.tokens(chunks.of_stems(("en:strike",), "en"))[0]
        assert len(cut.tokens(chunks.of_stems(("en:strike",), "en"))[0]) == text.lower().count("strike")
