"""What typed words find: names, acronyms, scripts without spaces, accents, hyphens."""

from __future__ import annotations

import dataclasses

import pytest

from indexer.parse import parse
from indexer.query import Query
from tests.engines.building import holding, numbered
from tests.fakes import an_article


def found(engine, text, **options):
    """The bodies of the articles that a typed text finds."""
    query = Query(text=text, clause=parse(text).clause, page_size=50, **options)
    return {hit.article.body for hit in engine.search(query).hits}


def holding_texts(*bodies, language="en", **more):
    articles = [an_article(headline="", body=body, language=language, **more) for body in bodies]
    return holding(*numbered(articles))


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("US", {"The US sent help.", "The U.S. sent help."}),
        ("U.S.", {"The US sent help.", "The U.S. sent help."}),
        ("=US", {"The US sent help.", "The U.S. sent help."}),
        ("us", {"Send us help.", "The US sent help."}),
        ('"us help"', {"Send us help."}),
        ('"US sent"', {"The US sent help.", "The U.S. sent help."}),
        ("US-sent", {"The US sent help.", "The U.S. sent help."}),
    ],
)
def test_us_in_capitals_is_the_acronym_and_in_small_letters_the_word(typed, finds):
    with holding_texts("The US sent help.", "The U.S. sent help.", "Send us help.") as engine:
        assert found(engine, typed) == finds


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("법원", {"법원은 은행 앞에서", "법원 은행 앞에서", "서울법원"}),
        ("법", {"법원은 은행 앞에서", "법원 은행 앞에서", "서울법원", "새 법"}),
        ('"법원 은행"', {"법원 은행 앞에서"}),
        ('"법원은 은행 앞"', {"법원은 은행 앞에서"}),
        ('"법원 은행"~0', {"법원 은행 앞에서"}),
        ('"은행 법원"~1', {"법원은 은행 앞에서", "법원 은행 앞에서"}),
        ("법원*", {"법원은 은행 앞에서", "법원 은행 앞에서", "서울법원"}),
        ("법원은", {"법원은 은행 앞에서"}),
    ],
)
def test_korean_is_found_without_its_particles_and_in_phrases_of_several_words(typed, finds):
    bodies = ("법원은 은행 앞에서", "법원 은행 앞에서", "서울법원", "새 법")
    with holding_texts(*bodies, language="ko") as engine:
        assert found(engine, typed) == finds


@pytest.mark.parametrize("typed", ["A?&T", "AT&T*", "AT*", "at&t*", "AT&T"])
def test_capitals_inside_a_pattern_are_letters_like_others(typed):
    with holding_texts("AT&T pays", "pay it") as engine:
        assert found(engine, typed) == {"AT&T pays"}


def test_one_character_of_a_name_is_looked_up_among_names():
    with holding_texts("none of it", section="경제") as engine:
        assert found(engine, "section:경") == {"none of it"}


@pytest.mark.parametrize("typed", ['"unheard help"~3', '"unheard help"', '"unheard unknown"~2', "unheard*"])
def test_words_the_archive_does_not_have_find_nothing(typed):
    with holding_texts("Send us help.") as engine:
        assert found(engine, typed) == set()


def test_an_article_without_a_word_is_held_and_found_by_nothing_but_itself():
    empty = dataclasses.replace(numbered([an_article(headline="", body="")])[0])
    with holding(empty) as engine:
        assert found(engine, "*") == {""}
        assert found(engine, "help") == set()
        assert found(engine, "-help") == {""}


@pytest.mark.parametrize("typed", ["unheard*", "f?rr?", "unheard", '"unheard of"'])
def test_words_that_nothing_fits_are_ranked_all_the_same(typed):
    with holding_texts("Send us help.") as engine:
        page = engine.search(Query(clause=parse(f"{typed} OR -ferry").clause))
        assert (page.total, page.sort) == (1, "relevance")
        assert page.hits[0].marked.hits == 0


def test_passages_for_a_phrase_over_two_paragraphs_are_one_of_each():
    with holding_texts("They sent help.\nAnd food.") as engine:
        (hit,) = engine.search(Query(clause=parse('"help and food"').clause)).hits
        assert [snippet.text for snippet in hit.snippets] == ["They sent help.", "And food."]
        assert [snippet.marks for snippet in hit.snippets] == [((10, 15),), ((0, 8),)]


@pytest.mark.parametrize("typed", ["section:Zurich", "section:zürich", 'section:"Zürich"'])
def test_a_bare_name_is_meant_in_any_accents_and_a_quoted_one_as_written(typed):
    with holding_texts("none of it", section="Zürich") as engine:
        assert found(engine, typed) == {"none of it"}
        assert found(engine, 'section:"Zurich"') == set()


def test_a_word_the_archive_holds_is_not_corrected_over_two_letters():
    texts = ["Takaichi spoke.", *(f"Takashi spoke, part {part}." for part in range(25))]
    with holding_texts(*texts) as engine:
        assert engine.search(Query(clause=parse("takaichi").clause)).suggestion is None
        suggestion = engine.search(Query(clause=parse("takaxhxi").clause)).suggestion
        assert suggestion is not None
        assert suggestion.text == "takashi"


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("back yards", "back yarns"),  # the joined form is found; neither word is
        ("yards OR backyards", "yarns OR backyards"),
        ("back backyards", None),
        ("to yarns", None),
    ],
)
def test_a_rare_word_is_corrected_unless_every_article_found_holds_it(typed, better):
    texts = [f"The backyards, part {part}." for part in range(4)]
    texts += [f"Back to yarns, part {part}." for part in range(25)]
    with holding_texts(*texts) as engine:
        suggestion = engine.search(Query(clause=parse(typed).clause)).suggestion
        assert (suggestion and suggestion.text) == better
