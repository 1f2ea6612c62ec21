"""Stems: what the forms of one word have in common, in the language of the article that holds them.

A stem is marked by its language (`en:elect`), so that a German `die` and an English `die` stay apart and a
bare word can be asked in every language of the archive at once. Accents are folded here and only here:
exact terms keep them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import snowballstemmer

# Snowball's algorithms by language; other languages (Korean, Chinese, Japanese, unknown ...) are searched
# unstemmed, under one mark.
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
UNSTEMMED = ""

# Stems remembered, at about 300 bytes each; then they are forgotten and made anew.
KNOWN_MOST = 200_000

# Letters that Unicode does not decompose, and the marks that are dropped from those it does: the combining
# diacritical marks, and of Arabic the vowel signs, hamza above and below, and the tatweel. Marks of other
# scripts carry vowels or tones and stay.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t",
     "ـ": None}
)  # fmt: skip
_MARKS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670]+")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A casefolded word without its accents.

    >>> fold("résumé"), fold("zürich"), fold("łódź"), fold("법원")
    ('resume', 'zurich', 'lodz', '법원')
    """
    if word.isascii():
        return word
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", word.translate(_LETTERS)))
    return unicodedata.normalize("NFC", bare)


def mark_of(language: str) -> str:
    """The mark of an article's language (a BCP 47 tag) on its stems; "" where nothing is stemmed.

    >>> mark_of("pt-BR"), mark_of("ko"), mark_of("")
    ('pt', '', '')
    """
    primary = language.partition("-")[0].lower()
    return primary if primary in ALGORITHMS else UNSTEMMED


class Stemmer:
    """Stems of casefolded words; words in `protected` (casefolded) keep their form. Safe in threads."""

    def __init__(self, protected: Iterable[str] = ()):
        self.protected = frozenset(word.casefold() for word in protected)
        self._algorithms: dict[str, snowballstemmer.stemmer] = {}
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def stems(self, word: str, mark: str) -> tuple[str, ...]:
        """The marked stems of an exact term: one, or two where folding before and after stemming differ.

        With both, a word finds its accented and its bare spelling whichever of them was typed.

        >>> Stemmer().stems("elections", "en"), Stemmer().stems("elections", "")
        (('en:elect',), (':elections',))
        """
        key = (word, mark)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > KNOWN_MOST:
                self._known.clear()
            known = self._known[key] = self._make(word, mark)
        return known

    def stems_of_all(self, words: Sequence[str], mark: str) -> tuple[list[str], dict[int, str]]:
        """The stem of each of many exact terms, and by place the other one of those that have two.

        The same as `stems` gives, and in a tenth of the time; nothing is remembered.

        >>> Stemmer().stems_of_all(["élections", "données"], "fr")
        (['fr:elect', 'fr:don'], {1: 'fr:donne'})
        """
        prefix = f"{mark}:"
        if not mark:
            return [prefix + fold(word) for word in words], {}
        stem_words = self._algorithm(mark).stemWords
        made = [stem if stem.isascii() else fold(stem) for stem in stem_words(words)]
        accented = [at for at, word in enumerate(words) if not word.isascii()]
        others = [fold(stem) for stem in stem_words([fold(words[at]) for at in accented])]
        second = {
            at: prefix + other for at, other in zip(accented, others, strict=True) if other != made[at]
        }
        if self.protected:
            for at, word in enumerate(words):
                if word in self.protected:
                    made[at] = fold(word)
                    second.pop(at, None)
        return [prefix + stem for stem in made], second

    def _make(self, word: str, mark: str) -> tuple[str, ...]:
        bare = fold(word)
        if not mark or word in self.protected:
            return (f"{mark}:{bare}",)
        stem = self._algorithm(mark).stemWord
        first = fold(stem(word))
        second = first if bare == word else fold(stem(bare))
        return (f"{mark}:{first}",) if first == second else (f"{mark}:{first}", f"{mark}:{second}")

    def _algorithm(self, mark: str):  # type: ignore[no-untyped-def]
        algorithm = self._algorithms.get(mark)
        if algorithm is None:
            algorithm = self._algorithms[mark] = snowballstemmer.stemmer(ALGORITHMS[mark])
            # PyStemmer keeps its last 10,000 answers and sorts them to forget some; asked each word once, as
            # here, it takes 1.1 microseconds a word with that and 0.4 without.
            if hasattr(algorithm, "maxCacheSize"):
                algorithm.maxCacheSize = 0
        return algorithm
