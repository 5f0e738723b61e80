"""What the tests of the desk's own pages about assessments share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client as Browser

from assessments import scope
from assessments.models import Assessment
from tests.desk.pages import at
from tests.web import controls, form_of, soup, text_of


def act(browser: Browser, action: str, *chosen: Assessment, **kwargs: Any) -> Any:
    """Runs an action of the list on some rows."""
    data = {"action": action, "_selected_action": [str(each.pk) for each in chosen]}
    return browser.post(at("changelist"), data, **kwargs)


def send(browser: Browser, page: Any, button: str, **filled: Any) -> Any:
    """Sends a form of the page as it stands, with some fields filled in."""
    form = form_of(page, button)
    return browser.post(str(form["action"]), controls(form) | filled, follow=True)


def said(page: Any) -> str:
    """The messages at the top of the page."""
    return " ".join(text_of(each) for each in soup(page).select(".messagelist li"))


def columns(page: Any, caption: str) -> list[list[str]]:
    """The rows of the table with this caption, cell by cell."""
    for table in soup(page).find_all("table"):
        if table.caption and caption in text_of(table.caption):
            return [
                [text_of(cell) for cell in row.find_all(["th", "td"])]
                for row in table.select("tbody tr")
            ]
    raise AssertionError(f"there is no table {caption!r}")


@contextmanager
def refused(caplog: pytest.LogCaptureFixture, what: str) -> Iterator[None]:
    """Leaves one line in the log, that says what was refused."""
    caplog.clear()
    yield
    lines = [each.getMessage() for each in caplog.records if each.name == scope.__name__]
    assert [what in line for line in lines] == [True], lines
