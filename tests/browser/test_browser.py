"""What a person does at the page, done in Chromium."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakePage

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/search?q=ferry",
    "/search?q=zeppelin+ferry",
    "/a/long?q=ferry",
    "/a/wide?q=ferry",
    "/a/souk?q=ferry",
    "/help",
    "/about",
    "/api",
    "/api/errors",
    "/nothing",
    "/search?from_date=soon&q=ferry",
)


def test_a_search_from_the_front_page_finds_and_says_how_many(open_page: MakePage) -> None:
    page = open_page("/")
    page.fill("#q", "ferry")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=ferry")

    expect(page).to_have_title("28 articles for ferry – Newsdex")
    assert page.get_by_role("status").inner_text().startswith("28 articles")
    assert page.locator(".result").count() == 20


def test_filters_narrow_and_are_lifted_again(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry")
    page.locator(".group a", has_text="Meridian Wire").first.click()
    expect(page).to_have_title(re.compile("^1 article "))
    page.locator(".chips a", has_text="Source: Meridian Wire").click()
    expect(page).to_have_title(re.compile("^28 articles "))
    page.get_by_role("link", name="Leave out Harbour Gazette").click(force=True)
    expect(page).to_have_title(re.compile("^3 articles "))


def test_filters_fold_away_on_a_phone_without_script(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry", width=390, java_script_enabled=False)
    link = page.locator(".group a", has_text="Meridian Wire").first

    assert not link.is_visible()
    page.locator("label.opener").click()
    assert link.is_visible()


def test_a_bar_of_the_timeline_narrows_to_its_month(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry")
    page.locator(".plot svg a").last.click()

    expect(page).to_have_url(re.compile("from_date=2026-02-01"))
    expect(page).to_have_title(re.compile("^24 articles "))


def test_dates_are_set_in_the_form(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry")
    page.fill("input[name=from_date]", "2026-01-01")
    page.fill("input[name=to_date]", "2026-01-31")
    page.get_by_role("button", name="Set dates").click()

    expect(page).to_have_title(re.compile("^1 article "))
    assert "q=ferry" in page.url


def test_hits_are_walked_with_keys_and_counted(open_page: MakePage) -> None:
    page = open_page("/a/long?q=ferry")
    where = page.locator(".hitbar .where")
    expect(where).to_have_text("9 hits")
    page.keyboard.press("n")
    expect(where).to_have_text("Hit 1 of 9")
    page.keyboard.press("p")
    expect(where).to_have_text("Hit 9 of 9")
    expect(page).to_have_url(re.compile("#hit-9$"))
    page.locator(".hitbar .next").click()
    expect(where).to_have_text("Hit 1 of 9")


def test_the_hit_come_to_is_not_under_the_bar(open_page: MakePage) -> None:
    page = open_page("/a/long?q=ferry#hit-5")
    mark, bar = page.locator("#hit-5").bounding_box(), page.locator(".hitbar").bounding_box()

    assert mark
    assert bar
    assert bar["y"] + bar["height"] <= mark["y"] < 900


def test_hits_are_walked_without_script(open_page: MakePage) -> None:
    page = open_page("/a/long?q=ferry", java_script_enabled=False)
    page.locator(".hitbar li a").nth(1).click()
    hop = page.locator("#hit-2 ~ a.hop:visible").last
    expect(hop).to_have_text("2 of 9 →")
    hop.click()

    expect(page).to_have_url(re.compile("#hit-3$"))


def test_results_are_walked_with_keys(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == page.locator(".result h2 a").first.get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url("**/a/**")


def test_keys_are_letters_inside_the_box(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry")
    page.keyboard.press("/")
    page.keyboard.press("End")
    page.keyboard.type(" jk?")

    assert page.input_value("#q") == "ferry jk?"
    assert "/search" in page.url


def test_keys_can_be_switched_off_and_stay_off(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry")
    page.get_by_role("button", name="Keys on").click()
    page.reload()
    page.keyboard.press("?")

    assert page.get_by_role("button", name="Keys off").is_visible()
    assert "/search" in page.url


def test_completions_come_while_typing(open_page: MakePage) -> None:
    page = open_page("/")
    page.locator("#q").press_sequentially("tar", delay=20)
    page.wait_for_selector("#completions option", state="attached")

    assert "tariffs" in [o.get_attribute("value") for o in page.locator("#completions option").all()]


def test_the_first_stop_of_the_tab_key_skips_to_the_content(open_page: MakePage) -> None:
    page = open_page("/search?q=ferry")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_nothing_is_asked_of_anybody_else_and_nothing_fails(open_page: MakePage) -> None:
    page = open_page("/help")
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES:
        page.goto(path, wait_until="load")

    assert {urlsplit(url).netloc for url in asked} == {urlsplit(page.url).netloc}
    assert [text for text in said if not re.search("status of 4\\d\\d", text)] == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_scrolls_sideways(open_page: MakePage, width: int) -> None:
    """320 px is also what 400 % zoom of a 1280 px window leaves (WCAG 1.4.10)."""
    page = open_page("/help", width=width)
    wide = []
    for path in PAGES:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)

    assert wide == []


@pytest.mark.parametrize("path", ["/search?q=ferry", "/a/long?q=ferry"])
def test_text_twice_as_large_still_fits(open_page: MakePage, path: str) -> None:
    page = open_page(path, width=1280)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    clipped = page.evaluate(
        """[...document.querySelectorAll('h1, h2, .snippet, .line, .group a, .sorts a')]
           .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
           .map(e => e.className || e.tagName)"""
    )
    assert clipped == []


# Text against what it stands on; WCAG 2.2 AA asks 4.5 for text, 3 for what is drawn.
PAIRS = (
    ("--ink", "--paper", 7.0),
    ("--ink", "--wash", 7.0),
    ("--paper", "--ink", 7.0),
    ("--mark-ink", "--mark", 7.0),
    ("--quiet", "--paper", 4.5),
    ("--quiet", "--wash", 4.5),
    ("--link", "--paper", 4.5),
    ("--link", "--wash", 4.5),
    ("--accent", "--paper", 4.5),
    ("--paper", "--accent", 4.5),
    ("--bar", "--paper", 3.0),
    ("--mark-line", "--paper", 3.0),
)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.strip().lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_is_told_from_its_ground(open_page: MakePage, scheme: str) -> None:
    page = open_page("/help", color_scheme=scheme)
    weak = []
    for front, ground, least in PAIRS:
        values = [
            page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('{name}')")
            for name in (front, ground)
        ]
        low, high = sorted(map(luminance, values))
        ratio = (high + 0.05) / (low + 0.05)
        if ratio < least:
            weak.append(f"{front} on {ground}: {ratio:.2f}")
    assert weak == []


def test_print_leaves_out_what_paper_cannot_do(open_page: MakePage) -> None:
    page = open_page("/a/long?q=ferry")
    page.emulate_media(media="print")

    assert not page.locator(".hitbar").is_visible()
    assert not page.locator(".masthead form").is_visible()
    assert page.locator(".story h1").is_visible()


def test_a_headline_in_arabic_stands_at_the_right(open_page: MakePage) -> None:
    page = open_page("/a/souk?q=ferry")

    assert page.locator(".story h1").evaluate("e => getComputedStyle(e).direction") == "rtl"
