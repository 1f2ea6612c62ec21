"""The compiled loops of the counting sort from entries to postings."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import bare_kernel

Array = NDArray[Any]

# Of a term in `sums`, int64[terms, 3]: the document it was last seen in, its postings, its occurrences. For
# placing, the latter two become where its next posting and its next occurrence go.
LAST, POSTINGS, OCCURRENCES = range(3)


@bare_kernel
def count_terms(terms: Array, ends: Array, docs: Array, sums: Array) -> None:
    """Add the terms, or stems, of some texts to `sums`; the arrays as expand gives them, `docs` ascending."""
    for text in range(len(ends)):
        doc = docs[text]
        for at in range(ends[text - 1] if text else 0, ends[text]):
            term = terms[at]
            if sums[term, LAST] != doc:
                sums[term, LAST] = doc
                sums[term, POSTINGS] += 1
            sums[term, OCCURRENCES] += 1


@bare_kernel
def place_terms(
    terms: Array,
    positions: Array,
    ends: Array,
    docs: Array,
    weights: Array,
    sums: Array,
    out_docs: Array,
    out_weights: Array,
    out_offsets: Array,
    out_positions: Array,
) -> None:
    """Put each occurrence where it belongs; `weights` float32[t] is what one counts in each text.

    Written as data.FieldPostings: documents, sums of weights, where positions start, positions.
    """
    for text in range(len(ends)):
        doc, weight = docs[text], weights[text]
        for at in range(ends[text - 1] if text else 0, ends[text]):
            term = terms[at]
            if sums[term, LAST] != doc:
                sums[term, LAST] = doc
                posting = sums[term, POSTINGS]
                out_docs[posting], out_weights[posting] = doc, weight
                out_offsets[posting] = sums[term, OCCURRENCES]
                sums[term, POSTINGS] = posting + 1
            else:
                out_weights[sums[term, POSTINGS] - 1] += weight
            out_positions[sums[term, OCCURRENCES]] = positions[at]
            sums[term, OCCURRENCES] += 1


@bare_kernel
def place_stems(
    stems: Array,
    ends: Array,
    docs: Array,
    weights: Array,
    bits: Array,
    sums: Array,
    out_docs: Array,
    out_weights: Array,
    out_masks: Array,
) -> None:
    """As place_terms for stems: no positions, but `bits` uint8[t] of the texts' fields joined to a mask."""
    for text in range(len(ends)):
        doc, weight, bit = docs[text], weights[text], bits[text]
        for at in range(ends[text - 1] if text else 0, ends[text]):
            stem = stems[at]
            if sums[stem, LAST] != doc:
                sums[stem, LAST] = doc
                posting = sums[stem, POSTINGS]
                out_docs[posting], out_weights[posting], out_masks[posting] = doc, weight, bit
                sums[stem, POSTINGS] = posting + 1
            else:
                posting = sums[stem, POSTINGS] - 1
                out_weights[posting] += weight
                out_masks[posting] |= bit
