"""The page of an assessment at the desk, and its addresses, for the tests."""

from __future__ import annotations

from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Assessment
from tests.web import form_of


def page_of(assessment: Assessment) -> str:
    return reverse("admin:assessments_assessment_change", args=[assessment.pk])


def at(name: str, assessment: Assessment, *args: Any) -> str:
    """The address of something to do on the page, such as ``note_add``."""
    return reverse(f"admin:assessments_assessment_{name}", args=[assessment.pk, *args])


def filled(page: Any, button: str, **given: str) -> dict[str, str]:
    """What a browser would send with the form of this button, with some fields filled in."""
    form, sent = form_of(page, button), {}
    for control in form.select("[name]"):
        name = str(control["name"])
        if control.name == "textarea":
            # the first line break after the tag is not part of the text
            sent[name] = control.get_text().removeprefix("\n")
        elif control.name == "select":
            chosen = control.select_one("option[selected]")
            sent[name] = str(chosen["value"]) if chosen else ""
        else:
            sent[name] = str(control.get("value", ""))
    return sent | given


def review(browser: Browser, assessment: Assessment, act: str = "save", **given: str) -> Any:
    """The answer to a review that was filled in on the page as it stands now."""
    page = browser.get(page_of(assessment))
    return browser.post(at(f"review_{act}", assessment), filled(page, "Save", **given))
