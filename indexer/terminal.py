"""What the command line shows: on a terminal with bars, bold and colour, elsewhere plain lines."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from corpus.article import Article
from indexer import compiling
from indexer.as_json import moment_json
from indexer.results import Facet, Hit, IndexInfo, ResultPage, Snippet

# A search shows neither a build's progress nor the doctor's findings, and does not wait for their modules.
if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from indexer.checkup import Checkup
    from indexer.report import BuildReport, Problem

PLAIN_EVERY = 10.0
PROBLEMS_SHOWN = 10
FACET_VALUES_SHOWN = 5
WIDTH_MOST = 100


def console(*, stderr: bool = False) -> Console:
    """A console of a readable width; piped, it breaks no lines."""
    made = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if made.is_terminal and made.width > WIDTH_MOST:
        return Console(stderr=stderr, highlight=False, soft_wrap=True, width=WIDTH_MOST)
    return made


class Shown:
    """A build's progress: a bar with rate and time left on a terminal, a line now and then elsewhere."""

    def __init__(self, out: Console):
        self._out = out
        self._stage, self._total, self._read, self._articles = "", 0, 0, 0
        self._began = self._last = time.monotonic()
        self._told_compiling = False
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        if out.is_terminal:
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                TextColumn("{task.fields[told]}", style="dim"),
            )
            # It is drawn when there is something to tell, not by a thread: a build forks, if it has none.
            self._bar = Progress(*columns, console=out, transient=True, auto_refresh=False)

    def __enter__(self) -> Shown:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stage(self, name: str, total: int = 0) -> None:
        self._stage, self._total, self._read, self._articles = name, total, 0, 0
        self._began = self._last = time.monotonic()
        if self._bar is None:
            self._out.print(f"{name} ...", markup=False)
            return
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=total or None, told="")

    def advance(self, *, bytes_read: int = 0, articles: int = 0) -> None:
        self._read += bytes_read
        self._articles += articles
        now = time.monotonic()
        if self._bar is not None and self._task is not None:
            if now - self._last > 0.1:
                self._last = now
                told = self._told(now)
                self._bar.update(
                    self._task, completed=self._read, told=told, description=self._stage, refresh=True
                )
        elif now - self._last > PLAIN_EVERY:
            self._last = now
            self._out.print(f"{self._stage}: {self._told(now)}", markup=False)

    def compiling(self) -> None:
        """Say that the stage waits for the compiler: on the bar until its next advance, in lines once."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=compiling.WORDS, refresh=True)
            self._last = 0.0
        elif not self._told_compiling:
            self._out.print(f"{compiling.WORDS} ...", markup=False)
        self._told_compiling = True

    def problem(self, problem: Problem) -> None:
        """Problems are told together at the end; a bar is no place for them."""

    def _told(self, now: float) -> str:
        spent = max(now - self._began, 0.001)
        parts = [f"{self._articles:,} articles", f"{self._articles / spent:,.0f}/s"]
        if self._total:
            share = min(self._read / self._total, 1.0)
            parts.insert(0, f"{share:.0%}")
            if share > 0.02 and spent > 1:
                parts.append(f"{duration(spent / share - spent)} left")
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """
    >>> duration(0.4), duration(8), duration(75), duration(7300)
    ('0.4 s', '8 s', '1:15 min', '2:01 h')
    """
    if seconds < 1:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"


def size(count: int) -> str:
    """
    >>> size(1), size(999_499), size(1_500_000)
    ('1 byte', '999 KB', '1.5 MB')
    """
    if count < 1_000:
        return plural(count, "byte")
    for unit in ("KB", "MB", "GB", "TB"):
        scaled = count = count / 1_000  # type: ignore[assignment]
        if scaled < 999.5 or unit == "TB":
            break
    return f"{scaled:.0f} {unit}" if scaled >= 10 else f"{scaled:.1f} {unit}"


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def show_report(out: Console, report: BuildReport, index: str) -> None:
    """The report of a build, the outcome first."""
    done = {"rebuild": "Rebuilt", "update": "Updated"}[report.command]
    if report.dry_run:
        done = f"A dry run: {report.command} would leave"
    elif report.command == "update" and not (report.added or report.changed or report.removed):
        done = "No article changed in"
    out.print(
        f"[bold]{done} {escape(index)}[/]: {plural(report.articles, 'article')} from "
        f"{plural(report.files, 'file')}, {duration(report.seconds)}"
    )
    # An article of a file with another name has another id: one more is added and one removed for each.
    moved = min(report.moved, report.added, report.removed)
    rows = (
        ("articles", (
            (report.added - moved, "added"), (report.changed, "changed"), (report.removed - moved, "removed"),
            (report.unchanged, "unchanged"), (moved, "moved"),
        )),
        ("files", (
            (report.files_read, "read"), (report.files_unchanged, "not changed"),
            (report.files_vanished, "gone"), (report.encoding_repaired, "with mended encoding"),
        )),
        ("formats", tuple((count, name.replace("_", " ")) for name, count in report.formats.items())),
        ("dates", ((report.undated, "without a date"), (report.doubtful, "doubtful"))),
        ("same id", ((report.duplicates, "repeated"), (report.versions, "with another text"))),
        ("left out", ((report.withheld, "withdrawn by their source"), (report.forgotten, "forgotten"))),
    )  # fmt: skip
    told = [
        (f"  {name}", ", ".join(f"{count:,} {what}" for count, what in counts if count))
        for name, counts in rows
    ]
    if not report.dry_run and report.bytes:
        told.append(("  index", f"generation {report.generation}, {size(report.bytes)}"))
    _show_rows(out, [row for row in told if row[1]])
    _show_listed(out, report.notes, len(report.notes), "remark", "")
    if report.unreadable:
        out.print()
        title = plural(report.unreadable, "file or item", "files or items")
        _show_listed(out, report.problems, report.unreadable, "", f"{title} gave no article:")


def _show_listed(out: Console, rows: Iterable[Problem], total: int, what: str, title: str) -> None:
    if not total:
        return
    out.print(f"[yellow]{title or plural(total, what) + ':'}[/]")
    for row in list(rows)[:PROBLEMS_SHOWN]:
        out.print(Text.assemble("  ", row.uri, (f": {row.reason}", "dim")))
    if total > PROBLEMS_SHOWN:
        out.print(f"  and {total - PROBLEMS_SHOWN:,} more: newsdex doctor, or --json", style="dim")


def show_page(out: Console, page: ResultPage) -> None:
    """Ranked results with their marks, and what else there is to know."""
    least = "at least " if page.total_relation == "gte" else ""
    out.print(
        Text.assemble(
            (f"{least}{plural(page.total, 'article')}", "bold"),
            f" for {page.interpreted}" if page.interpreted else "",
        )
    )
    for note in page.notes:
        out.print(Text.assemble("  ", (note.message, "yellow")))
    if page.suggestion:
        out.print(f"  did you mean: {page.suggestion.text} ({page.suggestion.total:,})", markup=False)
    if page.any_total:
        out.print(f"  {plural(page.any_total, 'article')} with any of the words: --match any")
    for hit in page.hits:
        out.print()
        _show_hit(out, hit)
    facets = [line for facet in page.facets if (line := _facet_line(facet))]
    if facets:
        out.print()
        for line in facets:
            out.print(line)
    if page.pages > 1:
        out.print()
        more = f"; next: --page {page.query.page + 1}" if page.query.page < page.pages else ""
        out.print(f"page {page.query.page:,} of {page.pages:,}{more}", style="dim")


def _show_hit(out: Console, hit: Hit) -> None:
    article = hit.article
    headline = marked_text(hit.marked.headline) if article.headline else Text("(no headline)")
    headline.stylize("bold")
    rank = f"{hit.rank:,}. "
    out.print(Text.assemble((rank, "dim"), headline), soft_wrap=not out.is_terminal)
    _show_indented(out, Text(" · ".join(_facts(article)), style="dim"), len(rank))
    for snippet in hit.snippets:
        text = Text.assemble("… " if snippet.cut_left else "", marked_text(snippet))
        text.append(" …" if snippet.cut_right else "")
        _show_indented(out, text, len(rank))


def _show_indented(out: Console, text: Text, margin: int) -> None:
    """On a terminal wrapped within the margin; elsewhere one line, for grep."""
    if out.is_terminal:
        from rich.padding import Padding

        out.print(Padding(text, (0, 0, 0, margin), expand=False), soft_wrap=False)
    else:
        out.print(Text(" " * margin) + text, soft_wrap=True)


def _show_rows(out: Console, rows: list[tuple[str, str]]) -> None:
    """Names and values in two columns."""
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        for line, text in enumerate(value.split("\n")):
            label = Text((name if not line else "").ljust(width + 2), style="dim")
            if out.is_terminal:
                from rich.table import Table

                grid = Table.grid()
                grid.add_row(label, Text(text))
                out.print(grid)
            else:
                out.print(label + Text(text))


def _facts(article: Article) -> list[str]:
    day = (moment_json(article.published) or "undated")[:10]
    by = article.by or ", ".join(article.authors)
    return [part for part in (article.source, day, article.section, by, article.id) if part]


def marked_text(snippet: Snippet) -> Text:
    """The passage, its marks in more than colour; a pipe gets the bare words."""
    text = Text()
    for part, matched in snippet.pieces():
        text.append(part, style="bold underline" if matched else "")
    return text


def _facet_line(facet: Facet) -> Text | None:
    if not facet.buckets:
        return None
    shown = facet.buckets[:FACET_VALUES_SHOWN]
    told = " · ".join(f"{bucket.label} {bucket.count:,}" for bucket in shown)
    more = facet.other + len(facet.buckets) - len(shown)
    return Text.assemble((f"{facet.name}: ", "dim"), told, (f" · {more:,} more" if more else "", "dim"))


def show_info(out: Console, info: IndexInfo, index: str, roots: list[str], counts: dict[str, int]) -> None:
    """What the index holds."""
    days = f"{info.first_day} to {info.last_day}" if info.first_day else "none"
    kept = f"{plural(counts['versions'], 'other text')}, {plural(counts['tombstones'], 'tombstone')}"
    rows = [
        ("index", index),
        ("generation", f"{info.generation}, built {_ago(info.built_at)}"),
        ("articles", f"{info.articles:,}"),
        ("sources", f"{info.sources:,}"),
        ("languages", ", ".join(info.languages) or "none"),
        ("dates", f"{days}, {info.undated:,} undated"),
        ("size", size(info.bytes_on_disk)),
        ("fallbacks", f"{plural(info.fallbacks, 'list')} left to Whoosh's own matchers"),
        ("made from", "\n".join(roots) or "unknown"),
        ("ledger", kept),
    ]
    _show_rows(out, rows)


def _ago(instant: datetime) -> str:
    age = (datetime.now(instant.tzinfo) - instant).total_seconds()
    return f"{instant.astimezone():%Y-%m-%d %H:%M} ({duration(max(age, 0))} ago)"


def show_checkup(out: Console, found: Checkup) -> None:
    """The doctor's findings, one a line, with their remedies."""
    signs = {"ok": ("ok  ", "green"), "note": ("note", "yellow"), "bad": ("BAD ", "bold red")}
    for finding in found.findings:
        out.print(Text.assemble(signs[finding.state], f"  {finding.what}: ", finding.message))
        for detail in finding.details:
            out.print(Text(f"        {detail}", style="dim"))
        if finding.remedy:
            out.print(Text(f"        to do: {finding.remedy}"))
