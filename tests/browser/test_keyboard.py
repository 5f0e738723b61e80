"""From the home page to the verdict with keys alone, always seeing where one is."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.driving import expect_heading
from tests.web import FOUNDERS, LENS, typed

SEAM = FOUNDERS["with a settled part"].file
STOPS = 120  # more than any page has
# Where the focus is, and what of that cannot be seen. A card shows the focus of its radio.
FOCUS = """() => {
  const at = document.activeElement;
  const marked = (node) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const { top, bottom } = at.getBoundingClientRect();
  const wrong = [
    at === document.body && "lost",
    ![at, at.parentElement].some(marked) && "no outline",
    (bottom < 0 || top > innerHeight) && "out of view",
  ].filter(Boolean);
  return wrong.length ? `${wrong.join(", ")}: ${at.outerHTML.slice(0, 120)}` : "";
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        assert self.page.evaluate(FOCUS) == "", f"after {key}"

    def tab_to(self, wanted: Locator) -> None:
        """Goes on with Tab until it has the focus."""
        expect(wanted).to_have_count(1)
        for _ in range(STOPS):
            if _has_focus(wanted):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {wanted}")

    def follow(self, wanted: Locator, key: str = "Enter") -> None:
        self.tab_to(wanted)
        self.page.keyboard.press(key)

    def fill(self, name: str, text: str) -> None:
        field = self.page.locator(f"[name='{name}']")
        if not field.first.is_visible():
            self.follow(self.page.get_by_role("button", name="Add a change"))
            expect(field).to_be_focused()
        if field.first.get_attribute("type") == "radio":
            self._choose(name, text)
        else:
            self.tab_to(field)
            self._type(field, text)

    def _choose(self, name: str, value: str) -> None:
        """Tab reaches the radio that is chosen, and arrows go round."""
        self.tab_to(self.page.locator(f"[name='{name}']:checked"))
        wanted = self.page.locator(f"[name='{name}'][value='{value}']")
        for _ in range(STOPS):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"arrows do not reach {value!r} of {name!r}")

    def _type(self, field: Locator, text: str) -> None:
        """Into a field; in a list of options, as many arrows as it takes."""
        if field.evaluate("node => node.tagName") == "SELECT":
            number = "(node, value) => [...node.options].findIndex(each => each.value === value)"
            for _ in range(field.evaluate(number, text)):
                self.press("ArrowDown")
        else:
            self.page.keyboard.type(text)
        expect(field).to_have_value(text)


def _has_focus(wanted: Locator) -> bool:
    return bool(wanted.evaluate("node => node === document.activeElement"))


def _button(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("button", name=name, exact=True)


def test_keys_alone_lead_from_the_home_page_to_the_verdict_and_a_link(
    new_context: Callable[..., BrowserContext], sqlite_site: str
) -> None:
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    keys = Keys(page)
    page.goto(sqlite_site)
    keys.follow(page.get_by_role("button", name="Start an assessment"))
    for number, step in enumerate(LENS.steps):
        expect_heading(page, step.title)
        if number:  # swapped in, and the next Tab starts from its heading
            expect(page.locator("h1")).to_be_focused()
        for name, text in typed(SEAM, step).items():
            keys.fill(name, text)
        keys.follow(_button(page, "Continue"), "Space")
    expect_heading(page, "Check your answers")
    expect(page.locator("h1")).to_be_focused()
    keys.follow(_button(page, "See the verdict"))
    expect(page.locator("h1")).to_contain_text("Start with FastAPI.")
    expect(page.locator("h1")).to_be_focused()
    keys.follow(page.get_by_role("button", name="Make a link"), "Space")
    keys.tab_to(page.locator(".link-box input"))
    keys.follow(page.get_by_role("button", name="Copy"), "Space")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()


def test_the_first_tab_offers_to_skip_to_the_content(page: Page, sqlite_site: str) -> None:
    keys = Keys(page)
    page.goto(sqlite_site)
    keys.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    keys.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_keys_lead_from_a_mistake_to_its_field(page: Page, sqlite_site: str) -> None:
    keys = Keys(page)
    page.goto(f"{sqlite_site}/start/")
    keys.follow(_button(page, "Start"))
    expect_heading(page, LENS.steps[0].title)
    keys.follow(_button(page, "Continue"))
    expect(page.locator(".error-summary")).to_be_focused()
    keys.follow(page.get_by_role("link", name="Give the project a name"))
    expect(page.locator("[name=project_name]")).to_be_focused()
    page.keyboard.type("Marina")
    page.keyboard.press("Enter")
    expect_heading(page, LENS.steps[1].title)
    expect(page.locator("h1")).to_be_focused()
