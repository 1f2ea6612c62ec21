"""The pages for people. Each is complete without script; the URL is all the state there is."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from corpus.article import Article, Dated
from corpus.errors import NewsdexError
from indexer.fields import BY_NAME, FIELDS
from indexer.query import Query
from indexer.querydoc import EXAMPLES
from indexer.results import IndexInfo, ResultPage
from web import controls
from web.addresses import article_path, article_url, url_for
from web.answers import json_response, of_generation, product_version, static_url
from web.asking import answer, asked_by_request, marked_article
from web.errors import CODES, problem_of
from web.held import engine
from web.languages import direction, language_label
from web.linked import article_json, feed_url
from web.links import Address
from web.params import ARTICLE_API, PARAMS, QUERY_MOST, SEARCH_PAGE, Asked, RequestRefused, args_for
from web.params import BY_NAME as BY_PARAM
from web.render import article_html, json_ld, plain_title, safe_url, shown, snippet_html
from web.shown import BASES, bytes_text, counted, day_date, day_text, instant_text, long_date, short_date
from web.timeline import chart_of

pages = Blueprint("pages", __name__)

# What the front page shows of the newest articles.
FRONT_ARTICLES = 7
# Parameters that say how a list looks; on the article's page they would only lengthen the address.
LIST_ONLY = frozenset({"fields", "highlight", "snippets", "snippet_chars", "explain", "facets"})


@pages.get("/")
@of_generation
def front() -> AnyResponse | str:
    """The empty page: the box, what the archive holds, and the newest of it."""
    if not BY_PARAM.keys().isdisjoint(request.args):
        return redirect(f"{url_for('pages.search')}?{request.query_string.decode('ascii', 'replace')}")
    facets = ("section", "source", "language")
    newest = Query(page_size=FRONT_ARTICLES, sort="newest", facets=facets, timeline=True, edges=False)
    page = engine().search(newest)
    address = Address()
    return render_template(
        "front.html", page=page, asked=Asked(), address=address, info=page.index or engine().info(),
        groups=controls.groups_of(page, address), chart=chart_of(page.timeline, address), examples=EXAMPLES,
    )


@pages.get("/search")
@of_generation
def search() -> AnyResponse | str:
    try:
        asked = asked_by_request(SEARCH_PAGE)
    except RequestRefused as refusal:
        return _refused(refusal)
    page = answer(asked, SEARCH_PAGE)
    address = Address(args_for(asked, SEARCH_PAGE))
    return render_template(
        "search.html",
        asked=asked,
        page=page,
        address=address,
        title=_title(asked, page),
        found=controls.found_text(page),
        groups=controls.groups_of(page, address),
        chips=controls.chips_of(asked, page, address),
        sorts=controls.sorts_of(page, address),
        presets=controls.presets_of(asked, address),
        pages=controls.pages_of(page, address),
        ways=() if page.total else controls.ways_out(page, address, engine()),
        chart=chart_of(page.timeline, address),
        feed=feed_url(address),
        meant=controls.operators_meant(asked.query.text),
        examples=EXAMPLES,
    )


def _refused(refusal: RequestRefused) -> Response:
    """The search page's refusal: every fault by name, with the form as it was filled in."""
    problem = problem_of(refusal)
    given = Address(tuple(request.args.items(multi=True)))
    bad = {"page", "cursor", *(fault.parameter for fault in refusal.faults)}
    kept = Address(tuple(pair for pair in given.pairs if pair[0] not in bad))
    problem.links = (("Search without what was not understood", kept.at(url_for("pages.search"))),)
    html = render_template(
        "error.html", problem=problem, code=CODES[problem.code], typed=request.args.get("q", "")[:QUERY_MOST]
    )
    return Response(html, problem.status)


def _title(asked: Asked, page: ResultPage) -> str:
    """The count first, so that it is heard first: "33 articles for ferry"."""
    words = controls.found_text(page)
    text = plain_title(asked.query.text, "")
    place = f", page {asked.query.page}" if asked.query.page > 1 else ""
    return f"{words} for {text}{place}" if text else f"{words}{place}"


