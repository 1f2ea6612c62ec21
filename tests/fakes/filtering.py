"""Days and facet values of an article, as the filters of a query ask for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from corpus.article import Article, Dated
from indexer.fields import NAME_FIELDS, NONE_VALUE, names_of


def day_of(article: Article) -> date | None:
    return article.published.days[0] if article.published and article.published.days else None


def instant_of(dated: Dated | None, sign: int) -> tuple[bool, float]:
    value = dated.value if dated else None
    return (value is None, sign * value.timestamp() if value else 0.0)


def within(dated: Dated, first: Any, last: Any, tz: str) -> bool:
    assert dated.value
    assert dated.days
    days = dated.days
    if tz and dated.precision in ("second", "minute"):
        days = (dated.value.astimezone(ZoneInfo(tz)).date(),) * 2
    after = first is None or (dated.value >= first if isinstance(first, datetime) else days[1] >= first)
    before = last is None or (dated.value <= last if isinstance(last, datetime) else days[0] <= last)
    return after and before


def facet_values(article: Article, facet: str) -> tuple[str, ...]:
    if facet in ("year", "month"):
        day = day_of(article)
        return (f"{day:%Y-%m}"[: 4 if facet == "year" else 7],) if day else (NONE_VALUE,)
    if facet == "source":
        return (article.source_id,) if article.source_id else (NONE_VALUE,)
    name = next(field.name for field in NAME_FIELDS if field.facet == facet)
    return names_of(article, name) or (NONE_VALUE,)
