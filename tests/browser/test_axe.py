"""axe finds no barrier on the printed result, and would find one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.axe import barriers
from tests.browser.driving import look
from tests.browser.pages import States, show


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