@pages.get("/a/<article_id>")
@of_generation
def article(article_id: str) -> str:
    """One article with every mark of the query in its address."""
    asked = asked_by_request(SEARCH_PAGE)
    marked = marked_article(article_id, asked.query)
    held = marked.article
    pairs = tuple(pair for pair in args_for(asked, SEARCH_PAGE) if pair[0] not in LIST_ONLY)
    return render_template(
        "article.html",
        asked=asked,
        address=Address(pairs),
        article=held,
        html=article_html(marked),
        original=safe_url(held.original_url),
        permalink=article_url(held.id),
        json_ld=json_ld(held, article_url(held.id)),
        info=engine().info(),
    )


@pages.get("/a/<article_id>.json")
@of_generation
def article_as_json(article_id: str) -> Response:
    """As /api/v1/articles/<id>."""
    asked = asked_by_request(ARTICLE_API)
    return json_response(article_json(marked_article(article_id, asked.query), asked.fields))


@pages.get("/a/<article_id>.txt")
@of_generation
def article_as_text(article_id: str) -> Response:
    """The article in plain text, its particulars first."""
    text = article_text(marked_article(article_id, Query()).article, article_url(article_id))
    response = Response(text.encode("utf-8", "replace"), mimetype="text/plain")
    name = re.sub(r"[^\w-]+", "", article_id, flags=re.ASCII) or "article"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.txt"'
    return response


def article_text(article: Article, permalink: str) -> str:
    """Headline, particulars one a line, then the paragraphs parted by blank lines."""
    published, updated = long_date(article.published), long_date(article.updated)
    facts = (
        article.by or ", ".join(article.authors),
        article.located,
        article.source,
        published.text if article.published else "Undated",
        f"Updated {updated.text}" if article.updated else "",
        safe_url(article.original_url),
        permalink,
    )
    head = "\n".join(" ".join(shown(fact).split()) for fact in facts if fact)
    parts = (plain_title(article.headline), head, shown(article.summary), *map(shown, article.paragraphs))
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


@pages.get("/help")
def help_page() -> str:
    return render_template("help.html", asked=Asked(), examples=EXAMPLES, fields=FIELDS)


@pages.get("/about")
@of_generation
def about() -> str:
    """What this archive holds, and from when its index is."""
    info = engine().info()
    facets = ("source", "language", "year")
    page = engine().search(Query(page_size=1, snippets=0, facets=facets, facet_size=100, edges=False))
    groups = controls.groups_of(page, Address())
    return render_template("about.html", asked=Asked(), groups=groups, index_facts=_facts(info))


def _facts(info: IndexInfo) -> tuple[tuple[str, str], ...]:
    first, last = info.first_day, info.last_day
    days = f"{day_text(first)} to {day_text(last)}" if first and last else ""
    return tuple(
        (name, value)
        for name, value in (
            ("Articles", f"{info.articles:,}"),
            ("Sources", f"{info.sources:,}"),
            ("Dated", days),
            ("Undated", counted(info.undated, "article") if info.undated else "none"),
            ("Index built", instant_text(info.built_at)),
            ("Generation", str(info.generation)),
            ("Size on disk", bytes_text(info.bytes_on_disk) if info.bytes_on_disk else ""),
            ("Changed since", "" if info.changed_since is None else counted(info.changed_since, "file")),
        )
        if value
    )


@pages.get("/api")
def api_page() -> str:
    """The endpoint's reference, made from the same table that reads its parameters."""
    return render_template("api.html", asked=Asked(), params=PARAMS, profile=SEARCH_PAGE)


@pages.get("/api/errors")
def error_list() -> str:
    return render_template("errors.html", asked=Asked(), codes=CODES)


def how_dated(dated: Dated) -> str:
    """Where the date stood, in words, and what was assumed."""
    return BASES[dated.basis] + ("; its zone was assumed" if dated.zone_assumed else "")


def field_words(fields: tuple[str, ...]) -> str:
    """
    >>> field_words(("headline", "body"))
    'headline and text'
    """
    words = [BY_NAME[name].label.lower() for name in fields]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def iso_day(bound: date | datetime | None) -> str:
    """What a date input shows of a bound."""
    return bound.isoformat()[:10] if bound else ""


def index_info() -> IndexInfo | None:
    """The open index for the foot of the page; None on the page that says there is none."""
    try:
        return engine().info()
    except NewsdexError:
        return None


TEMPLATE_NAMES: dict[str, Any] = {
    function.__name__: function
    for function in (
        article_path, bytes_text, counted, day_date, day_text, direction, field_words, how_dated, index_info,
        instant_text, iso_day, language_label, long_date, plain_title, short_date, shown, snippet_html,
        static_url, url_for,
    )
} | {"version": product_version}
