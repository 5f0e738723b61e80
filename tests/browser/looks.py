"""The looks at a page: how it is shown, and what is asked of it then.

A page is opened once and looked at in all ways, as opening it takes longer than a look does. What
is wrong is gathered, so that one run tells all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.axe import COLOURS, WHOLE, barriers
from tests.browser.driving import look
from tests.browser.probes import LOST_ON_THE_PAPER, MOVING, TOO_WIDE
from tests.examples import THOROUGH

Ask = Callable[[Page], list[str]]


@dataclass(frozen=True)
class Look:
    """A window and what its user prefers, with the question that is asked then."""

    called: str
    ask: Ask
    width: int = 1280
    media: Mapping[str, str] = field(default_factory=dict)


def probe(script: str) -> Ask:
    """Asks by a script that answers with what is wrong."""

    def ask(page: Page) -> list[str]:
        found: list[str] = page.evaluate(script)
        return found

    return ask


def colours(page: Page) -> list[str]:
    """In the dark; when thorough, all that axe knows."""
    return barriers(page, WHOLE if THOROUGH else COLOURS)


def too_wide_with_large_text(page: Page) -> list[str]:
    """With text twice as large, as a browser's own settings make it."""
    developer = page.context.new_cdp_session(page)
    developer.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    try:
        size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
        wrong = [] if size == "32px" else [f"text of {size}"]
        return wrong + probe(TOO_WIDE)(page)
    finally:
        developer.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
        developer.detach()


def problems(page: Page, looks: Iterable[Look]) -> list[str]:
    """All that is wrong with the page that is shown, each with the look that saw it."""
    found = []
    for each in looks:
        look(page, each.width, **each.media)
        found += [f"{each.called}: {what}" for what in each.ask(page)]
    return found


DARK, LESS_MOTION = {"color_scheme": "dark"}, {"reduced_motion": "reduce"}
FORCED = {"forced_colors": "active"}
# What takes longest. For each change a page is looked at in one of these ways, by turns: most of
# its parts are on other pages as well, which have the other ways.
IN_TURN = [
    Look("axe in light", barriers),
    Look("axe on a phone in dark", colours, 360, DARK),
    Look("axe on a phone", barriers, 360),
    Look("axe in dark", colours, media=DARK),
]
OF_THE_DESK = [
    Look("width of the smallest phone", probe(TOO_WIDE), 320),
    Look("width of a laptop at 200 percent", probe(TOO_WIDE), 640),
    Look("less motion", probe(MOVING), media=LESS_MOTION),
]
OF_THE_SITE = [
    *OF_THE_DESK,
    Look("text twice as large", too_wide_with_large_text, 640),
    Look("forced colours on white", probe(LOST_ON_THE_PAPER), media=FORCED),
    Look("forced colours on black", probe(LOST_ON_THE_PAPER), media=FORCED | DARK),
]
ALL = [*IN_TURN, *OF_THE_SITE]


def looks_at(pages: Iterable[str], always: list[Look]) -> list[tuple[str, list[Look]]]:
    """Each page with the looks at it in this run: all of them when thorough."""
    turns = [IN_TURN] if THOROUGH else [[each] for each in IN_TURN]
    return [(name, [*turns[turn % len(turns)], *always]) for turn, name in enumerate(pages)]
