"""What the executor runs: clauses with their words resolved to the terms of this index.

    Clause (raw words) --compile--> Plan (terms) --execute--> documents and scores
                                              \\--marks-----> characters in one article

Every leaf that looks at words has a `mask`: the "words" fields in which it may match, a bit each in the
order of fields.WORD_FIELDS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from indexer.fields import WORD_FIELDS

ANYWHERE = (1 << len(WORD_FIELDS)) - 1
BIT_OF = {field.name: 1 << bit for bit, field in enumerate(WORD_FIELDS)}


@dataclass(frozen=True, slots=True)
class OneOf:
    """Articles that hold any of the terms, scored as if the terms were one word.

    The weights of the terms are added, the document frequency is the sum of theirs (at most all articles).
    `boost` multiplies the score; 0 stands for a clause that only filters. `field` is `text`, `stems` or a
    "name" field. It is `implied` when another plan of its Either matches whatever it matches: then it adds to
    scores, and no documents have to be looked for.
    """

    field: str
    terms: tuple[str, ...]
    mask: int = ANYWHERE
    boost: float = 1.0
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """Articles that hold any of the exact terms, each scored the same (prefix, wildcard, fuzzy)."""

    terms: tuple[str, ...]
    mask: int = ANYWHERE
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class InOrder:
    """Articles in which the slots stand side by side, each filled by one of its terms.

    A slot without terms (never the first or the last) is one place whatever stands there, and not scored.
    Scores the sum of its slots' scores as OneOf, a repeated word twice; 0 for "name" fields.
    """

    field: str
    slots: tuple[tuple[str, ...], ...]
    mask: int = ANYWHERE


@dataclass(frozen=True, slots=True)
class Within:
    """Articles in which the slots stand at different places close together, in any order.

    At most `slop` other places lie among theirs: last - first + 1 - slots <= slop. Scores as InOrder.
    """

    slots: tuple[tuple[str, ...], ...]
    slop: int
    mask: int = ANYWHERE


@dataclass(frozen=True, slots=True)
class Days:
    """Articles whose date may touch [first, last]; a datetime bound compares instants. Scores 0."""

    field: str
    first: date | datetime | None
    last: date | datetime | None


@dataclass(frozen=True, slots=True)
class Every:
    """All of the plans, scores added; Every(()) is every article, scored 0."""

    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the plans, scores of those that match added; Either(()) is none."""

    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The articles that the plan does not match, scored 0."""

    plan: Plan


Plan = OneOf | Constant | InOrder | Within | Days | Every | Either | Without
NOTHING = Either(())


Leaf = OneOf | Constant | InOrder | Within


def leaves(plan: Plan) -> list[Leaf]:
    """The plan's leaves that may mark words, in order, those under a Without left out."""
    match plan:
        case Every(plans) | Either(plans):
            return [leaf for part in plans for leaf in leaves(part)]
        case OneOf() | Constant() | InOrder() | Within():
            return [plan]
    return []


def has_text(plan: Plan) -> bool:
    """Whether anything in the plan looks for words in headline, byline, summary or body."""
    return any(
        isinstance(leaf, Constant | Within) or leaf.field in ("text", "stems") for leaf in leaves(plan)
    )
