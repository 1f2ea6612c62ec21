"""Files in, articles out: the one entry to reading.

    walk -> unpack -> detect -> the format's reader -> make_article

A bad file or item is reported with its reason, and the rest goes on.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator

from corpus.article import Article
from corpus.containers import unpack
from corpus.detect import detect
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.source import Source, walk

_log = logging.getLogger(__name__)


def read_articles(
    paths: Iterable[str | os.PathLike[str]],
    options: ReadOptions | None = None,
    *,
    on_error: Callable[[UnreadableSource], None] | None = None,
    on_source: Callable[[Source], None] | None = None,
) -> Iterator[Article]:
    """The articles of all files under the paths, in a stable order.

    `on_error` is told of each file or item that gives no article (without it they are logged as
    warnings), `on_source` of each file before it is read. A file whose kind no reader knows comes to
    `on_error` as UnknownFormat.
    """
    options = options or ReadOptions()
    report = on_error or (lambda error: _log.warning("%s", error))
    for source in walk(paths, max_bytes=options.max_bytes):
        if isinstance(source, UnreadableSource):
            report(source)
            continue
        if on_source is not None:
            on_source(source)
        for item in read_source(source, options):
            if isinstance(item, Article):
                yield item
            else:
                report(item)


def read_source(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    """The articles of one file, boxes in it opened; what gives none stands among them with its reason.

    Never raises for what the file holds: a fault in a reader is reported under the fault's name.
    """
    for inner in unpack(source):
        if isinstance(inner, UnreadableSource):
            yield inner
        else:
            yield from _read_format(inner, options)


def _read_format(source: Source, options: ReadOptions) -> Iterator[Article | UnreadableSource]:
    empty = True
    try:
        reader = detect(source)
    except UnreadableSource as error:
        yield error
        return
    for item in guarded(reader.name, source, reader.read(source, options)):
        empty = False
        yield item
    if empty:
        yield nothing_in(source)


def guarded(
    reader: str, source: Source, items: Iterator[Article | UnreadableSource]
) -> Iterator[Article | UnreadableSource]:
    """What a reader gives; a fault of it comes as a problem, and ends it."""
    try:
        yield from items
    except UnreadableSource as error:
        yield error
    except Exception as error:  # a fault of ours must not cost the user the other files
        _log.debug("the %s reader failed on %s", reader, source.uri, exc_info=True)
        yield UnreadableSource(source.uri, f"the {reader} reader failed with {type(error).__name__}: {error}")


def nothing_in(source: Source) -> UnreadableSource:
    """The problem of a source that gives neither articles nor problems."""
    return UnreadableSource(source.uri, "no article in it")
