"""What the tests that look at every page share: seeded sites, and one tab for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.desk_pages import Desk, running_desk
from tests.browser.driving import Complaints
from tests.browser.pages import States
from tests.web import FOUNDERS, with_answers

SEAM = FOUNDERS["with a settled part"].file
LONG = with_answers(
    SEAM | {"project": {"name": "W" * 100, "summary": "W" * 300}},
    changes=[{"text": "W" * 200, "kind": "user_flow", "likelihood": "certain"}] * 5,
    settled_part_name="W" * 80,
    peak_rps=1_000_000_000,
)


@pytest.fixture(scope="session")
def wordy(sqlite_site: str) -> States:
    """Assessments of which every text is one long word."""
    return States(sqlite_site, LONG)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with something of everything, of which every text is one long word."""
    with running_desk(tmp_path_factory.mktemp("desk"), wordy=True) as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One for all tests of a module, as opening one takes longer than a page does."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def overheard(tab: Page) -> Complaints:
    """What the browser complains about in the tab."""
    return Complaints().listen(tab)


@pytest.fixture
def complaints(overheard: Complaints) -> Complaints:
    """The same, from the beginning of the test."""
    overheard.heard.clear()
    return overheard
