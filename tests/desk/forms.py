"""Forms of the desk, sent as a browser would."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from bs4 import Tag
from django.test import Client as Browser
from django.urls import reverse

from assessments import scope
from tests.web import soup


def desk(name: str, *args: Any) -> str:
    """The address of a page about clients, projects or assessments, such as ``client_change``."""
    return reverse(f"admin:assessments_{name}", args=args)


def filled_in(form: Tag) -> dict[str, Any]:
    """What a browser sends with the form as it stands, without its buttons."""
    sent: dict[str, Any] = {}
    for control in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(control["name"]), control.get("type")
        if "__prefix__" in name or kind in ("submit", "file"):
            continue
        if control.name == "select":
            chosen = [str(o["value"]) for o in control.select("option[selected]")]
            if chosen:
                sent[name] = chosen
        elif kind in ("checkbox", "radio"):
            if control.has_attr("checked"):
                sent.setdefault(name, []).append(str(control.get("value", "on")))
        else:
            text = control.get_text().lstrip("\n") if control.name == "textarea" else ""
            text = str(control.get("value", text))
            several = name in sent and kind == "hidden"
            sent[name] = [*_listed(sent[name]), text] if several else text
    return sent


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def main_form(browser: Browser, address: str) -> dict[str, Any]:
    """The form by which the page at the address is saved."""
    form = soup(browser.get(address)).select_one("#content form[id$=_form]")
    assert form is not None
    return filled_in(form)


class Refusals:
    """The lines of the log about what was refused."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING, scope.__name__)
        self.caplog = caplog

    def __contains__(self, words: str) -> bool:
        return any(words in record.getMessage() for record in self.caplog.records)
