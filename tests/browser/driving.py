"""How the browser tests fill in the wizard, and how they hear what a browser complains about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, ViewportSize, expect

from tests.web import LENS, Json, Visitor, soup, typed

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


def look(page: Page, width: int = 1280, **media: Any) -> None:
    """Sets the window and what the browser says its user prefers; light and plain if not given."""
    plain = {"media": "screen", "color_scheme": "light", "contrast": "no-preference"}
    plain |= {"forced_colors": "none", "reduced_motion": "no-preference"}
    size: ViewportSize = {"width": width, "height": 800}
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(**(plain | media))


def fill(page: Page, filled: Mapping[str, str]) -> None:
    """Fills in fields by name, as a person would: radios checked, options chosen, text typed."""
    for name, text in filled.items():
        question = LENS.question.get(name)
        if name.endswith("_text") and not page.locator(f"[name='{name}']").is_visible():
            go_on(page, "Add a change")
            expect(page.locator(f"[name='{name}']")).to_be_visible()
        if question and question.kind == "choice":
            page.check(f"input[name='{name}'][value='{text}']")
        elif name.endswith(("_kind", "_likelihood")):
            page.select_option(f"[name='{name}']", text)
        else:
            page.fill(f"[name='{name}']", text)


def go_on(page: Page, button: str = "Continue") -> None:
    page.get_by_role("button", name=button).click()


def expect_heading(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_have_text(text)


def walk(page: Page, file: Json) -> None:
    """From the first step to check-your-answers."""
    for step in LENS.steps:
        expect_heading(page, step.title)
        fill(page, typed(file, step))
        go_on(page)
    expect_heading(page, "Check your answers")


@dataclass(frozen=True)
class Seed:
    """An assessment that was filled in without a browser."""

    site: str
    token: str

    def url(self, rest: str = "") -> str:
        return f"{self.site}/a/{self.token}/{rest and rest + '/'}"


def seed(site: str, file: Json | None = None, finished: bool = False, until: str = "") -> Seed:
    visitor = Visitor(site)
    token = visitor.start()
    if file:
        visitor.walk(file, until)
    if finished:
        visitor.open(f"/a/{token}/check/")
        visitor.send(button="See the verdict")
    return Seed(site, token)


def share(seeded: Seed) -> str:
    """The address of a new share link."""
    visitor = Visitor(seeded.site)
    visitor.open(f"/a/{seeded.token}/")
    page = visitor.send(button="Make a link")
    field = soup(page).select_one(".link-box input")
    assert field
    return str(field["value"])


def revoke(seeded: Seed) -> None:
    """Takes back the newest share link."""
    visitor = Visitor(seeded.site)
    visitor.open(f"/a/{seeded.token}/")
    visitor.send(button="Revoke")


@dataclass
class Complaints:
    """What the console, uncaught errors and the content security policy say on a page."""

    heard: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> Complaints:
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"uncaught: {error}"))
        return self

    def but_for(self, status: int | None) -> list[str]:
        """What was heard so far, without what is said of a page that has this status."""
        allowed = f"status of {status}" if status else "nothing at all"
        return [text for text in self.heard if allowed not in text]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.type}: {message.text} {message.location}")
