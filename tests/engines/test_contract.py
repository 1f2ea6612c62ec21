"""What every engine owes whoever asks it: the product's promises, for each engine that makes them."""

from __future__ import annotations

import dataclasses
import threading
import unicodedata

import pytest

from indexer.errors import CursorInvalid, QueryTooBroad, SearchTimeout
from indexer.parse import parse
from indexer.query import AllOf, AnyOf, Not, Phrase, Prefix, Query, Term
from indexer.whoosh_engine.engine import WhooshFormat
from tests.engines.building import PATIENT, Step, built, holding, numbered, write
from tests.fakes import FORMAT, an_article

ENGINES = {"whoosh": PATIENT, "list": FORMAT}


@pytest.fixture(params=ENGINES)
def form(request):
    return ENGINES[request.param]


def asked(typed, **options):
    parsed = parse(typed)
    return Query(text=typed, clause=parsed.clause, notes=parsed.notes, page_size=50, **options)


def found(engine, typed, **options):
    return {hit.article.body for hit in engine.search(asked(typed, **options)).hits}


def texts(*bodies, **more):
    return numbered(an_article(**{"headline": "", "body": body, "language": "en", **more}) for body in bodies)


def marked(engine, typed):
    """The marked pieces of every found body."""
    page = engine.search(asked(typed))
    return [[text for text, mark in hit.marked.body.pieces() if mark] for hit in page.hits]


NFC, NFD = (unicodedata.normalize(form, "Café Ångström") for form in ("NFC", "NFD"))

# What is typed, the articles held, which of them are found, and the engines that promise it.
ALL, OWN = ("whoosh", "list"), ("whoosh",)
CLAIMS = {
    "quoted words are exact": ('"eugenics"', ["on eugenics", "Eugene said"], [0], ALL),
    "an exact word is exact": ("=eugenics", ["on eugenics", "Eugene said"], [0], ALL),
    "a bare word has its forms": ("elections", ["an election", "electric"], [0], ALL),
    "curly quotes are quotes": ("“the ferry”", ["the ferry", "ferry the"], [0], ALL),
    "low quotes are quotes": ("„the ferry‟", ["the ferry", "ferry the"], [0], ALL),
    "angle quotes are quotes": ("«the ferry»", ["the ferry", "ferry the"], [0], ALL),
    "no word is too common": ('"to be or not to be"', ["to be or not to be", "to be or to be"], [0], ALL),
    "the who is a band": ('"the who"', ["The Who played", "who played the"], [0], ALL),
    "a minus takes away": ("ferry -court", ["ferry court", "a ferry"], [1], ALL),
    "OR is either": ("ferry OR court", ["ferry", "court", "law"], [0, 1], ALL),
    "small or is a word": ("ferry or", ["ferry or boat", "ferry"], [0], ALL),
    "brackets group": ("(ferry OR court) law", ["ferry law", "court", "law"], [0], ALL),
    "words near in any order": ('"court ferry"~1', ["ferry to court", "ferry to the court"], [0], ALL),
    "a star is any letters": ("ferr*", ["ferries", "ferry", "fern"], [0, 1], ALL),
    "a question mark is one letter": ("f?rm", ["form", "farm", "forum"], [0, 1], ALL),
    "a tilde is an edit": ("fery~1", ["ferry", "fury", "court"], [0, 1], ALL),
    "case is nothing": ("FERRY", ["Ferry", "ferry", "FERRY"], [0, 1, 2], ALL),
    "final sigma is sigma": ("ΛΌΓΟΣ", ["ο λόγος", "λογια"], [0], ALL),
    "sharp s is ss": ("Straße", ["die Straße", "die STRASSE", "die Strasse"], [0, 1, 2], ALL),
    "accents typed find bare words": ("résumé", ["a resume", "a résumé"], [0, 1], OWN),
    "bare words find accents": ("zurich", ["in Zürich", "in Zurich"], [0, 1], ALL),
    "quoted accents are kept": ('"zürich"', ["in Zürich", "in Zurich"], [0], ALL),
    "composed finds composed": (NFC, [NFC], [0], ALL),
    "decomposed finds composed": (f'"{NFD}"', [NFC, "Cafe Angstrom"], [0], OWN),
    "an acronym with dots": ("U.S.", ["the U.S. said", "the US said", "told us"], [0, 1], OWN),
    "an acronym without": ("US", ["the U.S. said", "the US said", "told us"], [0, 1], OWN),
    "a pronoun": ("us", ["the U.S. said", "told us"], [1], OWN),
    "a possessive is its word": ("Beijing", ["Beijing's", "Beijing’s", "Beijings"], [0, 1, 2], OWN),
    "a name with hyphen, typed apart": (
        "Lee Jae Myung", ["Lee Jae-myung", "Lee Jaemyung", "Lee Myung Jae"], [0, 1, 2], OWN),
    "a name with hyphen, typed joined": ("Jaemyung", ["Lee Jae-myung", "Lee Jaemyung"], [0, 1], OWN),
    "a name joined, typed with hyphen": ("Jae-myung", ["Lee Jae Myung", "Lee Jaemyung"], [0, 1], OWN),
    "an apostrophe is none": ("OBrien", ["O'Brien", "O’Brien", "O Brien"], [0, 1], OWN),
    "an ampersand stays": ("AT&T", ["AT&T pays", "at the t"], [0], OWN),
    "a number without its commas": ("1000", ["1,000 men", "1000 men", "100 men"], [0, 1], OWN),
    "a decimal": ("3.5", ["up 3.5%", "up 35%"], [0], OWN),
    "Korean without its particle": ("법원", ["법원은", "법원", "법무"], [0, 1], OWN),
    "one Hangul character": ("법", ["법원은", "새 법", "은행"], [0, 1], OWN),
    "Chinese by any two characters": ("京都", ["東京都", "京都", "東京"], [0, 1], OWN),
    "a headline's words in the headline": ("headline:ferry", ["a ferry"], [], ALL),
    "nothing typed is everything": ("", ["a ferry", "a court"], [0, 1], ALL),
}  # fmt: skip


