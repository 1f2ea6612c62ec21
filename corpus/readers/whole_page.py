"""Cutting a page that was copied as a whole, menus and all, down to its story.

A copy of the story alone has a few lines around it, and is left as it is. A copy of everything has dozens of
short lines above and below; there the story is the longest run of paragraphs, and its headline the best line
in the neighbourhood above.
"""

from __future__ import annotations

import re

from corpus.readers.page_lines import CJK, chrome, copyright_notice, is_prose, is_section, picture_credit
from corpus.readers.page_meta import meta_of

# With more lines than these before the first paragraph, the copy may hold the site's menus: heads of stories
# have about eight (kicker, headline, standfirst, byline, role, two dates, caption).
_HEAD_MOST = 9
# A story's paragraphs may be parted by subheads, captions and lists of links; more lines part two stories.
_GAP_MOST = 7
# The foot of a small page: so few lines after the story are left for the reader to judge one by one.
_FOOT_MOST = 12
# Menus are of lines with so few words; a story may begin with a list, whose lines have more.
_MENU_WORDS = 4
# How far above the first paragraph a headline is looked for.
_NEAR = 30


def cut_to_story(lines: list[str]) -> tuple[list[str], str]:
    """The lines from headline to end of the story, and the headline; all lines and "" for a small page."""
    story = _longest_run(lines)
    if story is None or sum(1 for line in lines[: story[0]] if not chrome(line)) <= _HEAD_MOST:
        return lines, ""
    first, last = story
    at = _best_headline(lines, first)
    if at is None or not _is_menu(lines[:at]):
        return lines, ""
    return lines[at : _end(lines, last)], lines[at]


def _is_menu(lines: list[str]) -> bool:
    """Whether most of the lines are of few words."""
    return sum(len(line.split()) <= _MENU_WORDS and len(line) <= 40 for line in lines) * 10 >= len(lines) * 6


def _longest_run(lines: list[str]) -> tuple[int, int] | None:
    """The first and last line of the run of paragraphs that holds the most text."""
    best: tuple[int, int, int] | None = None
    start = last = -1
    length = 0
    for number, line in enumerate(lines):
        if not is_prose(line) or chrome(line) or copyright_notice(line):
            continue
        if start < 0 or number - last > _GAP_MOST:
            start, length = number, 0
        last = number
        length += len(line)
        if best is None or length > best[0]:
            best = (length, start, last)
    return (best[1], best[2]) if best else None


def _best_headline(lines: list[str], first: int) -> int | None:
    """The most headline-like line above the first paragraph: of some words, close to it, a date below.

    The weights were set on 60 whole pages whose headline their own metadata states.
    """
    shown = [n for n in range(max(0, first - _NEAR), first) if not chrome(lines[n])]
    metas = {n for n in shown if meta_of(lines[n])}
    best: tuple[float, int] | None = None
    above = 0.0
    for place, number in enumerate(shown):
        line = lines[number]
        words = len(CJK.findall(line)) / 2 if CJK.search(line) else len(re.findall(r"[^\W\d_]{2,}", line))
        before, above = above, words
        if number in metas or not 3 <= words <= 40 or is_section(line) or picture_credit(line):
            continue
        score = min(words, 8) * 0.35 - 0.12 * (len(shown) - place)
        score += 2 * (lines.count(line) > 1)
        score += 3 * any(after in metas for after in shown[place + 1 : place + 5])
        # What stands right below a line of many words, or ends with a full stop, is rather a standfirst.
        score -= 1.5 * (before >= 5) + 2 * is_prose(line) + 0.7 * line.endswith((".", "…", ":"))
        if best is None or score > best[0]:
            best = (score, number)
    return best[1] if best else None


def _end(lines: list[str], last: int) -> int:
    """Past the story's last paragraph and the lines that still may tell something, such as a byline."""
    if len(lines) - last <= _FOOT_MOST:
        return len(lines)
    end = last + 1
    while end < len(lines) and end < last + 5 and (chrome(lines[end]) or meta_of(lines[end])):
        end += 1
    return end
