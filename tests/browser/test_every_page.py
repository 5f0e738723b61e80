"""Every page of the site is in order, however it is looked at; each fault would be named."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.driving import Complaints, look
from tests.browser.looks import OF_THE_DESK, OF_THE_SITE, problems
from tests.browser.pages import PAGES, REFUSED, States, show

# A sheet that is adopted is not asked by the page's policy.
ADOPT = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
PALE = "main p, main p * { color: #777 !important; background: #888 !important }"
WIDE = "main h1 { width: 700px !important; max-width: none !important }"
LIGHT, DARK = "(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"
LOST = "main .btn { border: none !important }"
# Each is a fault in one look alone. An em of a media query is the text of the browser's settings.
FAULTS = {
    "axe in light": f"@media (width: 1280px) and {LIGHT} and (forced-colors: none) {{ {PALE} }}",
    "axe in dark": f"@media (width: 1280px) and {DARK} and (forced-colors: none) {{ {PALE} }}",
    "axe on a phone": f"@media (width: 360px) and {LIGHT} {{ {PALE} }}",
    "axe on a phone in dark": f"@media (width: 360px) and {DARK} {{ {PALE} }}",
    "width of the smallest phone": f"@media (width: 320px) {{ {WIDE} }}",
    "width of a laptop at 200 percent": f"@media (width: 40em) {{ {WIDE} }}",
    "text twice as large": f"@media (width: 640px) and (width: 20em) {{ {WIDE} }}",
    "less motion": "@media (prefers-reduced-motion) { main p { transition-duration: 1s !important } }",
    "forced colours on white": f"@media (forced-colors: active) and {LIGHT} {{ {LOST} }}",
    "forced colours on black": f"@media (forced-colors: active) and {DARK} {{ {LOST} }}",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_order(tab: Page, complaints: Complaints, wordy: States, name: str) -> None:
    look(tab)
    show(tab, wordy, name)
    heard = complaints.but_for(REFUSED.get(name))  # before axe, which causes some itself
    found = heard + problems(tab, OF_THE_SITE)
    assert not found, "\n".join((name, *found))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_one_look_alone_can_see_is_named_after_it(
    tab: Page, wordy: States, fault: str
) -> None:
    look(tab)
    show(tab, wordy, "home")
    tab.evaluate(ADOPT, FAULTS[fault])
    found = problems(tab, {each.called: each for each in OF_THE_SITE + OF_THE_DESK}.values())
    assert {problem.partition(":")[0] for problem in found} == {fault}


def test_every_look_has_a_fault_that_it_sees() -> None:
    assert {each.called for each in OF_THE_SITE + OF_THE_DESK} == set(FAULTS)
