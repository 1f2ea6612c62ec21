"""How many questions a second `newsdex serve` answers to several clients at once, and how fast.

    python -m tests.bench.http articles.jsonl --articles 20000
    python -m tests.bench.http newsdex-index --clients 8 --seconds 20
    python -m tests.bench.http newsdex-index --workers 2

Starts the command with its defaults over an index, or over one it builds of a file, and asks /api/v1/search
the bench's questions from clients that each keep one connection open.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import click

from corpus.article import Article
from corpus.errors import NewsdexError
from indexer.opening import open_engine
from indexer.settings import Settings
from tests.bench import measure, tree
from tests.bench.clients import Answered, Clients, Load
from tests.bench.markdown import conditions, table
from tests.bench.measure import CHECKOUT, percentile
from tests.bench.peers import FACETS, Question
from tests.bench.questions import SAMPLE, questions
from tests.bench.records import Record, prefix
from tests.bench.with_newsdex import NEWSDEX

# What is asked beside the question: the endpoint's defaults, and the facets of the bench.
KINDS = {"as it comes": {}, "with four facets": {"facets": ",".join(FACETS)}}
_ADDRESS = re.compile(r"http://[^:/]+:(\d+)[/ ]")
STOPPING_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What one kind of question gave; `server_cpu` are the server's processor seconds meanwhile."""

    kind: str
    answered: Answered
    server_cpu: float | None


def measured(index: Path, asked: list[Question], load: Load, workers: int = 0) -> list[Served]:
    """Serve the index and ask every kind of question of it."""
    found = []
    with serving(index, workers) as (port, pid):
        for kind, beside in KINDS.items():
            clients = Clients(port, [path_of(question, beside) for question in asked], load)
            clients.warmed()
            before = _cpu(pid)
            answered = clients.go()
            after = _cpu(pid)
            used = None if before is None or after is None else after - before
            found.append(Served(kind=kind, answered=answered, server_cpu=used))
    return found


