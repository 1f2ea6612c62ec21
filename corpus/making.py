"""From what a reader found to an Article: normalised, bounded, identified.

Readers know their format's words; this module knows what holds for every article, whatever it came from.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import islice
from operator import eq
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from corpus.article import Article, Dated, article_id, slug
from corpus.datelines import Dateline, parted
from corpus.errors import UnreadableSource
from corpus.options import BYLINE_MOST, HEADLINE_MOST, LABEL_MOST, LABELS_MOST, SUMMARY_MOST
from corpus.options import ReadOptions as ReadOptions
from corpus.outlets import Outlet as Outlet
from corpus.outlets import domain_of, outlet_for, outlet_name, zone_of
from corpus.source import Source
from corpus.text import clean, paragraphs_and_words, restore_lost, tidy, tidy_paragraphs, word_count
from corpus.zones import zone_named

# The first newspaper, Strasbourg's Relation, is of 1605: an earlier date is a slip.
FIRST_YEAR = 1605
_LETTERS_TO_TELL = 60
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»」』)]*$")
# A summary of this length at the head of the body is the body's first words, wherever it was cut.
_LEAD_LEAST = 60
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?(?:[-_.@].*)?$")
_LANGUAGE_NAMES = {
    "eng": "en", "english": "en", "kor": "ko", "korean": "ko", "jpn": "ja", "japanese": "ja",
    "zho": "zh", "chi": "zh", "chinese": "zh", "deu": "de", "ger": "de", "german": "de",
    "fra": "fr", "fre": "fr", "french": "fr", "spa": "es", "spanish": "es", "por": "pt",
    "portuguese": "pt", "ita": "it", "italian": "it", "nld": "nl", "dut": "nl", "dutch": "nl",
    "rus": "ru", "russian": "ru", "ukr": "uk", "ukrainian": "uk", "ara": "ar", "arabic": "ar",
    "tur": "tr", "turkish": "tr", "pol": "pl", "polish": "pl", "ces": "cs", "cze": "cs",
    "czech": "cs", "swe": "sv", "swedish": "sv", "dan": "da", "danish": "da", "nor": "no",
    "norwegian": "no", "nob": "nb", "nno": "nn", "fin": "fi", "finnish": "fi", "ell": "el",
    "gre": "el", "greek": "el", "heb": "he", "hebrew": "he", "hin": "hi", "hindi": "hi",
    "ind": "id", "indonesian": "id", "vie": "vi", "vietnamese": "vi", "tha": "th", "thai": "th",
    "fas": "fa", "per": "fa", "persian": "fa", "und": "", "mul": "", "zxx": "",
}  # fmt: skip


def make_article(
    source: Source,
    options: ReadOptions,
    *,
    key: str = "",
    supplied_id: str = "",
    source_name: str = "",
    headline: str = "",
    alt_headline: str = "",
    summary: str = "",
    body: str = "",
    by: str = "",
    authors: Iterable[str] = (),
    located: str = "",
    published: Dated | None = None,
    updated: Dated | None = None,
    section: str = "",
    genres: Iterable[str] = (),
    keywords: Iterable[str] = (),
    places: Iterable[str] = (),
    slugline: str = "",
    language: str = "",
    original_url: str = "",
    copyright: str = "",
    status: str = "",
    urgency: int | None = None,
    version: str = "",
    type: str = "text",
    outlet: Outlet | None = None,
) -> Article:
    """The article of these raw words, or UnreadableSource when they hold no text.

    Texts come with their markup already out (`corpus.text.markup_out`); here they are cleaned. `key`
    names the item within the source ("" for its only one); `supplied_id` is the id the source itself
    gives. `outlet` may be given by a reader that knows it otherwise than by URL or name; by it one outlet
    has one `source_name`, which falls back to the domain of `original_url`, then to the agency of a
    dateline. `language` falls back to the outlet's, then to what the text's first 300 characters look
    like, then to the options'. A dateline at the head of the body goes into `located`, `by` and
    `published` where these are empty. What stands twice (headline, summary or alternative headline at the
    head of the body) is kept once.
    """
    headline = clean(headline)
    body, words = paragraphs_and_words(body)
    counted = body
    if "â" in body and language[:2].lower() == "en":
        headline, summary, body = map(restore_lost, (headline, summary, body))
    if not headline and not body:
        raise UnreadableSource(f"{source.uri}#{key}" if key else source.uri, "no text in it")
    original_url = canonical_url(original_url) if original_url else ""
    domain = domain_of(_host(original_url)) if original_url else ""
    source_name = label(source_name)
    if outlet is None and (domain or source_name):
        outlet = known_outlet(domain, options, source_name)
    source_name = outlet_name(source_name, outlet, domain)

    alt_headline = clean(alt_headline) if alt_headline else ""
    summary = clean(summary) if summary else ""
    by = clean(by) if by else ""
    located = label(located) if located else ""
    body = _without_repeats(body, headline)
    if alt_headline or summary:
        summary, body = _once(headline, alt_headline, summary, body)
    body, dateline = parted(body, located)
    if dateline is not None:
        located = located or dateline.located
        source_name = source_name or label(dateline.agency)
        if not by:
            by, authors = _by_dateline(dateline, source_name, authors)
        published = published or _date_of(dateline, outlet, options, language)
    source_id = _slug(source_name)
    if len(headline) > HEADLINE_MOST or len(summary) > SUMMARY_MOST or len(by) > BYLINE_MOST:
        headline, more_headline = _bounded(headline, HEADLINE_MOST)
        summary, more_summary = _bounded(summary, SUMMARY_MOST)
        by, more_by = _bounded(by, BYLINE_MOST)
        body = "\n".join(filter(None, (more_headline, more_summary, more_by, body)))

    origin = f"{source.relative}#{key}" if key else source.relative
    return Article(
        id=article_id(source_id, supplied_id.strip(), original_url, origin),
        headline=headline,
        alt_headline=_bounded(alt_headline, HEADLINE_MOST)[0] if alt_headline else "",
        summary=summary,
        body=body,
        by=by,
        authors=labels(authors) if authors else (),
        located=located,
        published=_sane(published, outlet, options.now) if published else None,
        updated=_sane(updated, outlet, options.now) if updated else None,
        section=label(section) if section else "",
        genres=labels(genres) if genres else (),
        keywords=labels(keywords) if keywords else (),
        places=labels(places) if places else (),
        slugline=label(slugline) if slugline else "",
        source=source_name,
        source_id=source_id,
        language=_language(language, outlet, headline, body, options),
        original_url=original_url,
        copyright=label(copyright) if copyright else "",
        status=label(status) if status else "",
        urgency=urgency if urgency is not None and 1 <= urgency <= 9 else None,
        version=label(version) if version else "",
        type=(label(type) or "text") if type != "text" else "text",
        word_count=words if body is counted else word_count(body, tidied=True),
        origin=origin,
    )


def known_outlet(domain_or_url: str, options: ReadOptions, name: str) -> Outlet | None:
    """What the options or the built-in table know of an outlet (`outlet_for`)."""
    host = _host(domain_or_url)
    if options.outlets or len(host) + len(name) > LABEL_MOST:
        return outlet_for(host, options.outlets, name=name)
    return _built_in_outlet(host, name)


@lru_cache(maxsize=4096)
def _built_in_outlet(domain_or_url: str, name: str) -> Outlet | None:
    return outlet_for(domain_or_url, {}, name=name)


def _host(url: str) -> str:
    """The URL without its path, so that what is found out of its host is found once a host."""
    found = _SCHEME_AND_HOST.match(url)
    return found[0] if found else url


_SCHEME_AND_HOST = re.compile(r"https?://[A-Za-z0-9.-]{1,255}(?=/)")
# A URL that is in its canonical form as it stands; group 1 is its query.
_CANONICAL = re.compile(r"https?://[a-z0-9.-]+/[A-Za-z0-9/._~%+,:@!-]*(?:\?([A-Za-z0-9/._~%+,:@!=&-]+))?")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|igshid|ref_src", re.IGNORECASE)
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}\ud800-\udfff]")


def canonical_url(url: str) -> str:
    """An http(s) URL with host in lower case and without fragment and tracking parameters; else "".

    >>> canonical_url("HTTPS://Example.org?utm_source=x&id=1#top"), canonical_url("javascript:alert(1)")
    ('https://example.org/?id=1', '')
    """
    url = url.strip()
    if not url or len(url) > 2_000:
        return ""
    if (found := _CANONICAL.fullmatch(url)) and not (found[1] and _TRACKING.search(found[1])):
        return url
    url = _UNSAFE_IN_URL.sub(lambda match: quote(match[0], errors="replace"), url)
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
        default_port = parts.port == {"http": 80, "https": 443}[parts.scheme]
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    host = host.rpartition(":")[0] if default_port else host
    query = parts.query
    if query and _TRACKING.search(query):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)])
    return urlunsplit((parts.scheme, host, parts.path or "/", query, ""))


@lru_cache(maxsize=1024)
def language_tag(stated: str) -> str:
    """A stated language as BCP 47, primary language and region; "" when it is none.

    >>> language_tag("EN"), language_tag("pt_br"), language_tag("English"), language_tag("zh-Hant-TW")
    ('en', 'pt-BR', 'en', 'zh-TW')
    """
    stated = stated.strip()
    match = _TAG.match(stated)
    if stated.lower() in _LANGUAGE_NAMES or not match:
        return _LANGUAGE_NAMES.get(stated.lower(), "")
    primary = match[1].lower()
    primary = _LANGUAGE_NAMES.get(primary, primary)
    return f"{primary}-{match[2].upper()}" if match[2] and primary else primary


def label(text: str) -> str:
    """A name, section or keyword on one line, at most LABEL_MOST characters."""
    return _short_label(text) if len(text) <= _LABEL_REMEMBERED else _label(text)


def _label(text: str) -> str:
    return clean(text)[:LABEL_MOST].rstrip()


# Outlets, sections, people and days come again and again.
_LABEL_REMEMBERED = 100
_short_label = lru_cache(maxsize=8192)(_label)


def labels(texts: Iterable[str]) -> tuple[str, ...]:
    """Labels in their order, each once, at most LABELS_MOST."""
    return tuple(dict.fromkeys(filter(None, map(label, texts))))[:LABELS_MOST]


def _bounded(text: str, most: int) -> tuple[str, str]:
    """The text's head of at most `most` characters, cut between words where it can be, and the rest."""
    if len(text) <= most:
        return text, ""
    cut = text.rfind(" ", most // 2, most + 1)
    cut = cut if cut > 0 else most
    return text[:cut].rstrip(), text[cut:].lstrip()


def _without_repeats(body: str, headline: str) -> str:
    """The body without the headline at its head, and a paragraph that follows its like only once."""
    lines = body.split("\n")
    count = len(lines)
    if count == 1:
        return "" if headline and _same(body, headline) else body
    if headline:
        while lines and _same(lines[0], headline):
            del lines[0]
    if any(map(eq, lines, islice(lines, 1, None))):
        lines = [line for line, before in zip(lines, ["", *lines], strict=False) if line != before]
    return "\n".join(lines) if len(lines) != count else body


def _same(line: str, headline: str) -> bool:
    return line == headline or (
        abs(len(line) - len(headline)) < 10
        and _WORD.findall(line.casefold()) == _WORD.findall(headline.casefold()) != []
    )


def _once(headline: str, alt_headline: str, summary: str, body: str) -> tuple[str, str]:
    """Summary and body without what stands in both, or in a headline.

    A summary that the body begins with is the story's first paragraph and stays there; a first line that
    repeats the alternative headline, or a summary that is no sentence, is the page's standfirst and goes.
    """
    if summary and summary in (headline, alt_headline):
        summary = ""
    first, _, others = body.partition("\n")
    if alt_headline and others and first == alt_headline:
        return summary, others
    if summary and body.startswith(summary.rstrip(" .…[]")):
        if first == summary and others and not _SENTENCE_END.search(summary):
            return summary, others
        if first == summary or summary.endswith(("…", "...", "…]", "...]")) or len(summary) > _LEAD_LEAST:
            summary = ""
    return summary, body


def _by_dateline(line: Dateline, source_name: str, authors: Iterable[str]) -> tuple[str, Iterable[str]]:
    """The byline a dateline gives: its reporters, else its agency where that is not the outlet itself."""
    if line.authors:
        return ", ".join(line.authors), line.authors
    agency = label(line.agency)
    return ("" if _slug(agency) == _slug(source_name) else agency), authors


def _date_of(line: Dateline, outlet: Outlet | None, options: ReadOptions, language: str) -> Dated | None:
    if not re.search(r"\d{4}", line.date):
        return None
    from corpus.dates import parse_date

    zone, known = zone_of(outlet, options.zone)
    tag = language_tag(language)
    dated = parse_date(line.date, basis="page-text", zone=zone, zone_known=known, language=tag)
    return dated if dated.value else None


def _sane(dated: Dated, outlet: Outlet | None, now: datetime) -> Dated:
    """The date if it can be true; a time stated in UTC told in the outlet's own zone."""
    if dated.raw:
        raw = label(dated.raw)
        dated = dated if raw == dated.raw else replace(dated, raw=raw)
    value = dated.value
    if value is None:
        return dated
    if value.year < FIRST_YEAR:
        doubt = f"{value.year} is before the first newspaper"
    elif value > now and value > now + timedelta(days=1):
        doubt = f"{value.date()} lies in the future"
    elif outlet and outlet.zone and not value.utcoffset() and dated.precision in ("second", "minute"):
        return replace(dated, value=_in_zone(value, outlet.zone))
    else:
        return dated
    return replace(dated, value=None, doubt=doubt, raw=dated.raw or value.isoformat())


@lru_cache(maxsize=1024)
def _in_zone(value: datetime, zone: str) -> datetime:
    local = value.astimezone(zone_named(zone))
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))


