"""What reading files gives to those who weigh it: rows of a few numbers, whichever process read them.

    Candidate -> look -> Looked           what the file is, and whether it is what it was
              -> portions -> Portion ...  what it gives, the texts themselves put where `keep` says
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from corpus.article import Article
from corpus.errors import UnreadableSource
from corpus.options import ReadOptions
from corpus.reading import read_source
from indexer.claims import mark_of, worth_of
from indexer.files import Candidate, format_of, hash_of

# Articles of a portion: enough that what is done once a portion does not count.
PORTION = 500
# Values of pubStatus in ninjs and NewsML-G2, and superdesk's spelling of one.
HIDDEN_STATUS = {"withheld", "canceled", "cancelled"}


class Kept(NamedTuple):
    """Where the text of an article is: in memory, or the part of the generation that was given it."""

    article: Article | None = None
    part: int = -1
    number: int = -1


class Item(NamedTuple):
    """An article as it was just read, and what decides between rivals: when updated, and which version.

    `place` is its place in the portion's file, counted from the portion's `base`.
    """

    place: int
    id: str
    mark: bytes
    updated: float | None
    version: int
    hidden: bool
    kept: Kept


class Portion(NamedTuple):
    """Some of what a file gives, in reading order.

    `places` are how many articles and problems there are in it; `undated` and `doubtful` count dates.
    `repaired` says what was done to the encoding, `unread` names keys that no field takes, both once for
    all of a file or block. With the `last` one a file ends; `content` is its hash where Looked has none.
    """

    items: list[Item]
    problems: list[tuple[str, str]]
    notes: list[tuple[str, str]]
    places: int = 0
    undated: int = 0
    doubtful: int = 0
    bytes_read: int = 0
    repaired: str = ""
    base: int = 0
    unread: tuple[str, ...] = ()
    content: bytes = b""
    last: bool = False


class Looked(NamedTuple):
    """A file before anything of it is taken: the hash of its content, or the `fault` that kept it closed.

    Without either the hash comes with the last portion. `same` when nothing of it has to be read: content
    and root are the ledger's. `read_ns` is from before it was opened.
    """

    read_ns: int
    content: bytes = b""
    fault: str = ""
    same: bool = False
    format: str = ""


def look(candidate: Candidate, options: ReadOptions, *, fresh: bool) -> Looked:
    """Look into a file; `fresh` when everything is to be read anew."""
    read_ns = time.time_ns()
    try:
        content = hash_of(candidate.path)
    except OSError as error:
        return Looked(read_ns, fault=(error.strerror or "cannot be read").lower())
    if not fresh and candidate.known_hash == content and candidate.known_root == candidate.root:
        return Looked(read_ns, content, same=True)
    return Looked(read_ns, content, format=format_of(candidate.source(options)))


def portions(
    candidate: Candidate, looked: Looked, options: ReadOptions, keep: Callable[[Article], Kept]
) -> Iterator[Portion]:
    """What a file gives, up to the last portion; notes are in the portions, `options.on_note` hears none."""
    counted = Counted()
    source = candidate.counted_source(options, counted.add)
    listening = Listening()
    items = read_source(source, dataclasses.replace(options, on_note=listening.hear))
    given = False
    for portion in portions_of(items, keep, counted, listening):
        given = given or bool(portion.items)
        yield portion
    repaired = source.encoding_repaired if looked.format == "page_text" and given else ""
    yield Portion([], [], listening.heard(), bytes_read=counted.taken(), repaired=repaired, last=True)


def portions_of(
    items: Iterable[Article | UnreadableSource],
    keep: Callable[[Article], Kept],
    counted: Counted,
    listening: Listening,
) -> Iterator[Portion]:
    """Articles and problems as portions; what is left at the end too, if there is any."""
    rows: list[Item] = []
    problems: list[tuple[str, str]] = []
    undated = doubtful = place = base = 0

    def portion() -> Portion:
        return Portion(
            rows, problems, listening.heard(), place - base, undated, doubtful, counted.taken(), base=base
        )

    for item in items:
        if isinstance(item, Article):
            rows.append(_row(item, place - base, keep))
            undated += item.published is None or item.published.value is None
            doubtful += item.published is not None and item.published.doubt != ""
        else:
            problems.append((item.uri, item.reason))
        place += 1
        if place - base == PORTION:
            yield portion()
            rows, problems, undated, doubtful, base = [], [], 0, 0, place
    if place > base:
        yield portion()


class Counted:
    """How many bytes were read since somebody asked."""

    def __init__(self) -> None:
        self._bytes = 0

    def add(self, more: int) -> None:
        self._bytes += more

    def taken(self) -> int:
        found, self._bytes = self._bytes, 0
        return found


class Listening:
    """What readers note, until somebody asks."""

    def __init__(self) -> None:
        self._notes: list[tuple[str, str]] = []

    def hear(self, uri: str, words: str) -> None:
        self._notes.append((uri, words))

    def heard(self) -> list[tuple[str, str]]:
        found, self._notes = self._notes, []
        return found


def _row(article: Article, place: int, keep: Callable[[Article], Kept]) -> Item:
    hidden = article.status.lower() in HIDDEN_STATUS
    updated, version = worth_of(article)
    kept = Kept() if hidden else keep(article)
    return Item(place, article.id, mark_of(article), updated, version, hidden, kept)
