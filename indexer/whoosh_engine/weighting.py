"""How rare a word is and what its occurrences are worth, for our executor and for Whoosh's own searcher."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.scoring import BM25F
from whoosh.util.numeric import byte_to_length

K1 = 1.2
B = 0.75

LENGTHS = np.array([0, *(byte_to_length(code) for code in range(1, 256))], np.float64)
"""What Whoosh's 256 codes of lengths stand for."""


def idf(frequency: int, articles: int) -> float:
    """The weight of a word that stands in `frequency` of `articles`: Robertson and Sparck Jones's, above 0.

    ln(1 + (N - n + 0.5) / (n + 0.5)). Whoosh's own, ln(N / (n + 1)) + 1, never falls below 1, so that in an
    archive without a stop list "what" and "the" drown a question's other words. With match=any, MAP /
    nDCG@10 of the two: Cranfield .294/.359 against .286/.349, MED .523/.670 against .505/.672, NPL
    .277/.432 against .264/.421, CACM .387/.521 against .363/.511 (tests/relevance).
    """
    if not articles:
        return 0.0
    held = min(frequency, articles)
    return math.log(1.0 + (articles - held + 0.5) / (held + 0.5))


class Norms:
    """Of each code of a length, what is added to a weight under BM25F's fraction, at an average length."""

    def __init__(self, average: float):
        self.average = average
        self.table: NDArray[np.float64] = K1 * (1.0 - B + B * LENGTHS / average)
        self._bounding: dict[float, NDArray[np.float64]] = {}

    def bounding(self, average: float) -> NDArray[np.float64]:
        """The norms to bound blocks with whose bounds were written for that average length.

        They hold for every longer average. For a shorter one scores are lower than at it, so there they
        bound as well.
        """
        if average <= self.average:
            return self.table
        known = self._bounding.get(average)
        if known is None:
            known = self._bounding[average] = Norms(average).table
        return known


class NewsWeighting(BM25F):
    """Our ranking for programs that search a generation with Whoosh: `index.searcher(weighting=...)`."""

    def __init__(self) -> None:
        super().__init__(B=B, K1=K1)

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        parent = searcher.get_parent()
        return idf(parent.doc_frequency(fieldname, text), parent.doc_count_all())
