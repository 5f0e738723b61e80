"""A founder with several tabs and a consultant at the desk, over HTTP, as browsers without scripts.

They look, fill in and send; what has to come of it is said elsewhere (`must_be_stored`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.must_be_stored import FIELDS, Fields
from tests.servers import run_beside
from tests.web import controls, form_of, soup

NAME, PASSWORD = "ada", "correct horse battery"
PATIENCE = 60
_ADD_CONSULTANT = """
from django.contrib.auth.models import Group, User
from assessments.models import Client
ada = User.objects.create_user({name!r}, password={password!r}, is_staff=True)
ada.groups.add(Group.objects.get())
print(Client.objects.create(name="Harbour & Sons", owner=ada).pk)
"""


@dataclass
class Tab:
    """A form that was opened, as it is filled in; ``number`` is that of the version it is about.

    ``wanted`` and ``based_on`` are what it says and what whoever fills it in has seen.
    """

    number: int
    step: str
    address: str
    sent: Fields
    at_desk: bool = False
    options: dict[str, list[str]] = field(default_factory=dict)

    @property
    def wanted(self) -> Fields:
        return {name: self.sent.get(name, "").strip() for name in FIELDS[self.step]}

    @property
    def based_on(self) -> int:
        return int(self.sent["version"])


class Person:
    """A browser: it keeps cookies, and goes nowhere by itself."""

    def __init__(self, site: str) -> None:
        self.client = httpx.Client(base_url=site, timeout=PATIENCE, follow_redirects=False)

    def open(self, address: str) -> httpx.Response:
        return self.client.get(address)

    def send(self, address: str, data: Fields) -> httpx.Response:
        return self.client.post(address, data=data)

    def press(self, page: str, button: str, **filled: str) -> httpx.Response:
        """Opens a page and sends the form with this button."""
        form = form_of(self.open(page), button)
        return self.send(str(form.get("action") or page), controls(form) | filled)

    def tab(self, number: int, step: str, address: str, at_desk: bool = False) -> Tab:
        return self.tab_on(self.open(address), number, step, address, at_desk)

    def tab_on(
        self, page: httpx.Response, number: int, step: str, address: str, at_desk: bool = False
    ) -> Tab:
        """The form of a step on a page that has come, of a conflict too."""
        form = soup(page).select_one(f'form[method=post][action="{address}"]')
        assert form is not None, f"no form of the step on a page with status {page.status_code}"
        options = {
            str(select["name"]): [str(option["value"]) for option in select.select("option")]
            for select in form.select("select[name]")
        }
        for radio in form.select("input[type=radio]"):
            options.setdefault(str(radio["name"]), []).append(str(radio.get("value", "")))
        return Tab(number, step, address, controls(form), at_desk, options)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What came of things that were done in the same moment, in their order here."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(act) for act in acts]]


class Founder(Person):
    """Whoever has the edit link."""

    def start(self) -> str:
        return self._token(self.press("/start/", "Start"))

    def take_up(self, invitation: str) -> str:
        return self._token(self.press(f"/i/{invitation}/", "Start"))

    def again(self, token: str) -> str:
        return self._token(self.press(f"/a/{token}/", "Re-assess"))

    def share(self, token: str) -> str:
        """A new link, which the next page shows this once."""
        made = self.press(f"/a/{token}/", "Make a link to read")
        assert made.status_code == 302, made.status_code
        shown = re.findall(r"/r/([\w-]{43})/", self.open(f"/a/{token}/").text)
        return str(shown[0])

    def _token(self, answer: httpx.Response) -> str:
        assert answer.status_code == 302, answer.status_code
        return str(answer.headers["Location"]).split("/")[2]


class Consultant(Person):
    """Whoever is signed in at the desk, with one client there."""

    def __init__(self, site: str) -> None:
        super().__init__(site)
        said = run_beside(site, _ADD_CONSULTANT.format(name=NAME, password=PASSWORD))
        self.client_key = int(said)
        login = soup(self.open("/admin/login/")).select_one("#login-form")
        assert login is not None
        who = {"username": NAME, "password": PASSWORD}
        signed_in = self.send("/admin/login/", controls(login) | who)
        assert signed_in.status_code == 302, "nobody could sign in"

    def invite(self) -> str:
        """The token of a new invitation."""
        place = f"/admin/assessments/client/{self.client_key}/invite/"
        form = soup(self.open(place)).select_one("form.desk-form")
        assert form is not None
        filled = {"recipient": "Founder", "project_name": "Begun"}
        made = self.send(place, controls(form) | filled)
        return str(re.findall(r"/i/([\w-]{43})/", self.open(made.headers["Location"]).text)[0])

    def correcting(self, number: int, step: str, assessment: int) -> Tab:
        address = f"/admin/assessments/assessment/{assessment}/correct/{step}/"
        tab = self.tab(number, step, address, at_desk=True)
        tab.sent["correction_reason"] = "As said on the telephone."
        return tab

    def review_form(self, assessment: int) -> Fields:
        page = self.open(f"/admin/assessments/assessment/{assessment}/change/")
        return controls(form_of(page, "Save and publish"))

    def review(self, assessment: int, act: str, sent: Fields) -> httpx.Response:
        return self.send(f"/admin/assessments/assessment/{assessment}/review/{act}/", sent)

    def project_form(self, project: int) -> Fields:
        page = self.open(f"/admin/assessments/project/{project}/change/")
        form = soup(page).select_one("#project_form")
        assert form is not None
        return {key: text for key, text in controls(form).items() if not key.startswith("_")}

    def rename(self, project: int, sent: Fields) -> httpx.Response:
        return self.send(f"/admin/assessments/project/{project}/change/", sent)
