"""Articles in numbers, the same each time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from corpus.article import Article, Dated

_WORDS = [f"word{at}" for at in range(400)]
_COMMON = ["ferry", "ferries", "the", "harbour", "Naxos", "U.S.", "storm", "saved", "Élysée", "서울은"]


def made_articles(count):
    """Articles whose words are as unevenly spread as real ones."""
    chance = random.Random(11)
    return [_article(at, chance) for at in range(count)]


def _article(at, chance):
    def words(most):
        return " ".join(
            chance.choice(_COMMON) if chance.random() < 0.5 else chance.choice(_WORDS[: 1 + at % 400])
            for _ in range(chance.randint(0, most))
        )

    published = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=13 * at)
    return Article(
        id=f"{at:016x}",
        headline=words(9),
        summary=words(20) if at % 3 == 0 else "",
        body="\n".join(words(60) for _ in range(3)),
        by="By Ada Lund" if at % 2 else "",
        authors=("Ada Lund", "Kim Ada")[: at % 3],
        section=("politics", "sport", "")[at % 3],
        source="Gazette" if at % 5 else "",
        source_id="gazette" if at % 5 else "",
        located="Nara" if at % 4 == 0 else "",
        keywords=tuple(chance.sample(_COMMON, at % 3)),
        language=("en", "en-GB", "ko", "")[at % 4],
        published=Dated(value=published, basis="field", precision="second") if at % 7 else None,
    )
