"""Makes a large archive out of a smaller one: the same sentences in other articles, and new words.

    python -m tests.bench.recombine articles.jsonl.zst --articles 1000000 --seed 1 --out million.jsonl

The sentences of a block of articles are shuffled and dealt out, each once, to articles as long as the real
ones, so words are as frequent and sentences as rare as they were. Dates, sections, sources and authors are
those of a real article, the headline is another's. Of the words 2 % are replaced by new ones, without which
the vocabulary would end with the source's. Two in a hundred articles are copies of another one, as when two
papers print an agency's story. When the source is used up it is gone through again with another shuffle; no
more than a block is ever held.
"""

from __future__ import annotations

import io
import itertools
import json
import math
import random
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any, TextIO

import click
import zstandard

from tests.bench.records import Record, records

BLOCK = 5_000
TEXTS = ("title", "summary")
NEW_WORDS = 0.02
COPIES = 0.02
# A copy is of one of so many articles before it.
RECENT = 200

# Speech without full stops (a third of the press releases here) would otherwise be one sentence an article.
LONGEST_SENTENCE, CUT = 40, 20
# Begins with the blank, which is rarer than a look behind at every letter: a third of the time.
_SENTENCE_ENDS = re.compile(r"\s(?:(?<=[.!?]\s)|(?<=[.!?][\"”’)]\s))\s*(?=[\"“‘(]?[A-Z])")
_LETTERS = re.compile(r"[^\W\d_]+")

_SYLLABLES = tuple(consonant + vowel for consonant in "bdfghjklmnprstvz" for vowel in "aeiou")
# New words follow a law of Zipf and Mandelbrot: the k-th is drawn with a chance near (k + HEAD)^-(1 + TAIL).
# Real articles' vocabulary grows with the 0.45th power of their length (59,154 words in 10,000 articles,
# 165,026 in 100,000), which gives 462,000 for a million. Drawn so, a million articles of 440 words hold
# 292,000 new words beside the source's 165,000.
TAIL, HEAD = 3 / 7, 20
LONGEST_WORD = len(_SYLLABLES) ** 5


class _Dice(random.Random):
    """Draws that are the same for a seed on every machine: only random() and what is computed from it."""

    def below(self, count: int) -> int:
        return int(self.random() * count)

    def shuffled(self, items: list[Any]) -> list[Any]:
        self.shuffle(items)
        return items

    def new_word(self) -> str:
        # 1 - random() is never 0.
        drawn = HEAD * ((1.0 - self.random()) ** (-1 / TAIL) - 1.0)
        return word(int(min(drawn, LONGEST_WORD - 1)))


def word(number: int) -> str:
    """The new word of that number, of three to five syllables, so that hardly any is a real one.

    Neighbours do not begin alike; no two numbers below LONGEST_WORD give the same word.

    >>> word(0), word(1), word(2), word(600_000)
    ('bababa', 'lanibe', 'vefubi', 'jikosaba')
    """
    syllables = next(each for each in range(3, 6) if number < len(_SYLLABLES) ** each)
    # Odd and no multiple of five, so that multiplying by it permutes the numbers of so many syllables.
    number = number * 0x9E3779B1 % len(_SYLLABLES) ** syllables
    found = ""
    for _ in range(syllables):
        number, digit = divmod(number, len(_SYLLABLES))
        found = _SYLLABLES[digit] + found
    return found


@dataclass(frozen=True, slots=True)
class _Made:
    """An article made: its text before new words were put in, and what is beside the text."""

    body: str
    beside: dict[str, str]


def recombined(jsonl: Path, articles: int, *, seed: int = 1, block: int = BLOCK) -> Iterator[dict[str, Any]]:
    """So many articles as JSON values, streamed; raises ValueError when the file holds none."""
    dice = _Dice(seed)
    made = itertools.islice(_endless(jsonl, block, dice), articles)
    for number, each in enumerate(made):
        item = {"id": f"made-{seed}-{number:07}"}
        for key, value in each.beside.items():
            item[key] = replaced(value, dice) if key in TEXTS else value
        item["body"] = replaced(each.body, dice)
        yield item


def _endless(jsonl: Path, block: int, dice: _Dice) -> Iterator[_Made]:
    while True:
        source = records(jsonl)
        held = list(itertools.islice(source, block))
        if not any(record.body.strip() for record in held):
            raise ValueError(f"{jsonl.name} holds no articles to recombine")
        while held:
            yield from _with_copies(_dealt(held, dice), dice)
            held = list(itertools.islice(source, block))


