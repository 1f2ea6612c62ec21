"""Articles in the form `article_to_dict` writes: read back as they were, ids, dates and their bases too."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, get_args

from corpus.article import Article, Basis, Precision, article_from_dict
from corpus.making import restored
from corpus.options import BYLINE_MOST, HEADLINE_MOST, SUMMARY_MOST

_ID = re.compile(r"[0-9a-f]{16}")
_LISTS = {"authors", "genres", "keywords", "places"}
_NUMBERS = {"urgency", "word_count"}
_DATES = {"published", "updated"}
_NAMES = {field.name for field in dataclasses.fields(Article)}
_MOST = {"headline": HEADLINE_MOST, "alt_headline": HEADLINE_MOST, "by": BYLINE_MOST, "summary": SUMMARY_MOST}


def own_article(record: dict[str, Any]) -> Article | None:
    """The article when the record is one of our own export, else None.

    Every article has an `origin` and an `id` of 16 hex digits; together with no key and no kind of value
    of anyone else's they tell the form. What was edited out of the form is read as a stranger's record.
    """
    if "origin" not in record or not (record.get("headline") or record.get("body")):
        return None
    if not _ID.fullmatch(str(record.get("id"))) or not record.keys() <= _NAMES:
        return None
    if not all(_is_ours(name, value) for name, value in record.items()):
        return None
    try:
        return article_from_dict(dict(restored(record)))
    except (TypeError, ValueError):
        return None


def _is_ours(name: str, value: Any) -> bool:
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name in _NUMBERS:
        return type(value) is int and 0 <= value < 2**31
    if name in _DATES:
        return _is_date(value)
    return isinstance(value, str) and len(value) <= _MOST.get(name, len(value))


def _is_date(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("basis") in get_args(Basis)
        and value.get("precision") in get_args(Precision)
        and isinstance(value.get("value"), (str, type(None)))
        and all(isinstance(value.get(name, ""), str) for name in ("raw", "doubt"))
        and isinstance(value.get("zone_assumed", False), bool)
    )