@pytest.mark.parametrize(
    ("engine", "claim"), [(name, claim) for claim, row in CLAIMS.items() for name in row[3]]
)
def test_what_is_typed_finds_what_is_meant(engine, claim):
    typed, bodies, wanted, _ = CLAIMS[claim]
    with holding(*texts(*bodies), form=ENGINES[engine]) as opened:
        assert found(opened, typed) == {bodies[at] for at in wanted}
        assert opened.count(asked(typed)) == len(wanted)


def test_words_of_a_phrase_are_marked_only_inside_the_phrase(form):
    with holding(*texts("The prime minister met a prime suspect."), form=form) as engine:
        assert marked(engine, '"prime minister"') == [["prime minister"]]
        assert marked(engine, '"prime minister" suspect') == [["prime minister", "suspect"]]


def test_words_left_out_are_never_marked(form):
    with holding(*texts("A ferry sank.", "A court sat."), form=form) as engine:
        assert marked(engine, "ferry -court") == [["ferry"]]
        assert marked(engine, "-court") == [[]]


@pytest.mark.parametrize("typed", ["ferries", "résumé", '"the ferry"', "ferr*", "f?rry", "fery~1", "FERRY"])
def test_whatever_way_a_word_is_found_it_is_marked(typed):
    with holding(*texts("See the ferry and a resume.")) as engine:
        assert all(marked(engine, typed))
        assert len(marked(engine, typed)) == 1


def test_only_the_field_searched_is_marked(form):
    article = an_article(id="0000000000000001", headline="Ferry sinks", body="A ferry.", summary="Ferry!")
    with holding(article, form=form) as engine:
        (hit,) = engine.search(asked("headline:ferry")).hits
        assert hit.marked.fields == ("headline",)
        (hit,) = engine.search(asked("ferry", search_in=("summary",))).hits
        assert hit.marked.fields == ("summary",)


