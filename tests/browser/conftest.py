"""A real Chromium in front of a real server over a small archive.

Without a Chromium the tests are skipped and say so; NEWSDEX_REQUIRE_BROWSER=1 makes that a failure.
NEWSDEX_CHROMIUM names the program when it is not where Debian puts it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from waitress.server import create_server

from corpus.article import Article
from indexer.settings import Settings
from tests.fakes import ListEngine, an_article
from web import create_app

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 8
QUIET_PARAGRAPH = "The harbour was quiet and the tide was out. " * 6
# Three times eight paragraphs, a ferry in every third.
PARAGRAPHS = "\n".join((QUIET_PARAGRAPH, QUIET_PARAGRAPH, f"{QUIET_PARAGRAPH} A ferry lay there.") * 8)


def report(number: int) -> Article:
    return an_article(
        id=f"more{number:02}",
        headline=f"Ferry report {number}",
        source="Harbour Gazette",
        section="Sea",
        published="2026-02-01",
        language="en",
    )


ARTICLES = (
    an_article(
        id="long",
        headline="Ferry returns to the quay",
        body=PARAGRAPHS,
        source="Harbour Gazette",
        section="News",
        published="2026-01-15T09:28:00+09:00",
        language="en",
        authors=("Mairead Sloan",),
        located="Port Ellery",
        original_url="https://example.org/ferry",
        keywords=("ferries", "harbour"),
    ),
    an_article(
        id="tariff",
        headline="Court strikes down tariffs",
        body="The court ruled on tinned fish and a ferry.",
        source="Meridian Wire",
        section="Business",
        published="2025-06-19",
        language="en",
    ),
    an_article(
        id="wide",
        headline=f"Ferry {LONG}",
        body=f"Ferry {LONG} ferry",
        summary=LONG,
        source=LONG,
        section=LONG,
        authors=(LONG,),
        original_url=f"https://example.org/{LONG}",
        published="2025-08-01",
        language="de",
    ),
    an_article(
        id="souk",
        headline="صنّاع الفوانيس",
        body="أطلقت ورشة صغيرة فوانيس نحاسية. ferry",
        language="ar",
        source="Sawt",
        published="2025-12-21",
    ),
    *map(report, range(24)),
)


def chromium_path() -> str | None:
    named = os.environ.get("NEWSDEX_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[playwright.Browser]:
    path = chromium_path()
    required = os.environ.get("NEWSDEX_REQUIRE_BROWSER") == "1"
    if path is None:
        if required:
            pytest.fail("there is no Chromium; install it or name it in NEWSDEX_CHROMIUM")
        pytest.skip("there is no Chromium; install it or name it in NEWSDEX_CHROMIUM")
    with playwright.sync_playwright() as driver:
        try:
            opened = driver.chromium.launch(executable_path=path, args=list(QUIET))
        except playwright.Error as error:
            if required:
                raise
            pytest.skip(f"{path} does not start: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the archive is served."""
    app = create_app(Settings(), ListEngine(ARTICLES))
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


MakePage = Callable[..., "playwright.Page"]


@pytest.fixture
def open_page(browser: playwright.Browser, address: str) -> Iterator[MakePage]:
    """Open an address of the archive in a fresh browser of the given width; script on unless said."""
    contexts = []

    def open_at(path: str, width: int = 1280, **options: object) -> playwright.Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=address, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
