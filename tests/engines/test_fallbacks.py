"""Our own queries leave nothing to Whoosh's matchers; what other programs leave them is counted."""

from __future__ import annotations

import typing
from dataclasses import replace

from whoosh.index import open_dir

from indexer.parse import parse
from indexer.query import Clause, Query
from indexer.whoosh_engine import fallbacks
from tests.engines.building import PATIENT, Step, built, numbered, write
from tests.fakes import an_article

# Together every clause of the language and what goes with a search, on whatever it may stand in.
TYPED = (
    "ferry", "=ferry", '"the ferry sank"', '"ferry court"~5', "ferry NEAR/4 court", "fer*", "f?rry", "f*y",
    "ferrt~1", "ferry OR court", "ferry -court", "NOT ferry", "(ferry OR court) -law", "date:2026-01", "*",
    "headline:ferry", 'headline:"a ferry"', "headline:fer*", "by:kim", 'by:"kim min-jung"', "by:k*",
    "section:politics", "section:pol*", "language:en ferry", "법원", "법", '"법원은"', "U.S.", "jae myung",
)  # fmt: skip


def archive():
    bodies = ("The ferry sank.\nThe court sat.", "A ferry to court", "법원은 은행", "U.S. law of Jae-myung")
    return numbered(
        an_article(headline=f"A ferry {place}", body=body, authors=("Kim Min-jung",), section="Politics")
        for place, body in enumerate(bodies)
    )


def classes_in(value) -> set[type]:
    """The classes of clauses that a clause is made of."""
    found = {type(value)}
    for inner in (*getattr(value, "clauses", ()), getattr(value, "clause", None)):
        if inner is not None:
            found |= classes_in(inner)
    return found


def test_no_clause_of_our_language_is_left_to_whoosh():
    articles = archive()
    before = fallbacks.noted()
    asked = set()
    steps = [Step(tuple(articles[:2])), Step(tuple(articles[2:]), (articles[0].id,))]
    with built(steps, merge=False) as engine:
        for text in TYPED:
            clause = parse(text).clause
            asked |= classes_in(clause)
            query = Query(text=text, clause=clause, facets=("section",), timeline=True, explain=True)
            for sort in ("relevance", "newest"):
                engine.search(replace(query, sort=sort))
            engine.count(Query(clause=clause))
            engine.article(articles[1].id, Query(clause=clause))
        engine.suggest("f")
        assert engine.info().fallbacks == fallbacks.noted()

    assert asked == set(typing.get_args(Clause))
    assert fallbacks.noted() == before


def test_what_another_program_asks_of_whoosh_itself_is_counted(tmp_path):
    directory, manifest = write(PATIENT, tmp_path, [Step(tuple(archive()))])
    engine = PATIENT.open(directory, manifest)
    before = engine.info().fallbacks

    with open_dir(str(directory), indexname="MAIN").searcher() as searcher:
        assert len(list(searcher.postings("text", "ferry").all_ids())) == 4

    assert engine.info().fallbacks == before + 1
    engine.close()
