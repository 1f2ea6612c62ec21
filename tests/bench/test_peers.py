"""Every engine is asked the same: on a file small enough to count by hand, all give the same totals."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import date

import pytest

from tests.bench import measure
from tests.bench.peers import DEPTHS, ENGINES, Opened, Question, Unsupported, contender, left_out

# (headline, body, day); every other article has a section.
ARTICLES = (
    (
        "Ferry sinks off the coast",
        "The ferry sank at night. Coast guard boats saved all aboard.",
        "2025-03-01",
    ),
    ("Council votes on harbour", "The council voted to widen the harbour for larger ferries.", "2025-07-15"),
    ("Storm warning", "A storm may reach the coast on Friday, the weather office warned.", "2026-01-02"),
    ("Guards strike", "Prison guards began a strike over pay on the coast.", "2026-02-20"),
    ("Harvest late", "A cold spring kept the harvest late in the northern valleys.", "2026-04-09"),
    ("Ferries return", "After the storm the ferries returned to the harbour.", "2026-01-05"),
)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
EXPECTED = (
    (Question(kind="one word", text="ferry"), 3),
    (Question(kind="one word", text="harvest"), 1),
    (Question(kind="AND", text="storm AND coast"), 1),
    (Question(kind="OR", text="storm OR guards"), 4),
    (Question(kind="phrase", text='"coast guard"'), 1),
    (Question(kind="phrase of common words", text='"to the"'), 1),
    (Question(kind="NEAR, in the other order", text='"reach storm"~5'), 1),
    (Question(kind="NEAR, too far", text='"storm warned"~5'), 0),
    (Question(kind="prefix", text="har*"), 3),
    (Question(kind="wildcard", text="har*r"), 2),
    (Question(kind="fuzzy", text="harbeur~1"), 2),
    (Question(kind="in one year", text="ferry", first=FIRST, last=LAST), 1),
    (Question(kind="newest first", text="coast", sort="newest"), 3),
    (Question(kind="any word", text="harvest prison nothing", match="any"), 2),
)
MISSING = dict(left_out(ENGINES))


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    name = request.param
    if name in MISSING:
        pytest.skip(MISSING[name])
    folder = tmp_path_factory.mktemp(name)
    file = folder / "six.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for number, (headline, body, day) in enumerate(ARTICLES):
            section = "news" if number % 2 else ""
            item = {"id": f"a{number}", "title": headline, "body": body, "published": day, "lang": "en",
                    "source": "The Gazette", "author": "A Writer", "section": section}  # fmt: skip
            out.write(json.dumps(item) + "\n")
    build = measure.build(name, file, folder / "index")
    assert build.articles == len(ARTICLES)
    assert min(build.seconds, build.cpu, build.peak, build.disk) > 0
    with contextlib.closing(contender(name).open(folder / "index")) as opened:
        yield opened


def test_totals_are_those_counted_by_hand_at_every_depth(engine: Opened) -> None:
    found = {}
    for question, _ in EXPECTED:
        for depth in DEPTHS:
            with contextlib.suppress(Unsupported):
                answer = engine.ask(question, depth)
                found[question.kind, question.text, depth] = answer.total
                assert len(answer.hits) == answer.total
    wanted = {
        (question.kind, question.text, depth): total for question, total in EXPECTED for depth in DEPTHS
    }
    assert found == {key: wanted[key] for key in found}
    assert {kind for kind, *_ in set(wanted) - set(found)} <= {"fuzzy"}


def test_snippets_mark_the_word(engine: Opened) -> None:
    (question, _), *_ = EXPECTED
    shown = repr(engine.ask(question, "snippets").hits).lower()
    assert any(mark in shown for mark in ("<b>ferr", "[ferr", "<b class=", "<mark>ferr", "marks=((")), shown


def test_the_newest_comes_first(engine: Opened) -> None:
    question = next(question for question, _ in EXPECTED if question.sort == "newest")
    shown = [repr(hit) for hit in engine.ask(question, "top").hits]
    # tantivy shows ten letters of a text.
    begun = [headline[:10] for headline, *_ in ARTICLES]
    assert [next(at for at, text in enumerate(begun) if text in each) for each in shown] == [3, 2, 0]
