"""The command line: build, ask and examine an index. web/cli.py adds `serve` and `demo` to this group.

Exit codes: 0 done, 1 done with something left to look at (unreadable sources), 2 not done.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from corpus.errors import NewsdexError
from indexer import compiling
from indexer.settings import Settings, load

if TYPE_CHECKING:
    from indexer.terminal import Shown

F = TypeVar("F", bound=Callable[..., Any])
NOT_DONE = 2


@dataclass
class Given:
    """What the command line said of settings, before or behind the command."""

    index: str | None = None
    config: str | None = None

    def settings(self, **overrides: Any) -> Settings:
        """The settings in force, with a command's own options above all; None means not given."""
        return load(index=self.index, config=self.config, **overrides)


class Newsdex(click.Group):
    """Turns what can go wrong into one line that says what to do, and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with compiling.told(_say_compiling):
                return super().invoke(ctx)
        except NewsdexError as error:
            _not_done(str(error), _code_of(error))
        except KeyboardInterrupt as stopped:
            _not_done(f"stopped; {str(stopped) or 'what was there before is still in use'}", "stopped")
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _not_done(f"{where}{error.strerror or error}; what was there before is still in use", "failed")
        ctx.exit(NOT_DONE)


def _say_compiling() -> None:
    click.echo(f"{compiling.WORDS} ...", err=True)


def _code_of(error: NewsdexError) -> str:
    """
    >>> _code_of(type("IndexMissing", (NewsdexError,), {})("x"))
    'index_missing'
    """
    name = type(error).__name__
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def _not_done(message: str, code: str) -> None:
    ctx = click.get_current_context()
    if ctx.find_root().meta.get("newsdex.json"):
        click.echo(json.dumps({"ok": False, "code": code, "detail": message}, ensure_ascii=False))
    else:
        click.echo(f"newsdex: {message}", err=True)


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    given = ctx.ensure_object(Given)
    if value is not None and parameter.name:
        setattr(given, parameter.name, value)


def pass_given(function: F) -> F:
    """Give the command the `Given` before its own arguments, and let it take --index and --config."""
    for names, metavar, words in (
        ("--config", "FILE", "The settings file; by default newsdex.toml here or in your settings folder."),
        ("--index", "FOLDER", "Where the index is; by default newsdex-index in the current folder."),
    ):
        function = click.option(
            names, metavar=metavar, help=words, expose_value=False, callback=_keep, is_eager=True
        )(function)

    @click.pass_obj
    @functools.wraps(function)
    def with_given(given: Given, *args: Any, **kwargs: Any) -> Any:
        return function(given, *args, **kwargs)

    return with_given  # type: ignore[return-value]


def pass_settings(function: F) -> F:
    """Give the command the settings in force before its own arguments."""

    @functools.wraps(function)
    def with_settings(given: Given, *args: Any, **kwargs: Any) -> Any:
        return function(given.settings(), *args, **kwargs)

    return pass_given(with_settings)  # type: ignore[return-value]


def _as_json(ctx: click.Context, parameter: click.Parameter, value: bool) -> bool:
    if value:
        ctx.find_root().meta["newsdex.json"] = True
    return value


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_as_json, is_eager=True, help="Write JSON, for programs."
)


def echo_json(value: Any) -> None:
    """One JSON value on standard output, indented where a person looks at it."""
    indent = 2 if sys.stdout.isatty() else None
    click.echo(json.dumps(value, ensure_ascii=False, indent=indent))


@click.group(cls=Newsdex, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", metavar="FILE", expose_value=False, callback=_keep, is_eager=True, hidden=True)
@click.option("--index", metavar="FOLDER", expose_value=False, callback=_keep, is_eager=True, hidden=True)
@click.version_option(package_name="newsdex", prog_name="newsdex")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Search a folder of news articles.

    \b
    newsdex rebuild ARTICLES/     make the index
    newsdex search "ferry"        ask it
    newsdex update                follow what changed
    """
    ctx.ensure_object(Given)


_paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
_force = click.option("--force", is_flag=True, help="Go on where a guard against losing articles says no.")
_dry_run = click.option("--dry-run", is_flag=True, help="Read and report, and write nothing.")


@cli.command()
@_paths
@_force
@_dry_run
@json_option
@pass_settings
def rebuild(settings: Settings, paths: tuple[Path, ...], force: bool, dry_run: bool, as_json: bool) -> None:
    """Make the index exactly what PATHS hold.

    Without PATHS, what the paths of the last rebuild hold. The index is made beside the old one and takes
    its place in one step, so a running server answers all the while, and Ctrl-C loses nothing.
    """
    from indexer.build import rebuild as build

    _build(build, settings, paths, force=force, dry_run=dry_run, as_json=as_json)


@cli.command()
@_paths
@_force
@_dry_run
@json_option
@pass_settings
def update(settings: Settings, paths: tuple[Path, ...], force: bool, dry_run: bool, as_json: bool) -> None:
    """Follow what was added, changed, moved or deleted.

    Without PATHS, under all paths the index was made from. Files are told apart by size and time, then by
    content. Losing a whole folder, or more than half of 100 or more articles, takes --force.
    """
    from indexer.build import update as build

    _build(build, settings, paths, force=force, dry_run=dry_run, as_json=as_json)


def _build(build: Any, settings: Settings, paths: tuple[Path, ...], *, as_json: bool, **options: Any) -> None:
    from indexer import terminal

    with building() as shown:
        report = build(paths, settings, shown, **options)
    if as_json:
        echo_json(report.as_json())
    else:
        terminal.show_report(terminal.console(), report, str(settings.index))
    sys.exit(report.exit_code)


