"""One story is one article, whichever format it comes in: outlet, place, byline and text agree."""

import csv
import io
import json

import pytest

from corpus.article import Article
from corpus.datelines import parted, place_name
from corpus.making import Outlet
from tests.corpus.builders import made, options, read

URL = "https://harbourgazette.example/2026/01/fog"
FIRST = "Fog closed two airports on Saturday, and nobody at either of them was surprised by it."
SECOND = "The second reopened at noon; the first, said its director, would open when he could see it."


def table(rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def in_every_format(outlet: str, url: str, dateline: str) -> dict[str, bytes]:
    """The story as page text, HTML, feed, JSON Lines, JSON and CSV."""
    story = [dateline + FIRST, SECOND]
    record = {
        "title": "Fog closes two airports",
        "source": outlet,
        "url": url,
        "author": "Jane Doe",
        "date": "2026-01-03",
    }
    paragraphs = "".join(f"<p>{one}</p>" for one in story)
    return {
        "a.txt": "\n".join(
            [record["title"], "By Jane Doe", "January 3, 2026", *story, f"© 2026 {outlet}", url]
        ).encode(),
        "a.html": (
            f'<html><head><title>{record["title"]}</title><link rel="canonical" href="{url}">'
            f'<meta property="og:site_name" content="{outlet}"><meta name="author" content="Jane Doe">'
            f'<meta property="article:published_time" content="2026-01-03"></head>'
            f"<body><article><h1>{record['title']}</h1>{paragraphs}</article></body></html>"
        ).encode(),
        "a.rss": (
            f"<rss><channel><title>{outlet} - World</title><link>{url}</link><item>"
            f"<title>{record['title']}</title><link>{url}</link><author>Jane Doe</author>"
            f"<pubDate>2026-01-03</pubDate><description><![CDATA[{paragraphs}]]></description></item>"
            "</channel></rss>"
        ).encode(),
        "a.jsonl": json.dumps({**record, "text": "\n".join(story)}).encode(),
        "a.json": json.dumps([{**record, "content": paragraphs}]).encode(),
        "a.csv": table([[*record, "body"], [*record.values(), "\n".join(story)]]),
    }


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.rss", "a.jsonl", "a.json", "a.csv"])
@pytest.mark.parametrize(
    ("outlet", "url", "shown"),
    [
        ("Harbour Gazette", URL, "Harbour Gazette"),
        ("BBC", "https://www.bbc.co.uk/news/1", "BBC News"),
        ("Ilbo Donga", "https://www.donga.com/en/1", "The Dong-A Ilbo"),
    ],
)
def test_a_story_has_one_source_place_byline_and_text(name, outlet, url, shown):
    [article] = read(in_every_format(outlet, url, "LONDON, Jan 3 (Meridian Wire) - ")[name], name)

    assert isinstance(article, Article), article
    assert (article.source, article.located) == (shown, "London")
    assert (article.by, article.authors) == ("Jane Doe", ("Jane Doe",))
    assert article.body == f"{FIRST}\n{SECOND}"
    assert article.original_url == url
    assert article.published.value.date().isoformat() == "2026-01-03"
    if name not in ("a.rss",):
        [jsonl] = read(in_every_format(outlet, url, "")["a.jsonl"], "a.jsonl")
        assert (article.source_id, article.id) == (jsonl.source_id, jsonl.id)


def test_a_host_below_a_papers_own_may_be_another_paper():
    def source(stated, url):
        return made(source_name=stated, original_url=url).source

    assert source("동아일보", "https://www.donga.com/1") == "The Dong-A Ilbo"
    assert source("스포츠동아", "https://sports.donga.com/1") == "스포츠동아"
    assert source("", "https://sports.donga.com/1") == "The Dong-A Ilbo"
    assert source("Guardian", "") == source("the guardian", "") == "The Guardian"


def test_the_users_name_for_an_outlet_stands_above_all():
    told = options(outlets={"bbc.co.uk": Outlet(domain="bbc.co.uk", name="Auntie")})
    article = made(told=told, source_name="BBC News", original_url="https://www.bbc.co.uk/1")
    assert (article.source, article.source_id) == ("Auntie", "auntie")


# Datelines.


def test_a_stated_place_is_kept_and_a_dateline_of_another_stays_in_the_body():
    stated = made(source_name="Gazette", located="Rome", body="ROME (AP) - It rained.")
    assert (stated.located, stated.body, stated.by) == ("Rome", "It rained.", "AP")
    other = made(located="Milan", body="ROME (AP) - It rained.")
    assert (other.located, other.body) == ("Milan", "ROME (AP) - It rained.")


def test_the_agency_of_a_dateline_is_the_byline_or_the_source_where_there_is_none():
    body = "ROME, Jan 3 (Meridian Wire) - It rained."
    assert made(source_name="Harbour Gazette", body=body).by == "Meridian Wire"
    assert made(source_name="Harbour Gazette", by="Jane Doe", body=body).by == "Jane Doe"
    assert (made(body=body).source, made(body=body).by) == ("Meridian Wire", "")


def test_the_only_date_of_a_story_may_stand_in_its_dateline():
    body = "ROME, Jan 3, 2024 (Meridian Wire) - It rained."
    assert made(body=body).published.value.date().isoformat() == "2024-01-03"
    assert made(body=body.replace(", 2024", "")).published is None


@pytest.mark.parametrize(
    "body",
    [
        "NASA -- the agency that flew to the moon -- has a new boss.",
        "Sen. Jane Doe (D-Ohio) - the ranking member - left early.",
        "(REVISED) - The mayor has won.",
        "HARBOUR TIN MORNING FIX - APR 7 MTH BYR SLR HIGH LOW SALES MAY 1247",
        "HARBOUR TIN FIX - APR 7 Morning 3.2, afternoon 3.4 dollars a pound.",
        "REMARKS - The mayor has won.",
        "Newswise — The mayor has won.",
        "Washington, D.C. (Embargoed until 12:30 p.m., June 8, 2015) - A drug works.",
        "It rained - and then it did not.",
        "",
        "-",
    ],
)
def test_what_only_looks_like_a_dateline_stays_in_the_body(body):
    assert parted(body) == (body, None)


@pytest.mark.parametrize(
    ("printed", "place"),
    [
        ("ST. LOUIS, MO", "St. Louis, MO"),
        ("ST HELIER, Jersey", "St Helier, Jersey"),
        ("EL PASO, Texas", "El Paso, Texas"),
        ("RIO DE JANEIRO", "Rio de Janeiro"),
        ("PORT-AU-PRINCE", "Port-au-Prince"),
        ("COEUR D’ALENE", "Coeur D’Alene"),
        ("KABUL, AFGHANISTAN", "Kabul, Afghanistan"),
        ("WASHINGTON, D.C.", "Washington, D.C."),
        ("Los Angeles", "Los Angeles"),
    ],
)
def test_a_place_in_capitals_is_written_as_in_a_sentence(printed, place):
    assert place_name(printed) == place


# What stands twice.


def test_a_summary_that_is_the_storys_lead_stands_in_the_body_only():
    assert made(summary=FIRST, body=f"{FIRST}\n{SECOND}").summary == ""
    assert made(summary=f"{FIRST[:70]}…", body=f"{FIRST}\n{SECOND}").summary == ""
    assert made(summary=FIRST, body=f"{FIRST}\n{SECOND}").body == f"{FIRST}\n{SECOND}"


def test_a_standfirst_at_the_head_of_the_body_is_taken_out_of_it():
    standfirst = "Jury takes four days to decide"
    assert made(alt_headline=standfirst, body=f"{standfirst}\n{FIRST}").body == FIRST
    article = made(summary=standfirst, body=f"{standfirst}\n{FIRST}")
    assert (article.summary, article.body) == (standfirst, FIRST)
    assert made(alt_headline="x", body="x").body == "x"