def test_hits_are_the_marks_of_the_article_page(form):
    with holding(*texts("Ferry, the ferry and a ferry: a court."), form=form) as engine:
        (hit,) = engine.search(asked("ferry -law")).hits
        whole = engine.article(hit.article.id, asked("ferry -law"))
        assert whole.hits == hit.marked.hits == len(whole.body.marks) == 3
        assert engine.article(hit.article.id).hits is None
        assert engine.article("ffffffffffffffff") is None


def test_forms_as_typed_come_before_their_stems():
    with holding(*texts("elections", "elected", "election")) as engine:
        assert engine.search(asked("election")).hits[0].article.body == "election"


def test_a_word_in_the_headline_counts_more_than_in_the_text():
    articles = numbered(
        [an_article(headline="Rain", body="A ferry."), an_article(headline="Ferry", body="Rain.")]
    )
    with holding(*articles) as engine:
        assert [hit.article.headline for hit in engine.search(asked("ferry")).hits] == ["Ferry", "Rain"]


def test_the_first_passage_shows_the_rarest_word():
    far = " ".join(["Common words stand here."] * 30)
    articles = texts(f"{far}\nThe zebra ran.\n{far}", *[far] * 5)
    with holding(*articles) as engine:
        (hit,) = engine.search(asked("common zebra", snippets=1, snippet_chars=60)).hits
        assert hit.snippets[0].text == "The zebra ran."
        assert hit.snippets[0].paragraph == 2


def test_passages_are_cut_between_words_and_say_where_they_were_cut():
    body = " ".join(f"word{at}" for at in range(200))
    with holding(*texts(body)) as engine:
        (hit,) = engine.search(asked("word100", snippet_chars=80)).hits
        (passage,) = hit.snippets
        assert set(passage.text.split()) <= set(body.split())
        assert [text for text, mark in passage.pieces() if mark] == ["word100"]
        assert passage.cut_left
        assert passage.cut_right
        assert len(passage.text) <= 80


def test_a_pattern_that_fits_too_many_words_is_refused_with_their_number():
    many = texts(*(f"word{at:03d}" for at in range(50)))
    with holding(*many, form=WhooshFormat(expansion_most=20, time_limit_ms=60_000)) as engine:
        with pytest.raises(QueryTooBroad) as refused:
            engine.search(asked("word*"))
        assert (refused.value.terms, refused.value.most) == (50, 20)
        assert engine.count(asked("word00*")) == 10


def test_a_search_out_of_time_with_nothing_to_show_is_refused():
    form = WhooshFormat(time_limit_ms=-1)
    with holding(*texts("a ferry"), form=form) as engine, pytest.raises(SearchTimeout):
        engine.search(asked("ferry"))


def test_a_search_out_of_time_shows_what_it_found_and_says_so():
    steps = [Step((article,)) for article in texts("a ferry", "the ferry")]
    with built(steps, merge=False) as engine:
        engine.time_limit_ms = 60_000
        whole = engine.search(asked("ferry"))
        assert (whole.total, whole.total_relation) == (2, "eq")
        over = engine.executor.over

        def slow(segment_at, deadline):
            return over(segment_at, deadline if segment_at == 0 else -1.0)

        engine.executor.over = slow
        page = engine.search(asked("ferry"))
        assert (page.total, page.total_relation) == (1, "gte")
        assert "time_limit" in {note.code for note in page.notes}


@pytest.mark.parametrize(
    "cursor",
    ["x", "W10=", "bnVsbA==", "\ud800", "W" * 5000, "WyJuZXdlc3QiLDEsIjAwIiwxLG51bGxd", "W1tbW1tb" * 900,
     "WyJuZXdlc3QiLDEsImZmZmZmZmZmZmZmZmZmZmZmZmZmIiwxLDFd", "WyJuZXdlc3QiLE5hTiwiMDAiLDEsMV0=",
     "WyJuZXdlc3QiLDEsIjAwIiwtNSwxXQ==", "WyJuZXdlc3QiLDEsIi0xIiwxLDFd"],
)  # fmt: skip
def test_a_cursor_of_other_making_is_refused(form, cursor):
    with holding(*texts("a ferry", "a court"), form=form) as engine, pytest.raises(CursorInvalid):
        engine.search(Query(sort="newest", cursor=cursor))


