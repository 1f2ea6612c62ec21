"""Texts to entries: the terms of each text in reading order, as numbers of the vocabulary."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.fields import NAME_FIELDS, WORD_FIELDS
from indexer.whoosh_engine.columnar import kernels
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary
from indexer.whoosh_engine.documents import VALUE_GAP

# Fields as numbers: the "words" fields, then the "name" fields.
_FIELDS = (*WORD_FIELDS, *NAME_FIELDS)
_BASES = np.array([field.positions.start if field.positions else 0 for field in _FIELDS], np.int64)
_LIMITS = np.array([len(field.positions) if field.positions else 0 for field in _FIELDS], np.int64)
# Of the "words" fields where their word positions begin, ascending.
FIELD_BASES = _BASES[: len(WORD_FIELDS)]
FIELD_WEIGHTS = np.array([field.weight if field.positions else 1.0 for field in _FIELDS], np.float32)
FIELD_BITS = np.array([1 << at if field.positions else 0 for at, field in enumerate(_FIELDS)], np.uint8)


class Texts:
    """Texts waiting to be cut: of each its document, field and language mark."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.characters = 0
        # One number a text: document, field and mark.
        self._of_each = array("q")

    def add(self, text: str, doc: int, field: int, mark: int) -> None:
        self.texts.append(text)
        self._of_each.append(doc << 32 | field << 16 | mark)
        self.characters += len(text)

    def of_each(self) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.int64]]:
        """The texts' documents, fields and marks."""
        held = np.array(self._of_each, np.int64)
        return (held >> 32).astype(np.int32), (held >> 16 & 0xFFFF).astype(np.uint8), held & 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The terms and stems of some texts in reading order: what kernels.expand writes, with the texts'
    documents (int32, ascending) and fields (uint8).
    """

    docs: NDArray[np.int32]
    fields: NDArray[np.uint8]
    terms: NDArray[np.int32]
    positions: NDArray[np.int32]
    term_ends: NDArray[np.int64]
    stems: NDArray[np.int32]
    stem_ends: NDArray[np.int64]
    words: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        return self.terms.nbytes + self.positions.nbytes + self.stems.nbytes + 37 * len(self.docs)

    def without_stems(self) -> Entries:
        return replace(self, stems=self.stems[:0].copy(), stem_ends=np.zeros(len(self.docs), np.int64))

    def of_field(self, field: int) -> Entries:
        """The entries of one field's texts, without their stems."""
        texts = self.fields == field
        counts = np.diff(self.term_ends, prepend=0)
        chosen = np.repeat(texts, counts)
        return replace(
            self,
            docs=self.docs[texts],
            fields=self.fields[texts],
            terms=self.terms[chosen],
            positions=self.positions[chosen],
            term_ends=np.cumsum(counts[texts]),
            stems=self.stems[:0],
            stem_ends=np.zeros(int(texts.sum()), np.int64),
            words=self.words[texts],
        )


def joined(parts: Sequence[Entries]) -> Entries:
    """The entries of consecutive documents in one."""
    terms = np.cumsum([0] + [len(part.terms) for part in parts])
    stems = np.cumsum([0] + [len(part.stems) for part in parts])
    return Entries(
        docs=np.concatenate([part.docs for part in parts]),
        fields=np.concatenate([part.fields for part in parts]),
        terms=np.concatenate([part.terms for part in parts]),
        positions=np.concatenate([part.positions for part in parts]),
        term_ends=np.concatenate([part.term_ends + at for part, at in zip(parts, terms, strict=False)]),
        stems=np.concatenate([part.stems for part in parts]),
        stem_ends=np.concatenate([part.stem_ends + at for part, at in zip(parts, stems, strict=False)]),
        words=np.concatenate([part.words for part in parts]),
    )


def entries_of(texts: Texts, vocabulary: Vocabulary) -> Entries:
    """Cut the texts into terms; their chunks enter the vocabulary."""
    bounds = np.zeros(len(texts.texts) + 1, np.int64)
    np.cumsum([*map(len, texts.texts)], out=bounds[1:])
    docs, fields, marks = texts.of_each()
    found = vocabulary.find(texts.texts, bounds, marks)
    return _expanded(found.occurrences, found.ends, docs, fields, vocabulary)


def _expanded(
    occurrences: NDArray[np.uint32],
    ends: NDArray[np.int64],
    docs: NDArray[np.int32],
    fields: NDArray[np.uint8],
    known: Vocabulary,
) -> Entries:
    plain, token_starts, stem_starts = known.plain.array, known.token_starts.array, known.stem_starts.array
    most_terms, most_stems = kernels.expanded_sizes(occurrences, plain, token_starts, stem_starts)
    terms, positions = np.empty(most_terms, np.int32), np.empty(most_terms, np.int32)
    stems = np.empty(most_stems, np.int32)
    term_ends, stem_ends, words = (np.empty(len(ends), np.int64) for _ in range(3))
    kernels.expand(
        occurrences, ends, docs, fields, _BASES, _LIMITS, VALUE_GAP,
        plain, known.places.array,
        token_starts, known.token_terms.array, known.token_offsets.array, known.token_drops.array,
        stem_starts, known.stem_numbers.array, known.stem_offsets.array,
        terms, positions, term_ends, stems, stem_ends, words,
    )  # fmt: skip
    count, stem_count = (int(each[-1]) if len(each) else 0 for each in (term_ends, stem_ends))
    # Copies, so that the room that was not needed goes.
    return Entries(
        docs=docs,
        fields=fields,
        terms=terms[:count].copy(),
        positions=positions[:count].copy(),
        term_ends=term_ends,
        stems=stems[:stem_count].copy(),
        stem_ends=stem_ends,
        words=words,
    )
