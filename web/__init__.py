"""How a person or a program asks, and sees the answer.

    request.args -> reading.asked_from -> Query -> Engine.search -> ResultPage -> page | JSON | feed

Start with params.py, the one table of what a request may say. Every rendering shows the same ResultPage, so
page and endpoint cannot disagree on a count. Nothing here knows how articles are kept.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

# The command line lives in this package too (cli.py): it is there in a third of the time without Flask and
# what comes with it, so they are imported when an application is made.
if TYPE_CHECKING:
    from flask import Flask

    from indexer.engine import Engine
    from indexer.settings import Settings


def create_app(
    settings: Settings, engine: Engine | None = None, *, hosts: Collection[str] | None = None
) -> Flask:
    """The application; without an `engine` it opens the index of the settings at the first request.

    `hosts` are the host names it answers to, None for any.
    """
    from flask import Flask

    from web import answers, api, errors, feeds, pages
    from web.held import Held

    app = Flask(__name__)
    app.extensions["newsdex"] = Held(settings, engine, hosts)
    # A year: the address of a static file holds its digest.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(pages.TEMPLATE_NAMES)
    answers.register(app)
    errors.register(app)
    for blueprint in (pages.pages, api.api, feeds.feeds):
        app.register_blueprint(blueprint)
    return app