@contextlib.contextmanager
def building() -> Iterator[Shown]:
    """A build's progress on standard error, until it is done; a polite kill ends it as Ctrl-C does."""
    from indexer import terminal

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with (
            terminal.Shown(terminal.console(stderr=True)) as shown,
            compiling.told(shown.compiling, every=True),
        ):
            yield shown
    finally:
        signal.signal(signal.SIGTERM, before)


# So that `-drill` reaches the query instead of being taken for options.
_WORDS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@cli.command(context_settings=_WORDS)
@click.argument("query", nargs=-1)
@click.option("--match", type=click.Choice(["all", "any"]), default="all", help="All words, or any of them.")
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest", "updated", "longest"]))
@click.option("--page", type=click.IntRange(1, 1_000_000), default=1, help="Which page of the results.")
@click.option("--page-size", type=click.IntRange(1, 100), default=10, help="Results on a page.")
@json_option
@pass_settings
def search(settings: Settings, query: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Find articles, the best first.

    \b
    newsdex search ferry '"coast guard"' -drill
    newsdex search 'section:politics date:2026-01/2026-03'

    A word with a minus before it is left out of the results.
    """
    from indexer import terminal
    from indexer.as_json import page_json
    from indexer.opening import open_engine

    asked = _query_of(query, facets=("source", "section", "year"), **options)
    with contextlib.closing(open_engine(settings)) as engine:
        found = engine.search(asked)
    if as_json:
        echo_json(page_json(found))
    else:
        terminal.show_page(terminal.console(), found)


def _query_of(words: tuple[str, ...], **options: Any) -> Any:
    from indexer.parse import parse
    from indexer.query import Query

    if unknown := next((word for word in words if word.startswith("--")), ""):
        raise click.NoSuchOption(unknown)
    text = " ".join(words)
    parsed = parse(text, match=options.get("match", "all"))
    return Query(text=text, clause=parsed.clause, notes=parsed.notes, **options)


@cli.command(context_settings=_WORDS)
@click.argument("query", nargs=-1)
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@pass_settings
def export(settings: Settings, query: tuple[str, ...], form: str, output: TextIO) -> None:
    """Write whole articles, all or those that match QUERY, one JSON object a line.

    They are written as they are found, however many there are, in the form that
    reads back as it was: ids, dates and what is known of them.
    """
    from corpus.article import article_to_dict
    from indexer.opening import open_engine

    with contextlib.closing(open_engine(settings)) as engine:
        for article in engine.articles(_query_of(query) if query else None):
            output.write(json.dumps(article_to_dict(article), ensure_ascii=False) + "\n")


@cli.command()
@json_option
@pass_settings
def info(settings: Settings, as_json: bool) -> None:
    """Tell what the index holds."""
    from indexer import terminal
    from indexer.as_json import info_json
    from indexer.ledger import open_ledger
    from indexer.opening import open_engine

    with contextlib.closing(open_engine(settings)) as engine:
        known = engine.info()
    with contextlib.closing(open_ledger(settings.index)) as ledger:
        roots, counts = [str(root) for root in ledger.roots()], ledger.counts()
    if as_json:
        path = str(settings.index)
        echo_json({"ok": True, "path": path, **info_json(known), "roots": roots, "ledger": counts})
    else:
        terminal.show_info(terminal.console(), known, str(settings.index), roots, counts)


@cli.command()
@json_option
@pass_settings
def doctor(settings: Settings, as_json: bool) -> None:
    """Examine index, ledger, files and disk, and say what to do.

    Reads every file of the index. Exits with 0 when all is well, 1 with notes, 2 when a rebuild is due.
    """
    from indexer import terminal
    from indexer.checkup import checkup

    found = checkup(settings)
    if as_json:
        echo_json(found.as_json())
    else:
        terminal.show_checkup(terminal.console(), found)
    sys.exit(found.exit_code)


@cli.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@pass_settings
def forget(settings: Settings, ids: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Take articles out of the index, its older generations and the ledger, for good.

    The whole index is written anew, so that nothing of them is left in it. Later builds leave them out. Your
    own files are not touched; they are named, for you to mend.
    """
    from indexer import terminal
    from indexer.forget import forget as forget_articles

    if not (yes or as_json):
        click.confirm(f"Forget {terminal.plural(len(ids), 'article')} for good?", abort=True, err=True)
    with building() as shown:
        done = forget_articles(ids, settings, shown)
    if as_json:
        echo_json({"ok": True, "ids": done.ids, "files": done.files, "generation": done.generation,
                   "articles": done.articles})  # fmt: skip
        return
    click.echo(f"Forgotten: {', '.join(done.ids)}. {terminal.plural(done.articles, 'article')} left.")
    if done.files:
        click.echo("These files still hold the text:")
        for file in done.files:
            click.echo(f"  {file}")


def run() -> None:
    """The group's commands as a process of their own."""
    # numpy's OpenBLAS begins with a thread a core: 50 ms of processor time at every start; nothing
    # here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Importing makes hundreds of thousands of objects that stay; looking for cycles among them took a
    # twentieth of a start. What runs long sets its own threshold.
    gc.set_threshold(1_000_000)
    warnings.showwarning = _show_warning
    try:
        cli(prog_name="newsdex")
    finally:
        # Nor are they looked through at the end: that took a fifth of an update of a hundred articles, and
        # a quarter of a search.
        gc.freeze()


def _show_warning(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
    """Our own warnings in our own words; anybody else's as Python shows them."""
    if issubclass(category, compiling.NotKept):
        click.echo(f"newsdex: {message}", err=True)
    else:
        _shown_by_python(message, category, *where, **more)


_shown_by_python = warnings.showwarning


def main() -> None:
    """The command `python -m indexer`."""
    run()
