"""Servers to attack, each on a database of its own, and what a founder and the desk have there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import run_beside, running_server
from tests.web import CHANGE_HEAVY, STEPS, Visitor, controls, soup

# Of a server that lives as long as one test.
PASSWORD = "only for this attack 7"
# A superuser, and a client whose project is the founder's.
DESK = f"""
from django.contrib.auth.models import User
from assessments.models import Assessment, Client
User.objects.create_superuser("attacked", "attacked@example.org", {PASSWORD!r})
client = Client.objects.create(name="Sketch & Sons")
assessment = Assessment.objects.latest("pk")
assessment.project.client = client
assessment.project.save()
print(client.pk, assessment.pk)
"""
OPEN = (
    "/",
    "/model/",
    "/api/",
    "/privacy/",
    "/start/",
    "/examples/harbourmaster/",
    "/admin/login/",
)
OF_A_FOUNDER = ("", "check/", "share/", "delete/", "again/", "versions/", "remind/", "review/")
OF_THE_DESK = (
    "",
    "assessments/assessment/?q=tide",
    "assessments/assessment/?verdict=go&o=2",
    "assessments/client/",
    "assessments/client/?q=a",
    "assessments/client/add/",
    "assessments/client/{client}/change/",
    "assessments/client/{client}/invite/",
    "assessments/client/{client}/import/",
    "assessments/client/{client}/history/",
    "assessments/assessment/{assessment}/change/",
    "assessments/assessment/{assessment}/history/",
    "assessments/sharelink/?q=a",
    "auth/user/?q=a",
)


@dataclass(frozen=True)
class Ground:
    """A server, and the addresses and cookies with which a scanner gets at what is behind."""

    site: str
    token: str
    keys: dict[str, str]
    cookies: str

    @property
    def open_pages(self) -> list[str]:
        return [self.site + path for path in OPEN]

    @property
    def founders_pages(self) -> list[str]:
        return [f"{self.site}/a/{self.token}/{path}" for path in self._of_a_founder]

    @property
    def desk_pages(self) -> list[str]:
        return [f"{self.site}/admin/{path.format(**self.keys)}" for path in OF_THE_DESK]

    @property
    def _of_a_founder(self) -> list[str]:
        return [*OF_A_FOUNDER, *(f"{step}/" for step in STEPS)]


@contextmanager
def ground(folder: Path, settings: str = "stackpick.settings") -> Iterator[Ground]:
    """A server with examples, a founder's finished assessment, and a desk full of clients."""
    env = {"DJANGO_SETTINGS_MODULE": settings, "RATE_GUESSES": "off", "WEB_CONCURRENCY": "1"}
    with running_server(f"sqlite:///{folder / 'attacked.sqlite3'}", env=env) as site:
        founder = Visitor(site)
        token = founder.start()
        founder.walk(CHANGE_HEAVY)
        founder.send()
        client, assessment = run_beside(site, DESK).split()
        keys = {"client": client, "assessment": assessment}
        yield Ground(site, token, keys, _signed_in(site))


def _signed_in(site: str) -> str:
    """The cookies of the superuser."""
    desk = Visitor(site)
    form = soup(desk.open("/admin/login/")).select_one("form[method=post]")
    assert form
    who = {"username": "attacked", "password": PASSWORD}
    desk.client.post("/admin/login/", data=controls(form) | who)
    assert desk.open("/admin/").url.path == "/admin/"
    return "; ".join(f"{name}={value}" for name, value in desk.client.cookies.items())
