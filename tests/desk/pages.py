"""The page of an assessment at the desk, and its addresses, for the tests."""

from __future__ import annotations

from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Assessment
from tests.web import controls, form_of


def at(name: str, *args: Any) -> str:
    """An address of the desk about assessments, such as ``note_add``; rows stand for their keys."""
    keys = [getattr(arg, "pk", arg) for arg in args]
    return reverse(f"admin:assessments_assessment_{name}", args=keys)


def page_of(assessment: Assessment) -> str:
    return at("change", assessment)


def filled(page: Any, button: str, **given: str) -> dict[str, str]:
    """What a browser would send with the form of this button, with some fields filled in."""
    return controls(form_of(page, button)) | given


def review(browser: Browser, assessment: Assessment, act: str = "save", **given: str) -> Any:
    """The answer to a review that was filled in on the page as it stands now."""
    page = browser.get(page_of(assessment))
    return browser.post(at(f"review_{act}", assessment), filled(page, "Save", **given))
