"""Answers as JSON values, the same for the endpoint and for `--json` on the command line.

Names follow api.md's field map. What belongs to one place of publication, such as links and permalinks,
is added by whoever publishes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from typing import Any, Literal

from markupsafe import Markup, escape

from corpus.article import Article, Dated
from indexer.query import Note, Query
from indexer.results import Edge, Facet, Hit, IndexInfo, Marked, ResultPage, Snippet, Timeline

Highlight = Literal["html", "text", "spans", "none"]

# Every field an article can be asked for, in the order shown.
ARTICLE_FIELDS = (
    "id", "type", "language", "headline", "alt_headline", "summary", "by", "authors", "located", "source",
    "source_id", "section", "genres", "keywords", "places", "slugline", "published", "updated", "date",
    "word_count", "urgency", "version", "status", "copyright", "original_url", "origin", "body",
)  # fmt: skip
# What is shown when nothing was asked for. `origin` names a file of whoever runs the archive: their business
# more than the reader's.
WHOLE_FIELDS = tuple(name for name in ARTICLE_FIELDS if name != "origin")
# What a result shows when nothing was asked for: the same without the long text.
RESULT_FIELDS = tuple(name for name in WHOLE_FIELDS if name != "body")
# What this version cannot tell of an article.
_UNKNOWN: dict[str, None] = {"copies": None, "stale": None}


def page_json(
    page: ResultPage, *, fields: Collection[str] = RESULT_FIELDS, highlight: Highlight = "html"
) -> dict[str, Any]:
    """The answer to a search, without links; a timeline only where one was asked for.

    `fields` are those of ARTICLE_FIELDS that each result shows; `highlight` says how marks are told:
    "html" (escaped, <mark>, with text and spans beside it), "spans" (text and spans), "text", or "none".
    """
    values = {
        "ok": True,
        "query": query_json(page),
        "total": page.total,
        "total_relation": page.total_relation,
        # Null here, as `copies` and `stale` of an article are: this version groups no copies.
        "stories": None,
        "page": page.query.page,
        "page_size": page.query.page_size,
        "pages": page.pages,
        "first": edge_json(page.first),
        "last": edge_json(page.last),
        "undated": page.undated,
        "any_total": page.any_total,
        "took_ms": round(page.took_ms, 1),
        "index": index_json(page.index) if page.index else None,
        "results": [hit_json(hit, fields=fields, highlight=highlight) for hit in page.hits],
        "facets": {facet.name: facet_json(facet) for facet in page.facets},
    }
    return {**values, "timeline": timeline_json(page.timeline)} if page.timeline else values


def query_json(page: ResultPage) -> dict[str, Any]:
    """What was asked and how it was understood."""
    query, better = page.query, page.suggestion
    return {
        "q": query.text,
        "interpreted": page.interpreted,
        "match": query.match,
        "filters": filters_json(query),
        "sort": page.sort,
        "clauses": [
            {"text": clause.text, "total": clause.total}
            if clause.removed is None
            else {"text": clause.text, "removed": clause.removed}
            for clause in page.clauses
        ],
        "notes": [note_json(note) for note in page.notes],
        "suggestion": {"q": better.text, "total": better.total} if better else None,
    }


def filters_json(query: Query) -> dict[str, Any]:
    """The filters in force, by the names of their parameters."""
    filters: dict[str, Any] = {name: list(values) for name, values in query.include.items() if values}
    filters |= {f"exclude_{name}": list(values) for name, values in query.exclude.items() if values}
    for name, bound in (("from_date", query.first), ("to_date", query.last)):
        if bound is not None:
            filters[name] = bound.isoformat()
    if query.first is not None or query.last is not None:
        filters["date_field"] = query.date_field
    for name, value in (("tz", query.tz), ("undated", query.undated)):
        if value:
            filters[name] = value
    if query.search_in:
        filters["search_in"] = list(query.search_in)
    return filters


def hit_json(
    hit: Hit, *, fields: Collection[str] = RESULT_FIELDS, highlight: Highlight = "html"
) -> dict[str, Any]:
    """One result: the article's fields and, under `match`, where and why it matches."""
    headline = hit.marked.headline
    match: dict[str, Any] = {
        "rank": hit.rank,
        "score": None if hit.score is None else round(hit.score, 4),
        "hits": hit.marked.hits,
        "fields": list(hit.marked.fields),
    }
    if highlight == "html":
        match["headline_html"] = str(snippet_html(headline))
    if highlight in ("html", "spans"):
        match["headline_spans"] = [list(span) for span in headline.marks]
    if highlight != "none":
        match["snippets"] = [snippet_json(snippet, highlight) for snippet in hit.snippets]
    if hit.why:
        match["why"] = [{"text": text, "score": round(score, 4)} for text, score in hit.why]
    return {
        **article_json(hit.article, fields=fields),
        "first_indexed": instant_json(hit.indexed),
        **_UNKNOWN,
        "match": match,
    }


