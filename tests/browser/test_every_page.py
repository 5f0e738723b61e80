"""Every page of the site is in order, however it is looked at; each fault would be named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.driving import Complaints, look
from tests.browser.looks import ALL, OF_THE_SITE, Look, looks_at, problems
from tests.browser.pages import PAGES, REFUSED, States, show
from tests.browser.probes import LOST_ON_THE_PAPER, MOVING, TOO_WIDE, UNREADABLE
from tests.examples import THOROUGH

# A sheet that is adopted is not asked by the page's policy.
ADOPT = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
PALE = "main p, main p * { color: #777 !important; background: #888 !important }"
HEADLESS = "main h1 { display: none !important }"
WIDE = "main h1 { width: 700px !important; max-width: none !important }"
LIGHT, DARK = "(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"
LOST = "main .btn { border: none !important }"
MOVES = "main p { transition-duration: 1s !important }"
# Each is a fault in one look alone. An em of a media query is the text of the browser's settings.
FAULTS = {
    "axe in light": f"@media (width: 1280px) and {LIGHT} and (forced-colors: none) {{ {PALE} }}",
    "axe in dark": f"@media (width: 1280px) and {DARK} and (forced-colors: none) {{ {PALE} }}",
    "axe on a phone": f"@media (width: 360px) and {LIGHT} {{ {HEADLESS} }}",
    "axe on a phone in dark": f"@media (width: 360px) and {DARK} {{ {PALE} }}",
    "width of the smallest phone": f"@media (width: 320px) {{ {WIDE} }}",
    "width of a laptop at 200 percent": f"@media (width: 40em) {{ {WIDE} }}",
    "text twice as large": f"@media (width: 640px) and (width: 20em) {{ {WIDE} }}",
    "less motion": f"@media (prefers-reduced-motion) {{ {MOVES} }}",
    "forced colours on white": f"@media (forced-colors: active) and {LIGHT} {{ {LOST} }}",
    "forced colours on black": f"@media (forced-colors: active) and {DARK} {{ {LOST} }}",
}


@pytest.mark.parametrize(("name", "looks"), looks_at(PAGES, OF_THE_SITE), ids=PAGES)
def test_a_page_is_in_order(
    tab: Page, complaints: Complaints, wordy: States, name: str, looks: list[Look]
) -> None:
    look(tab)
    show(tab, wordy, name)
    heard = complaints.but_for(REFUSED.get(name))  # before axe, which causes some itself
    found = heard + problems(tab, looks)
    assert not found, "\n".join((name, *found))


# ---- Without a part of it ----


# What a page has to do without. Each by itself when thorough; without scripts a page has all that
# they would hide, so that one look without anything sees most.
ALL_PARTS = ("script", "image", "stylesheet")
WITHOUT = [ALL_PARTS, *[(part,) for part in ALL_PARTS]] if THOROUGH else [ALL_PARTS]


@pytest.fixture(scope="module", params=WITHOUT, ids=" and ".join)
def bare_tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A browser that runs no scripts, or to which no images or no style sheets get through."""
    with browser.new_context(java_script_enabled="script" not in request.param) as context:

        def let_through(route: Route) -> None:
            if route.request.resource_type in request.param:
                route.abort()
            else:
                route.continue_()

        context.route("**/static/**", let_through)
        yield context.new_page()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_and_used_without(bare_tab: Page, wordy: States, name: str) -> None:
    show(bare_tab, wordy, name)
    assert bare_tab.evaluate(UNREADABLE) == []


@pytest.mark.parametrize("bare_tab", [ALL_PARTS], indirect=True, ids=["anything"])
def test_nothing_but_the_page_gets_through(bare_tab: Page, wordy: States) -> None:
    failed: list[str] = []
    bare_tab.on("requestfailed", lambda request: failed.append(request.resource_type))
    show(bare_tab, wordy, "home")
    assert "stylesheet" in failed
    assert bare_tab.evaluate("getComputedStyle(document.body).marginTop") == "8px"
    assert set(failed) <= {"stylesheet", "image"}


# ---- Each of these would be noticed ----


@pytest.mark.control
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_one_look_alone_can_see_is_named_after_it(
    tab: Page, wordy: States, fault: str
) -> None:
    look(tab)
    show(tab, wordy, "home")
    tab.evaluate(ADOPT, FAULTS[fault])
    found = problems(tab, ALL)
    assert {problem.partition(":")[0] for problem in found} == {fault}


def test_every_look_has_a_fault_that_it_sees() -> None:
    assert {each.called for each in ALL} == set(FAULTS)


@pytest.mark.control
@pytest.mark.parametrize(
    ("look_for", "wrong", "media"),
    [
        (TOO_WIDE, '<svg width="3000" height="1"></svg>', {}),
        (MOVING, "", {}),
        (UNREADABLE, "<input>", {}),
        (UNREADABLE, "<h1>Another</h1>", {}),
        (LOST_ON_THE_PAPER, "<svg><circle r='4'/></svg>", {"color_scheme": "dark"}),
    ],
    ids=["too wide", "moving", "no label", "two headings", "lost"],
)
def test_it_would_be_noticed(
    tab: Page, wordy: States, look_for: str, wrong: str, media: dict[str, Any]
) -> None:
    look(tab, forced_colors="active" if media else "none", **media)
    show(tab, wordy, "home")
    tab.evaluate(
        "(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", wrong
    )
    assert tab.evaluate(look_for)