@contextlib.contextmanager
def serving(index: Path, workers: int = 0) -> Iterator[tuple[int, int]]:
    """`newsdex serve` over the index on a free port, or gunicorn: the port and the process's id.

    Raises tree.Failed when the command ends instead.
    """
    with tempfile.TemporaryDirectory(prefix="newsdex-http-") as folder, tempfile.TemporaryFile("w+") as told:
        command = [*NEWSDEX, "serve", "--index", str(index.absolute()), "--port", "0"]
        env = measure.defaults(Path(folder))
        if workers:
            command = [sys.executable, "-m", "gunicorn", "-c", "python:web.deploy.gunicorn_conf",
                       "--workers", str(workers), "--bind", "127.0.0.1:0", "--log-file", "-"]  # fmt: skip
            env |= {"NEWSDEX_INDEX": str(index.absolute()), "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if workers else told,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                said = ""
                # gunicorn says more than its address, and all of it on one of the two.
                while (address := _ADDRESS.search(said)) is None:
                    line = process.stdout.readline()
                    said += line
                    if not line:
                        told.seek(0)
                        raise tree.Failed(f"the server did not start:\n{said}{told.read()}")
                yield int(address[1]), process.pid
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(STOPPING_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()


def path_of(question: Question, beside: dict[str, str]) -> str:
    """The question as a request.

    >>> path_of(Question(kind="", text='"stem cell"', sort="newest"), {"facets": "source"})
    '/api/v1/search?q=%22stem+cell%22&sort=newest&facets=source'
    """
    values = {"q": question.text}
    if question.match != "all":
        values["match"] = question.match
    if question.first and question.last:
        values |= {"from_date": question.first.isoformat(), "to_date": question.last.isoformat()}
    if question.sort != "relevance":
        values["sort"] = question.sort
    return f"/api/v1/search?{urlencode({**values, **beside})}"


def held(index: Path) -> Iterator[Record]:
    """The articles of an index, as many as questions are drawn from."""
    with contextlib.closing(open_engine(Settings(index=index))) as engine:
        yield from map(_record, itertools.islice(engine.articles(), SAMPLE))


def _record(article: Article) -> Record:
    return Record(
        id=article.id,
        headline=article.headline,
        summary=article.summary,
        body=article.body,
        by=article.by,
        source=article.source,
        section=article.section,
        place=article.located,
        language=article.language,
        url=article.original_url,
        published=article.published.value if article.published else None,
    )


def _cpu(pid: int) -> float | None:
    used = [tree.cpu_seconds(each) for each in tree.family(pid)]
    known = [each for each in used if each is not None]
    return sum(known) if known else None


def report(
    found: list[Served], *, load: Load, articles: int, asked: int, data: str, average: float, workers: int = 0
) -> str:
    """The page: what was run, and a row for each kind of question."""
    rows = []
    for served in found:
        answered = served.answered
        times = answered.times or [0.0]
        errors = sum(answered.errors.values())
        told = ", ".join(f"{kind}: {count:,}" for kind, count in answered.errors.most_common())
        each = served.server_cpu
        rows.append(
            (
                served.kind,
                f"{len(answered.times):,}",
                f"{answered.per_second:,.0f}",
                *(f"{percentile(times, share):.1f}" for share in (0.5, 0.95, 0.99)),
                f"{max(times):.1f}",
                f"{errors:,} ({told})" if errors else "0",
                f"{1000 * each / len(times):.1f}" if each is not None else "",
            )
        )
    head = ("questions", "answers", "answers/s", "p50 ms", "p95 ms", "p99 ms", "longest ms", "errors",
            "processor ms each")  # fmt: skip
    about = [
        *conditions("tests.bench.http", average),
        f"- data: {data}: {articles:,} articles",
        f"- {load.clients} clients, each a process with one connection that stays open, each asking its next "
        f"question when the last is answered; {asked:,} different questions of all classes",
    ]
    return "\n".join(
        [
            "# HTTP\n",
            "\n".join(about) + "\n",
            table(head, rows),
            f"{_server(workers)}, asked at /api/v1/search for JSON: twenty articles with three "
            "snippets each. Server and clients share the machine. The processor time is the server's for "
            "each answer.\n",
        ]
    )


def _server(workers: int) -> str:
    if workers:
        return f"gunicorn with the settings of web/deploy and {workers} processes"
    return "`newsdex serve` with its defaults"


def _indexed(jsonl: Path, articles: int, folder: Path) -> Path:
    file, index = folder / "articles.jsonl", folder / "newsdex"
    prefix(jsonl, articles, file)
    measure.build("newsdex", file, index)
    return index


@click.command(help=__doc__)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--articles", default=20_000, show_default=True, help="Of a file, index so many.")
@click.option("--clients", default=8, show_default=True, help="So many ask at once.")
@click.option("--seconds", default=20.0, show_default=True, help="For so long, after the warm-up.")
@click.option("--warm-up", default=3.0, show_default=True, help="Seconds of asking before.")
@click.option("--requests", default=0, help="So many in all instead of for so long.")
@click.option("--questions", "per_kind", default=20, show_default=True, help="Of each class.")
@click.option("--workers", default=0, help="Serve with so many processes of gunicorn instead.")
@click.option("--seed", default=1, show_default=True, help="Another seed draws other questions.")
@click.option("--data", default="", help="How the report calls the data; the file's name otherwise.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the report there too.")
def main(
    path: Path,
    articles: int,
    clients: int,
    seconds: float,
    warm_up: float,
    requests: int,
    per_kind: int,
    workers: int,
    seed: int,
    data: str,
    out: Path | None,
) -> None:
    load = Load(clients=clients, seconds=seconds, warm_up=warm_up, requests=requests)
    average = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="newsdex-http-") as temporary:
        try:
            index = _indexed(path, articles, Path(temporary)) if path.is_file() else path
            asked = questions(held(index), per_kind=per_kind, seed=seed)
            with contextlib.closing(open_engine(Settings(index=index))) as engine:
                count = engine.info().articles
            found = measured(index, asked, load, workers)
        except (NewsdexError, tree.Failed) as error:
            raise click.ClickException(str(error)) from error
    page = report(found, load=load, articles=count, asked=len(asked), data=data or path.name,
                  average=average, workers=workers)  # fmt: skip
    if out:
        out.write_text(page, encoding="utf-8")
    click.echo(page)


if __name__ == "__main__":
    main()
