"""Every page, in both colour schemes, held to those rules of WCAG 2.2 A and AA that a program can check."""

from __future__ import annotations

import pytest

from tests.browser.conftest import MakePage

pytestmark = pytest.mark.browser
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PAGES = {
    "front": "/",
    "search": "/search?q=ferry",
    "search with filters": '/search?q=ferry+"quay&section=News&exclude_source=sawt&utm_source=x&explain=1',
    "nothing found": "/search?q=ferry+zeppelin&section=News&from_date=2020",
    "article": "/a/long?q=ferry#hit-3",
    "article in Arabic": "/a/souk?q=ferry",
    "help": "/help",
    "about": "/about",
    "api": "/api",
    "error": "/search?q=ferry&from_date=soon",
    "not found": "/a/nobody",
}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule_that_can_be_checked(open_page: MakePage, scheme: str, width: int) -> None:
    page = open_page("/help", width=width, color_scheme=scheme)
    broken = []
    for name, path in PAGES.items():
        page.goto(path)
        # What is folded away is checked as well.
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found = axe.Axe().run(page, options=RULES).response["violations"]
        broken += [
            f"{name}: {rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"][:3]
        ]

    assert not broken, "\n".join(broken)
