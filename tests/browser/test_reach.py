"""Pages reach people: small or enlarged, in forced colours, without motion, images or styles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driving import look
from tests.browser.pages import PAGES, States, show
from tests.browser.probes import LOST_ON_THE_PAPER, MOVING, TOO_WIDE, UNREADABLE


@pytest.mark.parametrize("width", [320, 640], ids=["smallest phone", "laptop at 200 percent"])
def test_a_page_fits_without_scrolling_sideways(shown: Page, width: int) -> None:
    look(shown, width)
    assert shown.evaluate(TOO_WIDE) == []


def test_a_page_fits_with_text_twice_as_large(shown: Page) -> None:
    look(shown, 640)
    developer = shown.context.new_cdp_session(shown)
    developer.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    try:
        assert shown.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert shown.evaluate(TOO_WIDE) == []
    finally:
        developer.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
        developer.detach()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_nothing_is_lost(shown: Page, scheme: str) -> None:
    look(shown, color_scheme=scheme, forced_colors="active")
    assert shown.evaluate(LOST_ON_THE_PAPER) == []


def test_nothing_moves_for_somebody_who_asked_for_less_motion(shown: Page) -> None:
    look(shown, reduced_motion="reduce")
    assert shown.evaluate(MOVING) == []


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
