"""`newsdex serve` and `newsdex demo`, added to the command group of indexer/cli.py.

The server is waitress: one process, threads; searching lets go of the interpreter's lock. It listens on this
machine alone unless told that it is public. Several processes behind one port are gunicorn's (wsgi.py).
"""

from __future__ import annotations

import dataclasses
import errno
import gc
import logging
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click
import platformdirs

from corpus.errors import NewsdexError
from indexer.cli import Given, building, cli, pass_given, run
from indexer.settings import Settings
from web.wsgi import application, is_loopback, ready

_public = click.option(
    "--public",
    is_flag=True,
    help="Anybody who reaches the address may search: needed beyond this machine and behind a proxy.",
)


class ServeRefused(NewsdexError):
    """The server was not started; the message says what to do."""


@cli.command()
@click.option("--host", metavar="ADDRESS", help="Where to listen; by default this machine alone.")
@click.option("--port", type=click.IntRange(0, 65_535), help="On which port; 0 takes a free one.")
@click.option("--threads", type=click.IntRange(1, 1_000), help="How many requests are answered at once.")
@_public
@pass_given
def serve(given: Given, host: str | None, port: int | None, threads: int | None, public: bool) -> None:
    """Serve the web page and the JSON endpoint.

    A rebuild or an update beside it is noticed by itself, without a restart. With --public,
    X-Forwarded-Proto and X-Forwarded-Host of a proxy on the same machine are believed.
    """
    settings = given.settings(host=host, port=port, threads=threads)
    _serve(settings, public=public, name="Newsdex")


@cli.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="On which port; else a free one.")
@pass_given
def demo(given: Given, port: int) -> None:
    """Index the sample articles into your cache folder and serve them.

    The samples are invented news of invented papers, in seven languages and in every format that is read.
    """
    from indexer import terminal
    from indexer.build import rebuild
    from web.answers import product_version

    folder = Path(platformdirs.user_cache_dir("newsdex", appauthor=False)) / f"demo-{product_version()}"
    settings = dataclasses.replace(given.settings(), index=folder, host="127.0.0.1", port=port)
    with as_file(files("corpus") / "samples") as samples, building() as shown:
        report = rebuild([samples], settings, shown, force=True)
    click.echo(f"{terminal.plural(report.articles, 'sample article')} indexed in {folder}")
    _serve(settings, public=False, name="The demo")


# Its index has a place of its own: one that a person named would lose its articles to the samples.
demo.params = [each for each in demo.params if each.name != "index"]


def _serve(settings: Settings, *, public: bool, name: str) -> None:
    if not public and not is_loopback(settings.host):
        raise ServeRefused(
            f"{settings.host} is reached from beyond this machine, and whoever reaches it may search; "
            "if that is meant, add --public, else leave --host away"
        )
    from waitress.server import create_server

    app = application(settings, public=public)
    try:
        server: Any = create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident=None,
            # The application itself tells a proxy from anybody.
            clear_untrusted_proxy_headers=False,
        )
    except (OSError, ValueError) as error:
        raise ServeRefused(why_not(error, settings.host, settings.port)) from error
    click.echo(f"{name} is at {_address(settings.host, server)} (Ctrl-C stops it)")
    try:
        ready(app)
    except NewsdexError as error:
        # The terminal says what every page would say, until there is an index.
        click.echo(f"newsdex: {error}", err=True)
    # It says of every request that waits for a thread how many wait: under load a line for each answer.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    gc.set_threshold(700, 10, 10)
    server.run()
    click.echo("Stopped.")


def why_not(error: OSError | ValueError, host: str, port: int) -> str:
    """Why a server cannot listen there, and what would do.

    >>> why_not(OSError(errno.EADDRINUSE, ""), "127.0.0.1", 8642)
    'port 8642 is in use by another program; take another with --port, 0 for any that is free'
    """
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {port} is in use by another program; take another with --port, 0 for any that is free"
    if number == errno.EACCES:
        return f"this user may not listen on port {port}; take one from 1024 up with --port"
    return f"{host} is no address of this machine to listen on; 127.0.0.1 always is"


def _address(host: str, server: Any) -> str:
    """Where to point a browser; of several sockets (localhost is often two) the first."""
    port = server.effective_listen[0][1] if hasattr(server, "effective_listen") else server.effective_port
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def main() -> None:
    """The command `newsdex`."""
    run()