def _language(stated: str, outlet: Outlet | None, headline: str, body: str, options: ReadOptions) -> str:
    if stated and (tag := language_tag(stated)):
        return tag
    if outlet and (tag := language_tag(outlet.language)):
        return tag
    return _told_language(f"{headline}\n{body[:300]}"[:300]) or language_tag(options.language)


def _told_language(sample: str) -> str:
    """What language a sample is in by py3langid; "" for one with too few letters to tell."""
    # A character of Han, Kana or Hangul says as much as a word's worth of Latin letters.
    letters = sum((4 if char > "\u2e80" else 1) for char in sample if char.isalpha())
    if letters < _LETTERS_TO_TELL:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import py3langid

        return str(py3langid.classify(sample)[0])


@lru_cache(maxsize=4096)
def _slug(name: str) -> str:
    return slug(name)


def restored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """An article's own dictionary form with its texts made safe; what we wrote comes back as it is."""
    safe: dict[str, Any] = {}
    for name, value in values.items():
        if name == "body" and isinstance(value, str):
            value = tidy_paragraphs(value, unwrap=False)
        elif isinstance(value, str):
            value = tidy(value)
        elif isinstance(value, (list, tuple)):
            value = [tidy(one) for one in value if isinstance(one, str)]
        safe[name] = value
    return safe