def test_zero_results_say_what_any_of_the_words_would_find(form):
    with holding(*texts("a ferry", "a court"), form=form) as engine:
        page = engine.search(asked("ferry court"))
        assert (page.total, page.any_total) == (0, 2)


def test_the_first_and_last_mention_are_told(form):
    days = ("2026-01-15", "2019-03-04", "2026-01-16")
    articles = numbered(an_article(published=day, headline=day) for day in days)
    undated = dataclasses.replace(an_article(headline="undated"), id="00000000000000ff")
    with holding(*articles, undated, form=form) as engine:
        page = engine.search(asked("saved"))
        assert (page.first.headline, page.last.headline) == ("2019-03-04", "2026-01-16")
        assert page.undated == 1


def test_what_is_not_asked_for_is_not_made_and_changes_nothing_else():
    with holding(*texts("a ferry", "ferry, ferry", "a court"), form=PATIENT) as engine:
        whole = engine.search(asked("ferry"))
        bare = engine.search(asked("ferry", marks=False, edges=False))

    assert [(hit.article, hit.score, hit.rank) for hit in bare.hits] == [
        (hit.article, hit.score, hit.rank) for hit in whole.hits
    ]
    assert [hit.marked.hits for hit in whole.hits] == [2, 1]
    assert [(hit.marked.hits, hit.marked.fields) for hit in bare.hits] == [(None, ()), (None, ())]
    assert [hit.marked.body.text for hit in bare.hits] == ["ferry, ferry", "a ferry"]
    assert (bare.total, bare.clauses, bare.first, bare.last) == (2, whole.clauses, None, None)


def test_a_replaced_article_is_found_by_its_new_words_only(form):
    old, other = texts("a ferry", "a court")
    new = dataclasses.replace(old, body="a train")
    with built([Step((old, other)), Step((new,)), Step(removed=(other.id,))], form) as engine:
        assert found(engine, "ferry OR court") == set()
        assert found(engine, "train") == {"a train"}
        assert engine.info().articles == 1
        assert engine.article(other.id) is None


def test_an_empty_archive_answers_with_nothing(form):
    with built([Step()], form) as engine:
        page = engine.search(asked("ferry", facets=("source",), timeline=True))
        assert (page.total, page.hits, page.first) == (0, (), None)
        assert list(engine.articles()) == []
        assert engine.suggest("f") == []


@pytest.mark.parametrize("prefix", ["", " ", "!", "…", "\x00", "\ud800", "*", "a" * 5000])
def test_nothing_is_suggested_where_nothing_was_begun(form, prefix):
    with holding(*texts("a ferry"), form=form) as engine:
        assert engine.suggest(prefix) == []


def test_the_same_question_from_many_threads_has_the_same_answer_while_the_next_generation_is_written(
    tmp_path,
):
    form = PATIENT
    articles = texts(*(f"ferry number {at} to court {at % 7}" for at in range(60)))
    clauses = [
        Term("ferry"), Phrase("to court"), Prefix("numb"), AllOf((Term("court"), Not(Term("7")))),
        AnyOf((Term("12"), Term("13"))), parse("furry~1").clause,
    ]  # fmt: skip
    directory, manifest = write(form, tmp_path, [Step(tuple(articles))])
    engine, wrong = form.open(directory, manifest), []
    expected = [engine.count(Query(clause=clause)) for clause in clauses]
    engine.close()
    engine = form.open(directory, manifest)

    def ask():
        for _ in range(5):
            got = [engine.search(Query(clause=clause)).total for clause in clauses]
            if got != expected:
                wrong.append(got)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    (tmp_path / "more").mkdir()
    write(form, tmp_path / "more", [Step(tuple(articles)), Step(tuple(articles[:30]))])
    for thread in threads:
        thread.join()
    engine.close()
    assert wrong == []
    assert 0 not in expected
