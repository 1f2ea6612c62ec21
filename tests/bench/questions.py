"""Questions drawn from the corpus itself: words by how common they are, phrases as they stand, headlines.

The same file and seed give the same questions. Words for AND, phrases and NEAR are taken from one article,
so that every question but the fuzzy ones has an answer.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tests.bench.peers import Question
from tests.bench.records import Record

# Words are counted over so many articles: enough to tell common from rare, and a bounded memory.
SAMPLE = 20_000
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Words:
    """`articles` as lists of words in lower case, and the words of each band of document frequency."""

    articles: list[list[str]]
    headlines: list[str]
    days: list[date]
    common: list[str]
    middling: list[str]
    rare: list[str]
    frequent: frozenset[str]

    @classmethod
    def of(cls, records: Iterable[Record]) -> _Words:
        articles, headlines, days = [], [], []
        counts: Counter[str] = Counter()
        for record in itertools.islice(records, SAMPLE):
            words = _WORD.findall(record.body.lower())
            if len(words) < 20:
                continue
            articles.append(words)
            counts.update(set(words))
            if 3 <= len(_WORD.findall(record.headline)) <= 10:
                headlines.append(record.headline)
            if record.published:
                days.append(record.published.date())
        total = len(articles)
        # English contractions fall apart in every engine, but not alike: no word of one or two letters.
        ranked = sorted((count, word) for word, count in counts.items() if len(word) > 2 and word.isascii())
        return cls(
            articles,
            headlines,
            days,
            common=[word for count, word in ranked if count >= total / 10],
            middling=[word for count, word in ranked if total / 200 <= count < total / 20],
            rare=[word for count, word in ranked if 2 <= count <= max(3, total / 2_000)],
            frequent=frozenset(word for _, word in ranked[-30:]),
        )


class _Draw:
    """Draws questions; each method gives one, or "" when the dice fell badly."""

    def __init__(self, words: _Words, seed: int):
        self.words = words
        self.dice = random.Random(seed)
        self.middling = frozenset(words.middling)

    def word(self, band: list[str], least: int = 3) -> str:
        fitting = [word for word in band if len(word) >= least]
        return self.dice.choice(fitting) if fitting else ""

    def from_article(self, count: int) -> list[str]:
        """Middling words of one article."""
        here = sorted(self.middling.intersection(self.dice.choice(self.words.articles)))
        return self.dice.sample(here, count) if len(here) >= count else []

    def joined(self, count: int, operator: str) -> str:
        return operator.join(self.from_article(count))

    def any_of(self, count: int) -> str:
        return " OR ".join(self.dice.sample(self.words.middling, min(count, len(self.words.middling))))

    def phrase(self, count: int, wanted: Callable[[list[str]], bool]) -> str:
        words = self.dice.choice(self.words.articles)
        start = self.dice.randrange(max(1, len(words) - count))
        run = words[start : start + count]
        fits = len(run) == count and all(len(word) > 2 and word.isascii() for word in run) and wanted(run)
        return f'"{" ".join(run)}"' if fits else ""

    def mixed(self, run: list[str]) -> bool:
        return not all(word in self.words.frequent for word in run)

    def all_frequent(self, run: list[str]) -> bool:
        return all(word in self.words.frequent for word in run)

    def some_frequent(self, run: list[str]) -> bool:
        return self.mixed(run) and any(word in self.words.frequent for word in run)

    def near(self) -> str:
        words = self.dice.choice(self.words.articles)
        start = self.dice.randrange(max(1, len(words) - 5))
        ends = words[start], words[min(start + 4, len(words) - 1)]
        fits = all(word in self.middling for word in ends) and ends[0] != ends[1]
        return f'"{ends[0]} {ends[1]}"~5' if fits else ""

    def prefix(self) -> str:
        return self.word(self.words.middling, 6)[:5] + "*"

    def wildcard(self) -> str:
        word = self.word(self.words.middling, 7)
        return f"{word[:4]}*{word[-2:]}" if word else ""

    def fuzzy(self) -> str:
        word = self.word(self.words.middling, 6)
        return f"{word}~1" if word else ""

    def days(self) -> tuple[date, date]:
        first = self.dice.choice(self.words.days)
        return first, first + timedelta(days=365)


def questions(records: Iterable[Record], *, per_kind: int, seed: int) -> list[Question]:
    """Up to `per_kind` different questions of every class, in the classes' order."""
    draw = _Draw(_Words.of(records), seed)
    words = draw.words
    kinds: dict[str, Callable[[], str]] = {
        "one word, common": lambda: draw.word(words.common),
        "one word, middling": lambda: draw.word(words.middling),
        "one word, rare": lambda: draw.word(words.rare),
        "AND of 2": lambda: draw.joined(2, " AND "),
        "AND of 3": lambda: draw.joined(3, " AND "),
        "OR of 2": lambda: draw.any_of(2),
        "OR of 5": lambda: draw.any_of(5),
        "phrase of 2": lambda: draw.phrase(2, draw.mixed),
        "phrase of 3": lambda: draw.phrase(3, draw.some_frequent),
        "phrase of common words": lambda: draw.phrase(2, draw.all_frequent),
        "NEAR, 5 apart": draw.near,
        "prefix": draw.prefix,
        "wildcard": draw.wildcard,
        "fuzzy, 1 edit": draw.fuzzy,
    }
    made = [
        Question(kind=kind, text=text) for kind, one in kinds.items() for text in _different(one, per_kind)
    ]
    if words.days:
        for text in _different(lambda: draw.word(words.common), per_kind):
            first, last = draw.days()
            made.append(Question(kind="common word in one year", text=text, first=first, last=last))
    for text in _different(lambda: draw.word(words.common), per_kind):
        made.append(Question(kind="common word, newest first", text=text, sort="newest"))
    for text in _different(
        lambda: _plain(draw.dice.choice(words.headlines)), per_kind if words.headlines else 0
    ):
        made.append(Question(kind="headline, all words", text=text))
        made.append(Question(kind="headline, any word", text=text, match="any"))
    order = {kind: place for place, kind in enumerate(dict.fromkeys(each.kind for each in made))}
    return sorted(made, key=lambda each: order[each.kind])


def written(asked: Iterable[Question]) -> str:
    """The questions as lines of JSON, for another process.

    >>> question = Question(kind="one word", text="ferry", first=date(2026, 1, 15))
    >>> read(written([question])) == [question]
    True
    """
    return "".join(json.dumps(dataclasses.asdict(each), default=date.isoformat) + "\n" for each in asked)


def read(lines: str) -> list[Question]:
    """The questions that were written."""
    found = []
    for line in lines.splitlines():
        values = json.loads(line)
        days = {key: date.fromisoformat(values[key]) for key in ("first", "last") if values[key]}
        found.append(Question(**{**values, **days}))
    return found


def _different(one: Callable[[], str], count: int) -> list[str]:
    found: dict[str, None] = {}
    for _ in range(count * 300):
        text = one() if len(found) < count else ""
        if text and text != "*":
            found.setdefault(text)
        if len(found) == count:
            break
    return list(found)


def _plain(headline: str) -> str:
    """A headline's words, so that every engine is asked for the same ones."""
    return " ".join(word.lower() for word in _WORD.findall(headline) if len(word) > 2 and word.isascii())
