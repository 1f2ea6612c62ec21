"""Passages that show why an article was found.

Each begins and ends at the edge of a word, if it can at a sentence, stays within one paragraph, and holds a
mark. The rarest of the query's words comes first; a further passage is chosen for a word not shown yet.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Mapping, Sequence

from corpus.article import Article
from indexer.results import Marked, Snippet
from indexer.whoosh_engine.marks import Span, Spans

# The first character apart, which is sought three times as fast as two beginnings are.
_SENTENCE_END = re.compile(r"""[.!?…。！？](?:(?<=[.!?…])["'”’»)\]]*\s+(?=\S)|(?<=[。！？])["'”’」』）]*)""")
# Before these a full stop ends no sentence; single capitals (J. K.) are no sentence either.
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|St|No|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
    r"|\b[A-Z])\.$"
)
# One of the two characters around the edge of a word. Han and Kana have no spaces; between two of them any
# place is an edge.
_AT_EDGE = re.compile("[\\s\u3040-\u30ff\u3400-\u9fff。、「」『』（）！？]")
# Of a passage's length: how far before the first mark it may reach back for a sentence's beginning, how
# much context it otherwise gets, and how much may be given up at the end to stop at a sentence's.
_REACH_BACK, _CONTEXT, _GIVE_UP = 0.6, 0.3, 0.35
_TRIED_MOST = 40


def passages(
    marked: Marked, matched: Spans, frequency: Callable[[int], int], most: int, chars: int
) -> tuple[Snippet, ...]:
    """Up to `most` passages of about `chars` characters, in the order of the text.

    Taken from the body, else from the summary; an article whose marks stand elsewhere gives its beginning,
    unmarked. `frequency` tells in how many articles a leaf of the plan matches, by the number that `matched`
    has for it.
    """
    if most < 1:
        return ()
    article, marks = marked.article, marked.marks
    if "body" in matched:
        return _chosen(_Part(article.body, "body", marks["body"], chars), matched["body"], frequency, most)
    if "summary" in matched:
        part = _Part(article.summary, "summary", marks["summary"], chars)
        return _chosen(part, matched["summary"], frequency, most)
    return beginning(article, chars)


def beginning(article: Article, chars: int) -> tuple[Snippet, ...]:
    """How the summary begins, else the body; nothing where the article has neither."""
    if article.summary:
        return (_Part(article.summary, "summary", (), chars).beginning(),)
    return (_Part(article.body, "body", (), chars).beginning(),) if article.body else ()


def _chosen(
    part: _Part, by_leaf: Mapping[int, Sequence[Span]], frequency: Callable[[int], int], most: int
) -> tuple[Snippet, ...]:
    windows: list[Span] = []
    shown: set[int] = set()
    # Of leaves as rare as each other the one that is found first.
    in_text = sorted(by_leaf, key=lambda leaf: (by_leaf[leaf][0], leaf))
    for leaf in sorted(in_text, key=frequency) if len(in_text) > 1 else in_text:
        if leaf in shown or len(windows) == most:
            continue
        best, best_leaves = None, set[int]()
        for span in by_leaf[leaf][:_TRIED_MOST]:
            window = part.new_window(span, windows)
            if window is None:
                continue
            inside = {other for other, spans in by_leaf.items() if _holds(spans, window)}
            if best is None or len(inside - shown) > len(best_leaves - shown):
                best, best_leaves = window, inside
                if len(best_leaves | shown) == len(by_leaf):
                    break
        if best is not None:
            windows.append(best)
            shown |= best_leaves
    for mark in part.marks:
        if len(windows) == most:
            break
        window = part.new_window(mark, windows)
        if window is not None:
            windows.append(window)
    return tuple(part.cut(window) for window in sorted(windows))


class _Part:
    """The text of a field with its marks, and the passages of about `chars` characters in it.

    The window around a span is found once: leaves share spans.
    """

    def __init__(self, text: str, field: str, marks: Sequence[Span], chars: int):
        self._text, self._field, self.marks, self._chars = text, field, marks, chars
        self._known: dict[Span, Span] = {}

    def new_window(self, span: Span, windows: Sequence[Span]) -> Span | None:
        """The window around a span, None when it overlaps one of the others."""
        start = span[0]
        for begin, end in windows:
            # It holds its span: where that begins in another one there is nothing to find out.
            if begin <= start < end:
                return None
        window = self._known.get(span)
        if window is None:
            window = self._known[span] = _window(self._text, *span, self._chars)
        for begin, end in windows:
            if window[0] < end and begin < window[1]:
                return None
        return window

    def beginning(self) -> Snippet:
        return self.cut(_window(self._text, 0, 0, self._chars))

    def cut(self, window: Span) -> Snippet:
        """The passage of a window, without the spaces around it."""
        whole, (begin, end) = self._text, window
        text = whole[begin:end]
        bare = text.lstrip()
        begin += len(text) - len(bare)
        text = bare.rstrip()
        end = begin + len(text)
        marks = []
        for start, stop in self.marks:
            if start >= end:
                break
            if stop > begin:
                marks.append((max(start, begin) - begin, min(stop, end) - begin))
        return Snippet(
            text=text,
            marks=tuple(marks),
            field=self._field,
            paragraph=whole.count("\n", 0, begin) + 1 if self._field == "body" else None,
            cut_left=begin > 0 and whole[begin - 1] != "\n",
            cut_right=end < len(whole) and whole[end] != "\n",
        )


def _holds(spans: Sequence[Span], window: Span) -> bool:
    at = bisect.bisect_left(spans, (window[0], 0))
    return at < len(spans) and spans[at][1] <= window[1]


def _window(text: str, start: int, stop: int, chars: int) -> tuple[int, int]:
    """Where a passage around [start, stop) begins and ends, in the paragraph that holds `start`."""
    paragraph_start = text.rfind("\n", 0, start) + 1
    paragraph_stop = text.find("\n", start)
    if paragraph_stop < 0:
        paragraph_stop = len(text)
    stop = min(stop, paragraph_stop)
    if paragraph_stop - paragraph_start <= chars:
        return paragraph_start, paragraph_stop
    reach = int(chars * _REACH_BACK)
    begin = _sentence_start(text, paragraph_start, start, reach)
    if start - begin > reach:
        begin = _edge(text, max(paragraph_start, start - int(chars * _CONTEXT)), paragraph_start, -1)
    limit = max(stop, begin + chars)
    if limit >= paragraph_stop:
        end = paragraph_stop
        # What the end does not need goes to the beginning.
        spare = chars - (end - begin)
        if spare > 0 and begin > paragraph_start:
            earlier = _edge(text, max(paragraph_start, begin - spare), paragraph_start, 1)
            begin = min(begin, earlier)
    else:
        end = _sentence_stop(text, max(stop, limit - int(chars * _GIVE_UP)), limit)
        if end < 0:
            end = max(stop, _edge(text, limit, stop, -1))
    return begin, end


def _sentence_start(text: str, low: int, high: int, reach: int) -> int:
    """Where the sentence that holds `high` begins, if within `reach` before it; else `low`."""
    begin, near = low, max(low, high - reach)
    # Not inside a sentence's end, which would not be seen.
    while near > low and not text[near - 1].isalnum():
        near -= 1
    for found in _SENTENCE_END.finditer(text, near, high):
        if not _ABBREVIATION.search(text[max(low, found.start() - 11) : found.start() + 1]):
            begin = found.end()
    return begin


def _sentence_stop(text: str, low: int, high: int) -> int:
    """The last sentence's end in [low, high), trailing space left out; -1 when there is none."""
    end = -1
    for found in _SENTENCE_END.finditer(text, low, high):
        if not _ABBREVIATION.search(text[max(0, found.start() - 11) : found.start() + 1]):
            end = found.start() + len(found.group().rstrip())
    return end


def _edge(text: str, place: int, bound: int, step: int) -> int:
    """The nearest place, backwards (-1, not past `bound`) or forwards (1), that is not inside a word."""
    stop = len(text)
    while bound < place < stop and not _AT_EDGE.search(text, place - 1, place + 1):
        place += step
    if step < 0:
        while place > bound and place < stop and text[place - 1].isspace() and text[place].isspace():
            place -= 1
    return place
