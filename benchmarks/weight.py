"""What the pages weigh: requests and bytes over the wire, as Chromium counts them.

Run it with ``make bench``. One visitor with an empty cache comes to the home page, then goes all
the way to a shared result, keeping the cache and filling in each form. A page's bytes are those of
everything asked for from the click that leads to it: headers, redirects and answers to forms too.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from benchmarks.figures import note  # noqa: E402
from tests.browser.driving import expect_heading, fill, go_on  # noqa: E402
from tests.chromium import ChromiumMissing, of_the_system  # noqa: E402
from tests.servers import running_server  # noqa: E402
from tests.web import FOUNDERS, LENS, typed  # noqa: E402

Weight = tuple[int, int]  # requests and bytes; as a limit, 0 requests are any number of them
Weights = dict[str, Weight]

KB = 1000
HOME = "home, first visit"
LIMITS: Weights = {HOME: (6, 60 * KB)}
LATER: Weight = (0, 12 * KB)
SETTLE_MS = 300  # Chromium tells of the last bytes a moment after it has shown them.
FILE = FOUNDERS["with a settled part"].file


@dataclass
class Wire:
    """Counts what comes over the network; what the cache answers is not counted."""

    requests: int = 0
    bytes: int = 0
    from_cache: set[str] = field(default_factory=set)

    def listen(self, page: Page) -> Wire:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.requestServedFromCache", self._cached)
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        return self

    def _sent(self, event: dict[str, Any]) -> None:
        """Only for redirects: they are announced with the request that follows them."""
        if redirect := event.get("redirectResponse"):
            self._count(redirect["encodedDataLength"])

    def _cached(self, event: dict[str, Any]) -> None:
        self.from_cache.add(event["requestId"])

    def _received(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if response.get("fromDiskCache") or response["url"].startswith("data:"):
            self.from_cache.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self.from_cache:
            self._count(event["encodedDataLength"])

    def _count(self, size: float) -> None:
        self.requests += 1
        self.bytes += int(size)

    def since_last_time(self) -> Weight:
        counted = self.requests, self.bytes
        self.requests = self.bytes = 0
        return counted


def main() -> None:
    logging.disable(logging.INFO)
    try:
        launch = of_the_system()
    except ChromiumMissing as problem:
        print(f"SKIPPED the weight of the pages: {problem}.")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch)
        with running_server(f"sqlite:///{folder}/site.sqlite3") as site:
            scripted, plain = weigh(chromium, site, True), weigh(chromium, site, False)
        chromium.close()
    show(scripted, plain)


def weigh(chromium: Browser, site: str, scripts: bool) -> Weights:
    """Of each page on the way, the requests and bytes since the page before."""
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    wire, weights = Wire().listen(page), {}
    for name in journey(page, site):
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(SETTLE_MS)
        weights[name] = wire.since_last_time()
    page.context.close()
    return weights


def journey(page: Page, site: str) -> Iterator[str]:
    """From the home page to a shared result; the name of each page once it is there."""
    page.goto(site)
    yield HOME
    page.goto(f"{site}/start/")
    yield "start"
    go_on(page, "Start")
    for step in LENS.steps:
        expect_heading(page, step.title)
        yield f"step “{step.id}”"
        fill(page, typed(FILE, step))
        go_on(page)
    expect_heading(page, "Check your answers")
    yield "check your answers"
    go_on(page, "See the verdict")
    expect(page.locator("h1.verdict")).to_be_visible()
    yield "result"
    go_on(page, "Make a link to read")
    address = page.locator(".link-box input").input_value()
    yield "result with a new link"
    page.goto(address)
    yield "share page"


def show(scripted: Weights, plain: Weights) -> None:
    print("\nThe weight of the pages over the wire, first visit and on from there")
    print(f"{'':<26}{'limit':>18}{'with scripts':>20}{'without':>20}")
    for name, weight in scripted.items():
        most = LIMITS.get(name, LATER)
        columns = f"{said(most):>18}{said(weight):>20}{said(plain[name]):>20}"
        over = any(above(one, most) for one in (weight, plain[name]))
        print(f"{name:<26}{columns}{'  MISSED' if over else ''}")
        for how, weighed in (("with scripts", weight), ("without scripts", plain[name])):
            note("weight", f"{name}, {how}", weighed[1] / KB, "KB", target=most[1] / KB)


def said(weight: Weight) -> str:
    requests, size = weight
    return f"{size / KB:.1f} KB" + (f" in {requests:>2}" if requests else "")


def above(weight: Weight, most: Weight) -> bool:
    return weight[1] > most[1] or 0 < most[0] < weight[0]


if __name__ == "__main__":
    main()