def marked_json(marked: Marked, *, fields: Collection[str] = ARTICLE_FIELDS) -> dict[str, Any]:
    """One whole article; with marks, `match` holds the spans of each marked field."""
    values = article_json(marked.article, fields=fields) | _UNKNOWN
    if marked.hits is not None:
        parts = (marked.headline, marked.by, marked.summary, marked.body)
        values["match"] = {
            "hits": marked.hits,
            "fields": list(marked.fields),
            "spans": {part.field: [list(span) for span in part.marks] for part in parts if part.marks},
        }
    return values


def article_json(article: Article, *, fields: Collection[str] = ARTICLE_FIELDS) -> dict[str, Any]:
    """An article by api.md's names; a field it does not have is null or an empty list.

    `date` says how the date of publication was read: basis, precision, the raw text, whether its zone
    was assumed, and the doubt in words where it was not understood.
    """
    values: dict[str, Any] = {}
    for name in ARTICLE_FIELDS:
        if name in fields:
            read = _DATES.get(name)
            value = read(article) if read else getattr(article, name)
            values[name] = None if value == "" else list(value) if type(value) is tuple else value
    return values


_DATES: dict[str, Callable[[Article], Any]] = {
    "date": lambda article: dated_json(article.published),
    "published": lambda article: moment_json(article.published),
    "updated": lambda article: moment_json(article.updated),
}


def moment_json(dated: Dated | None) -> str | None:
    """The date as precise as it is known: "2026", "2026-01", "2026-01-15" or an instant with its offset.

    >>> moment_json(Dated(value=datetime(2026, 1, 1, tzinfo=UTC), basis="url", precision="month"))
    '2026-01'
    """
    if dated is None or dated.value is None:
        return None
    length = {"year": 4, "month": 7, "day": 10}.get(dated.precision)
    return dated.value.isoformat()[:length]


def dated_json(dated: Dated | None) -> dict[str, Any]:
    if dated is None:
        return {"basis": "none", "precision": None, "raw": None, "zone_assumed": False, "doubt": None}
    return {
        "basis": dated.basis,
        "precision": dated.precision if dated.value else None,
        "raw": dated.raw or None,
        "zone_assumed": dated.zone_assumed,
        "doubt": dated.doubt or None,
    }


def snippet_html(snippet: Snippet) -> Markup:
    """The passage escaped, its marks as <mark>.

    >>> snippet_html(Snippet(text="<b> ferry", marks=((4, 9),)))
    Markup('&lt;b&gt; <mark>ferry</mark>')
    """
    # Plain strings put together: Markup's own format and join take four times as long.
    parts = ((escape(text), matched) for text, matched in snippet.pieces())
    return Markup("".join([f"<mark>{html}</mark>" if matched else html for html, matched in parts]))


def snippet_json(snippet: Snippet, highlight: Highlight = "html") -> dict[str, Any]:
    """A passage; `cut` says on which sides its paragraph goes on."""
    values: dict[str, Any] = {"html": str(snippet_html(snippet))} if highlight == "html" else {}
    values["text"] = snippet.text
    if highlight in ("html", "spans"):
        values["spans"] = [list(span) for span in snippet.marks]
    cut = (("left", snippet.cut_left), ("right", snippet.cut_right))
    return {
        **values,
        "field": snippet.field,
        "paragraph": snippet.paragraph,
        "cut": [side for side, is_cut in cut if is_cut],
    }


def facet_json(facet: Facet) -> dict[str, Any]:
    return {
        "values": [
            {"value": each.value, "label": each.label, "count": each.count, "selected": each.selected}
            for each in facet.buckets
        ],
        "other": facet.other,
        "missing": facet.missing,
        "complete": facet.complete,
    }


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    return {
        "interval": timeline.interval,
        "buckets": [
            {"start": each.start.isoformat(), "count": each.count, "held": each.held}
            for each in timeline.buckets
        ],
        "undated": timeline.undated,
    }


def edge_json(edge: Edge | None) -> dict[str, Any] | None:
    if edge is None:
        return None
    return {
        "id": edge.id,
        "published": moment_json(edge.published),
        "headline": edge.headline,
        "source": edge.source or None,
    }


def note_json(note: Note) -> dict[str, str]:
    return {"code": note.code, "message": note.message}


def index_json(info: IndexInfo) -> dict[str, Any]:
    return {
        "generation": info.generation,
        "built_at": instant_json(info.built_at),
        "articles": info.articles,
        "changed_since": info.changed_since,
    }


def info_json(info: IndexInfo) -> dict[str, Any]:
    """All that is known of the open index, for `info` and the status page."""
    return {
        **index_json(info),
        "sources": info.sources,
        "languages": list(info.languages),
        "first_day": _day_json(info.first_day),
        "last_day": _day_json(info.last_day),
        "undated": info.undated,
        "bytes_on_disk": info.bytes_on_disk,
        "engine": info.engine,
        "fallbacks": info.fallbacks,
    }


def instant_json(instant: datetime | None) -> str | None:
    """An instant in UTC, to the second, with a Z.

    >>> instant_json(datetime(2026, 1, 15, 9, 28, tzinfo=UTC))
    '2026-01-15T09:28:00Z'
    """
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day_json(day: date | None) -> str | None:
    return day.isoformat() if day else None
