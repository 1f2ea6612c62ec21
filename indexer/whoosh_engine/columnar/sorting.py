"""Entries to postings: a counting sort by term.

Two walks over the entries: one counts, one puts each where its term's own begin. Entries come in the order
of documents and positions, so what arrives is sorted within each term.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar import sorting_kernels as kernels
from indexer.whoosh_engine.columnar.data import FieldPostings, Strings
from indexer.whoosh_engine.columnar.entries import FIELD_BITS, FIELD_WEIGHTS, Entries


def placed_postings(parts: Sequence[Entries], terms: Strings, order: NDArray[np.int64]) -> FieldPostings:
    """Terms with positions. `terms` are those by number, `order` their numbers in order of bytes."""
    sums = _empty_sums(len(terms))
    for part in parts:
        kernels.count_terms(part.terms, part.term_ends, part.docs, sums)
    held, offsets, occurrences = _room(sums, order)
    docs, weights = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.float32)
    position_offsets = np.empty(offsets[-1] + 1, np.int64)
    position_offsets[-1] = occurrences
    positions = np.empty(occurrences, np.int32)
    for part in parts:
        kernels.place_terms(
            part.terms, part.positions, part.term_ends, part.docs, FIELD_WEIGHTS[part.fields], sums,
            docs, weights, position_offsets, positions,
        )  # fmt: skip
    return FieldPostings(
        terms=terms.take(held),
        offsets=offsets,
        docs=docs,
        weights=weights,
        position_offsets=position_offsets,
        positions=positions,
    )


def stem_postings(parts: Sequence[Entries], terms: Strings, order: NDArray[np.int64]) -> FieldPostings:
    """Stems with field masks; `terms` and `order` as for placed_postings."""
    sums = _empty_sums(len(terms))
    for part in parts:
        kernels.count_terms(part.stems, part.stem_ends, part.docs, sums)
    held, offsets, _ = _room(sums, order)
    docs, weights = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.float32)
    masks = np.empty(offsets[-1], np.uint8)
    for part in parts:
        kernels.place_stems(
            part.stems, part.stem_ends, part.docs, FIELD_WEIGHTS[part.fields], FIELD_BITS[part.fields], sums,
            docs, weights, masks,
        )  # fmt: skip
    return FieldPostings(
        terms=terms.take(held),
        offsets=offsets,
        docs=docs,
        weights=weights,
        masks=masks,
    )


def _empty_sums(terms: int) -> NDArray[np.int64]:
    sums = np.zeros((terms, 3), np.int64)
    sums[:, kernels.LAST] = -1
    return sums


def _room(
    sums: NDArray[np.int64], order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """The numbers of the terms that occur, in order, the offsets of their postings, and all occurrences.

    `sums` is made ready for placing.
    """
    held = order[sums[order, kernels.POSTINGS] > 0]
    offsets, places = np.zeros(len(held) + 1, np.int64), np.zeros(len(held) + 1, np.int64)
    np.cumsum(sums[held, kernels.POSTINGS], out=offsets[1:])
    np.cumsum(sums[held, kernels.OCCURRENCES], out=places[1:])
    sums[held, kernels.POSTINGS], sums[held, kernels.OCCURRENCES] = offsets[:-1], places[:-1]
    sums[:, kernels.LAST] = -1
    return held, offsets, int(places[-1])


def id_postings(numbers: NDArray[np.int32], ids: Strings, order: NDArray[np.int64]) -> FieldPostings:
    """The ids: each document's number among `ids`, whose numbers in order of bytes are `order`."""
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    ranked = ranks[numbers]
    offsets = np.zeros(len(order) + 1, np.int64)
    np.cumsum(np.bincount(ranked, minlength=len(order)), out=offsets[1:])
    return FieldPostings(
        terms=ids.take(order),
        offsets=offsets,
        docs=np.argsort(ranked, kind="stable").astype(np.int32),
        weights=np.ones(len(numbers), np.float32),
    )
