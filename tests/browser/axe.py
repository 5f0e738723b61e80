"""What axe finds on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

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
# No rule of these asks for the sheets themselves, and fetching them takes an eighth of the time.
WHOLE: dict[str, Any] = {"runOnly": TAGS, "preload": False}
# Nothing else is another in the dark, and the rest takes as long again.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "preload": False,
}
# Only what is wrong leaves the page: the rest is a hundred times as much.
RUN = """async options => (await axe.run({ ...options, resultTypes: ["violations"] })).violations"""


def barriers(page: Page, options: dict[str, Any] = WHOLE) -> list[str]:
    """What axe finds: a rule, the element and what is wrong with it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    page.evaluate(AT_REST)
    found = page.evaluate(RUN, options)
    return [f"{rule['id']}: {_where(node)}" for rule in found for node in rule["nodes"]]


def _where(node: dict[str, Any]) -> str:
    return f"{node['target']} {' '.join(node['failureSummary'].split())}"
