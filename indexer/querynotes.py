"""What is said to a person when something typed was repaired, ignored or read as something else."""

from __future__ import annotations

from indexer.daterange import FORMS
from indexer.query import Note

DEPTH_MOST = 50
LENGTH_MOST = 10_000
FUZZY_MOST = 2

# Stable code -> message; {typed} is what was typed, {used} what was made of it.
NOTES: dict[str, str] = {
    "characters_ignored": "Control characters and broken characters were ignored.",
    "text_cut": f"Only the first {LENGTH_MOST:,} characters were read.",
    "punctuation_ignored": "Ignored {typed}: punctuation alone cannot be searched.",
    "curly_quotes": "Curly quotes were read as phrase quotes.",
    "quote_unclosed": "Ignored the quotation mark {typed}: without a partner it quotes nothing.",
    "quote_empty": "Ignored {typed}: there is no word between the quotation marks.",
    "single_quotes": 'Straight single quotes were read as apostrophes; for a phrase write "{used}".',
    "bracket_unclosed": "A bracket was never closed; it was closed at the end.",
    "bracket_unopened": "Ignored a closing bracket: none was opened before it.",
    "brackets_too_deep": f"Ignored brackets nested more than {DEPTH_MOST} deep; what they hold was searched.",
    "group_empty": "Ignored empty brackets.",
    "operator_ignored": "Ignored {typed}: there is nothing beside it to work on.",
    "lowercase_operator": "{typed} was searched as a word; {used}.",
    "dash_read_as_minus": "{typed} was read as a minus sign: what follows it is left out of the results.",
    "field_unknown": "There is no field {typed}{used}; its name was searched as a word.",
    "field_without_value": "Ignored {typed}: no word follows it.",
    "field_space": "{typed} was applied to what follows the space.",
    "pattern_too_short": "Ignored {typed}: a pattern needs at least two letters beside * and ?.",
    "pattern_in_pairs": "{typed} was searched as {used}: in Han, Kana and Hangul no sign stands for a letter "
    "inside a word.",
    "pattern_literal": "* ? and ~ mean nothing inside quotation marks and after =, as in {typed}.",
    "question_mark": "Ignored the question mark that ends {typed}; inside a word ? stands for a letter.",
    "fuzzy_bounded": f"{{typed}} was searched with {FUZZY_MOST} differing letters, the most there can be.",
    "fuzzy_ignored": "Ignored the ~ of {typed}: {used}.",
    "slop_bounded": "{typed} was searched with {used} words between, the most there can be.",
    "slop_missing": "Ignored the ~ of {typed}: no number follows it, so the phrase must stand as written.",
    "date_not_understood": f"Ignored {{typed}}, which is no date that is understood; write {FORMS}.",
    "date_reversed": "{typed} ends before it begins; the two dates were swapped.",
    "nothing_left": "Nothing was left to search for, so every article is listed.",
}

_SHOWN_MOST = 3
_TYPED_MOST = 40


class Notes:
    """Gathers notes while a text is read: one a code and meaning, naming the first few places."""

    def __init__(self) -> None:
        self._typed: dict[tuple[str, str], dict[str, None]] = {}

    def add(self, code: str, typed: str = "", used: str = "") -> None:
        shown = typed if len(typed) <= _TYPED_MOST else typed[: _TYPED_MOST - 1] + "…"
        self._typed.setdefault((code, used), {})[f"“{shown}”"] = None

    def all(self) -> tuple[Note, ...]:
        return tuple(
            Note(code, NOTES[code].format(typed=_listed(list(typed)), used=used))
            for (code, used), typed in self._typed.items()
        )


def _listed(typed: list[str]) -> str:
    more = len(typed) - _SHOWN_MOST
    return ", ".join(typed[:_SHOWN_MOST]) + (f" and {more:,} more" if more > 0 else "")
