"""A printed result is a document of two pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page


@pytest.mark.parametrize("example", ["ledgerly", "tidegate", "harbourmaster"])
def test_a_result_fits_on_two_sheets(page: Page, sqlite_site: str, example: str) -> None:
    page.goto(f"{sqlite_site}/examples/{example}/")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 2
