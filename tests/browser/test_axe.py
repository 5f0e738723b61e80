"""axe finds no barrier on any page, in light and in dark, and none on the printed result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.driving import look
from tests.browser.pages import States, show
from tests.servers import ROOT

# Evaluated from outside the page, where its content security policy has no say.
AXE = Path(ROOT, "tests/vendor/axe-core/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A colour on its way to another is neither, and what follows a change of size comes a frame later;
# a page that nobody draws never gets there.
AT_REST = """Promise.race([
  Promise.allSettled([
    new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
    ...document.getAnimations().map(each => each.finished),
  ]),
  new Promise(done => setTimeout(done, 2000)),
])"""
RUN = "tags => axe.run({runOnly: tags, resultTypes: ['violations']})"


def barriers(page: Page) -> list[str]:
    """What axe finds: a rule, the element and what is wrong with it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    page.evaluate(AT_REST)
    found = page.evaluate(RUN, TAGS)["violations"]
    return [f"{rule['id']}: {_where(node)}" for rule in found for node in rule["nodes"]]


def _where(node: dict[str, Any]) -> str:
    return f"{node['target']} {' '.join(node['failureSummary'].split())}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_barrier(shown: Page, scheme: str) -> None:
    look(shown, color_scheme=scheme)
    assert barriers(shown) == []


def test_a_page_has_no_barrier_on_a_phone(shown: Page) -> None:
    look(shown, width=360)
    assert barriers(shown) == []


@pytest.mark.parametrize("name", ["result", "shared"])
def test_the_printed_result_has_no_barrier(tab: Page, wordy: States, name: str) -> None:
    look(tab, media="print")
    show(tab, wordy, name)
    assert barriers(tab) == []


def test_a_barrier_would_be_found(tab: Page, wordy: States) -> None:
    look(tab)
    show(tab, wordy, "home")
    tab.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")
    assert [found for found in barriers(tab) if found.startswith("label: ")]
