"""Pages reach people whose browser has no scripts, images or styles; what keeps others out is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driving import look
from tests.browser.pages import PAGES, States, show
from tests.browser.probes import LOST_ON_THE_PAPER, MOVING, TOO_WIDE, UNREADABLE


# ---- Without a part of it ----


@pytest.fixture(scope="module", params=["scripts", "images", "styles"])
def tab_without(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A browser that has no scripts, or to which no images or no style sheets get through."""
    with browser.new_context(java_script_enabled=request.param != "scripts") as context:
        kind = {"images": "image", "styles": "stylesheet"}.get(request.param)
        if kind:
            _block(context, kind)
        yield context.new_page()


def _block(context: Any, kind: str) -> None:
    context.route(
        "**/static/**",
        lambda route: route.abort() if route.request.resource_type == kind else route.continue_(),
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_and_used_without(tab_without: Page, wordy: States, name: str) -> None:
    show(tab_without, wordy, name)
    assert tab_without.evaluate(UNREADABLE) == []


# ---- Each of these would be noticed ----


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
