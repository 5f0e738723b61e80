"""Reminders on a server that runs, confirmed without the mail that its founder would read."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.access import editable
from assessments.models import Assessment
from tests.browser import beside
from tests.browser.driving import Seed
from tests.reminding import confirmed


@dataclass(frozen=True)
class Links:
    """The paths of the links in its mails."""

    stop: str
    again: str


def make(edit_token: str, begun: bool) -> dict[str, str]:
    """Confirms an address for the assessment of this edit token; runs beside a server."""
    assessment = editable(edit_token)
    reminder = confirmed(assessment)
    if begun:
        Assessment.objects.again(assessment)
    return {"stop": f"/stop/{reminder.stop_key()}/", "again": f"/again/{reminder.claim()}/"}


def reminded(seeded: Seed, begun: bool = False) -> Links:
    """The same, asked for by a test."""
    return Links(**beside.make(seeded.site, "reminded.make", seeded.token, begun))