def _dealt(block: list[Record], dice: _Dice) -> Iterator[_Made]:
    """As many articles as the block has, of its sentences."""
    cut = [sentences(record.body) for record in block]
    deck = dice.shuffled([sentence for each in cut for sentence in each])
    lengths = dice.shuffled([len(each) for each in cut if each])
    templates = dice.shuffled(list(block))
    headlines = dice.shuffled([record.headline for record in block if record.headline])
    summaries = dice.shuffled([record.summary for record in block if record.summary])
    # Articles without a text are not dealt to, and have no length.
    for length, record in zip(lengths, templates, strict=False):
        dealt = [deck.pop() for _ in range(length)]
        headline = headlines.pop() if record.headline else ""
        summary = summaries.pop() if record.summary else ""
        yield _Made("".join(dealt).rstrip(), _beside(record, headline, summary))


def _beside(record: Record, headline: str, summary: str) -> dict[str, str]:
    values = {
        "title": headline,
        "summary": summary,
        "published": _day_or_instant(record.published) if record.published else "",
        "author": record.by,
        "section": record.section,
        "source": record.source,
        "dateline": record.place,
        "language": record.language or "en",
    }
    return {key: value for key, value in values.items() if value}


def _day_or_instant(published: datetime) -> str:
    # Most of the real ones are days, which were read as midnight.
    day = published.timetz() == clock(tzinfo=UTC)
    return published.date().isoformat() if day else published.isoformat()


def _with_copies(made: Iterable[_Made], dice: _Dice) -> Iterator[_Made]:
    """Put another's text and headline in the place of some; their last paragraph may be lost."""
    recent: list[_Made] = []
    for each in made:
        if recent and dice.random() < COPIES:
            original = recent[dice.below(len(recent))]
            body = original.body.rpartition("\n")[0]
            text = body if body and dice.random() < 0.5 else original.body
            texts = {key: original.beside[key] for key in TEXTS if key in original.beside}
            each = _Made(text, {**each.beside, **texts})
        recent.append(each)
        if len(recent) > RECENT:
            del recent[: RECENT // 2]
        yield each


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the blank or line break after it.

    >>> sentences("All were saved. The ferry sank.\\nNo. 5 came at 3.5 knots.")
    ['All were saved. ', 'The ferry sank.\\n', 'No. 5 came at 3.5 knots.\\n']
    """
    found = []
    for paragraph in text.split("\n"):
        cut = [each for each in _SENTENCE_ENDS.split(paragraph.strip()) if each]
        if cut:
            whole = [piece for sentence in cut for piece in _pieces(sentence)]
            found += [piece + " " for piece in whole[:-1]]
            found.append(whole[-1] + "\n")
    return found


def _pieces(sentence: str) -> list[str]:
    # A sentence of so few letters cannot have too many words, and most are not looked at further.
    if len(sentence) <= 2 * LONGEST_SENTENCE:
        return [sentence]
    words = sentence.split(" ")
    if len(words) <= LONGEST_SENTENCE:
        return [sentence]
    return [" ".join(words[at : at + CUT]) for at in range(0, len(words), CUT)]


def replaced(text: str, dice: _Dice) -> str:
    """The text with one word in fifty a new one; capitals and the punctuation beside it stay."""
    words = text.split(" ")
    per_gap = 1 / math.log(1 - NEW_WORDS)
    at = int(math.log(1.0 - dice.random()) * per_gap)
    while at < len(words):
        found = _LETTERS.search(words[at])
        if found:
            old, new = found.group(), dice.new_word()
            new = new.capitalize() if old[0].isupper() else new
            words[at] = words[at][: found.start()] + new + words[at][found.end() :]
        at += 1 + int(math.log(1.0 - dice.random()) * per_gap)
    return " ".join(words)


@contextmanager
def _writing(out: Path) -> Iterator[TextIO]:
    with out.open("wb") as raw:
        if out.suffix == ".zst":
            packed: Any = zstandard.ZstdCompressor().stream_writer(raw, closefd=False)
        else:
            packed = raw
        with io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as text:
            yield text


@click.command(help=__doc__)
@click.argument("jsonl", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--articles", default=1_000_000, show_default=True, help="Make so many.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same file.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Packed when it ends with .zst.")
def main(jsonl: Path, articles: int, seed: int, out: Path) -> None:
    began = time.perf_counter()
    try:
        _write(jsonl, articles, seed, out)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    seconds = time.perf_counter() - began
    click.echo(f"{articles:,} articles in {seconds:.0f} s, {articles / seconds:,.0f}/s", err=True)


def _write(jsonl: Path, articles: int, seed: int, out: Path) -> None:
    with _writing(out) as lines:
        for count, item in enumerate(recombined(jsonl, articles, seed=seed), start=1):
            lines.write(json.dumps(item, ensure_ascii=False) + "\n")
            if count % 50_000 == 0:
                click.echo(f"{count:,} of {articles:,} articles", err=True)


if __name__ == "__main__":
    main()
