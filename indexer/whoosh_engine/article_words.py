"""The words of shown articles that a plan looks for, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.article import Article
from indexer.analysis import tokens
from indexer.fields import WORD_FIELDS, names_of, words_of
from indexer.stems import mark_of
from indexer.whoosh_engine.documents import VALUE_GAP
from indexer.whoosh_engine.shown_chunks import Place, Places, ShownChunks, Sought

# How many word positions of a field are indexed.
BOUND_OF = {field.name: len(field.positions) for field in WORD_FIELDS if field.positions}


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """One article; of each "words" field that holds any, the places of the words sought by their number."""

    article: Article
    places: Mapping[str, Places]

    def names(self, field: str, terms: Sequence[str]) -> list[Place]:
        """The places of any of the exact terms in a "name" field."""
        found: list[Place] = []
        base = 0
        for name in names_of(self.article, field):
            last = base
            for token in tokens(name):
                last = base + token.position
                if token.term in terms:
                    found.append((last, token.start, token.stop))
            base = last + VALUE_GAP
        return found


def words_in(
    articles: Sequence[Article], chunks: ShownChunks, sought: Sequence[Sought]
) -> list[ArticleWords]:
    """The words sought in each of the articles, all cut at once."""
    if not sought:
        return [ArticleWords(article, {}) for article in articles]
    texts = [words_of(article, field) for article in articles for field in BOUND_OF]
    marks = [mark for article in articles for mark in [mark_of(article.language)] * len(BOUND_OF)]
    found = zip(texts, chunks.places(texts, marks, sought), strict=True)
    words = []
    for article in articles:
        of_fields = zip(BOUND_OF.items(), found, strict=False)
        places = {field: _indexed(text, here, bound) for (field, bound), (text, here) in of_fields if here}
        words.append(ArticleWords(article, places))
    return words


def _indexed(text: str, places: Places, bound: int) -> Places:
    """The places of a text that are indexed."""
    # No word is shorter than a character.
    if len(text) <= bound:
        return places
    kept = {number: [place for place in each if place[0] < bound] for number, each in places.items()}
    return {number: each for number, each in kept.items() if each}


assert {field.name for field in WORD_FIELDS} == set(BOUND_OF) == {"headline", "by", "summary", "body"}
