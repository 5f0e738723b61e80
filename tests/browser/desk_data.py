"""What is on the desk that the browser tests look at.

    DATABASE_URL=… python -m tests.browser.desk_data [--wordy]

A process of its own, as the tests' process uses another database. Prints the keys of what it has
made as JSON; with --wordy every text is one long word.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "stackpick.settings"
    django.setup()

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db.models import CharField, Model
from django.utils import timezone

from assessments.engine.answers import parse
from assessments.engine.lens import Lens, Loss
from assessments.engine.report import build_report
from assessments.lens import current_lens
from assessments.models import (
    Assessment,
    Client,
    Invite,
    Milestone,
    Pair,
    Project,
    ShareLink,
    SuggestionCount,
)
from tests.web import FOUNDERS, Json

USERNAME, PASSWORD = "consultant", "only for tests"
ARCHIVED = "Old Pier Café"
OTHER_CLIENTS = ("Ballast & Sons", "Northern Ferries", "Quayside Foods", "Saltmarsh Energy")


class Filling:
    """Puts clients, projects, assessments and share links on an empty desk."""

    def __init__(self, wordy: bool = False) -> None:
        self.wordy = wordy
        self.consultant = User.objects.create_superuser(
            USERNAME, "consultant@example.org", PASSWORD, first_name=self.text("Robin", 150)
        )

    def text(self, text: str, limit: int) -> str:
        return "W" * limit if self.wordy else text

    def fill(self) -> dict[str, int]:
        """The keys of what the catalogue opens."""
        client = self.client("Harbour Works")
        finished = self.assessment(client, "with a settled part", "Berth bookings")
        finished.record(self.lens, "team", {"go": "fluent"}, finished.version)
        finished.finish(self.lens)
        draft = self.assessment(client, "stability-heavy", "Flood warnings")
        version, _ = Assessment.objects.again(finished)
        milestone = finished.freeze(self.text("Before the pilot", 80), self.consultant)
        earlier = self.scored_otherwise(client)
        links = [
            ShareLink.objects.issue(finished, self.text(label, 80))[0]
            for label in ("For the board", "For their engineer")
        ]
        links[1].revoke()
        ShareLink.objects.filter(pk=links[0].pk).update(
            expires_at=_morning(-27), views=12, last_viewed_at=_morning(0)
        )
        for name in OTHER_CLIENTS:
            self.client(name)
        self.client(ARCHIVED).archive()
        Client.objects.exclude(archived_at=None).update(archived_at=_morning(3))
        invite, _ = Invite.objects.issue(client, self.consultant, *self.invitation("Founder"))
        waiting, done = self.pair(client), self.pair(client)
        for person, founder in zip(done.both, ("change-heavy", "stability-heavy"), strict=True):
            self.answer(person, founder)
        self.count_suggestions(client)
        self.date_everything()
        made: dict[str, Model] = {
            "client": client,
            "archived_client": Client.objects.get(archived_at__isnull=False),
            "idle_client": Client.objects.get(name=OTHER_CLIENTS[0]),
            "project": finished.project,
            "finished": finished,
            "draft": draft,
            "version": version,
            "milestone": milestone,
            "earlier": earlier,
            "link": links[0],
            "user": self.consultant,
            "invite": invite,
            "taken_up": done.both[0],
            "pair_waiting": waiting,
            "pair": done,
        }
        return {name: each.pk for name, each in made.items()}

    def count_suggestions(self, client: Client) -> None:
        """Of every kind many were taken, and some corrected to its neighbours or left open."""
        kinds = list(self.lens.kind)
        for number, kind in enumerate(kinds):
            others = (kinds[number - 1], kinds[number - 3], kinds[number - 5], "")
            corrected = {(kind, other): 1 + number % 4 for other in others[number % 3 :]}
            taken = {(kind, kind): 1_200 if number == 2 else 11 + 7 * number}
            SuggestionCount.objects.add(client.pk, taken | corrected)

    def date_everything(self) -> None:
        """Days count from today, hours are the same each time: pictures should be as well."""
        Project.objects.update(created_at=_morning(8))
        Assessment.objects.update(updated_at=_morning(1))
        Assessment.objects.exclude(finished_at=None).update(finished_at=_morning(1))
        ShareLink.objects.update(created_at=_morning(1))
        ShareLink.objects.exclude(revoked_at=None).update(revoked_at=_morning(0))
        Invite.objects.update(created_at=_morning(3))
        Pair.objects.update(created_at=_morning(3))
        Milestone.objects.update(created_at=_morning(1))
        User.objects.update(date_joined=_morning(30))

    @property
    def lens(self) -> Lens:
        return current_lens()

    def client(self, name: str) -> Client:
        wordy = self.wordy and name not in OTHER_CLIENTS
        name = "W" * 200 if wordy else name
        client = Client.objects.create(name=name, owner=self.consultant)
        for action, days, message in (
            (ADDITION, 9, [{"added": {}}]),
            (CHANGE, 2, [{"changed": {"fields": ["Name", "Owner"]}}]),
        ):
            entry = LogEntry.objects.log_actions(
                self.consultant.pk, [client], action, message, single_object=True
            )
            entry.action_time = _morning(days)
            entry.save()
        Client.objects.filter(pk=client.pk).update(created_at=_morning(9))
        return client

    def assessment(self, client: Client, founder: str, name: str) -> Assessment:
        """A draft with a founder's answers about a project of the client."""
        assessment, _token = Assessment.objects.start()
        assessment.take(self.lens, parse(self.lens, self.answers(founder, name)))
        Project.objects.filter(pk=assessment.project_id).update(client=client)
        assessment.refresh_from_db()
        return assessment

    def invitation(self, recipient: str) -> tuple[str, str, str]:
        """Whom it is for, the project and a note."""
        note = "Answer what you know; we go through the rest on Tuesday."
        texts = ((recipient, 80), ("Berth bookings", 100), (note, 1_000))
        recipient, project, note = (self.text(*text) for text in texts)
        return recipient, project, note

    def pair(self, client: Client) -> Pair:
        _, project, note = self.invitation("")
        two = (self.text("Founder", 80), self.text("Their engineer", 79))
        return Pair.objects.invite_two(client, self.consultant, two, project, note)[0]

    def answer(self, invite: Invite, founder: str) -> None:
        assessment = invite.start()
        assessment.take(self.lens, parse(self.lens, self.answers(founder, "Berth bookings")))
        assessment.finish(self.lens)

    def scored_otherwise(self, client: Client) -> Assessment:
        """An assessment whose verdict was found with other numbers than those of today."""
        assessment = self.assessment(client, "with a settled part", "Crew rota")
        asked = self.lens.loss_question
        options = tuple(replace(option, loss=Loss(0.01, 0.99)) for option in asked.options)
        questions = tuple(
            replace(question, options=options) if question == asked else question
            for question in self.lens.questions
        )
        other = replace(self.lens, questions=questions)
        assessment.pin(other, build_report(other, assessment.engine_answers(other)))
        return assessment

    def answers(self, founder: str, name: str) -> Json:
        file = FOUNDERS[founder].file
        changes = [
            change | {"text": self.text(change["text"], 200)}
            for change in file["answers"]["changes"]
        ]
        project = {
            "name": self.text(name, _limit(Project, "name")),
            "summary": self.text(f"{name} for small harbours", _limit(Project, "summary")),
        }
        return {**file, "project": project, "answers": {**file["answers"], "changes": changes}}


def _morning(days_ago: int) -> datetime:
    now = timezone.now().replace(hour=9, minute=30, second=0, microsecond=0)
    return now - timedelta(days=days_ago)


def _limit(model: type[Model], field: str) -> int:
    limited: Any = model._meta.get_field(field)
    assert isinstance(limited, CharField)
    return int(limited.max_length or 0)


if __name__ == "__main__":
    print(json.dumps(Filling(wordy="--wordy" in sys.argv).fill()))
