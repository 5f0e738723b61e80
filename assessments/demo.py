"""A desk to look around on: made-up clients, with real results of the engine.

The same on every run but for passwords, tokens and the day that the dates count back from.
"""

from __future__ import annotations

import json
import random
import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from .engine.answers import parse
from .engine.calibration import load_cases
from .engine.lens import Lens
from .lens import current_lens
from .models import (
    Assessment,
    Client,
    Milestone,
    Note,
    Pair,
    Project,
    Review,
    ShareLink,
)
from .models.assessment import review_date
from .scope import GROUP

HERE = Path(__file__).resolve().parent
SEED = 20260301
INVITED_FOR = timedelta(days=14)

Json = dict[str, Any]


@dataclass(frozen=True)
class Login:
    """An account that was made, and the password that nobody can read back later."""

    username: str
    password: str


class DeskInUse(Exception):
    """There is something on the desk already, which is not to be mixed with what is made up."""


@transaction.atomic
def fill() -> list[Login]:
    """Puts everything in ``demo.toml`` on an empty desk.

    Raises:
        DeskInUse: there are clients, or one of the accounts.
    """
    plan = tomllib.loads((HERE / "demo.toml").read_text(encoding="utf-8"))
    names = [each["username"] for each in plan["consultants"]]
    if Client.objects.exists() or User.objects.filter(username__in=names).exists():
        raise DeskInUse
    return _Filling(current_lens()).fill(plan)


class _Filling:
    def __init__(self, lens: Lens) -> None:
        self.lens = lens
        # S311: made-up times of day, nothing secret
        self.random = random.Random(SEED)  # noqa: S311  # nosec B311  # nosemgrep: guessable-random
        self.now = timezone.now()
        self.people: dict[str, User] = {}
        self.clients: dict[str, Client] = {}
        self.cases = {case["id"]: case["answers"] for case in load_cases()} | {
            path.stem: json.loads(path.read_text(encoding="utf-8"))["answers"]
            for path in sorted((HERE / "examples").glob("*.json"))
        }

    def fill(self, plan: Json) -> list[Login]:
        logins = [self.consultant(each) for each in plan["consultants"]]
        for each in plan["clients"]:
            self.client(each)
        for each in plan["pairs"]:
            self.pair(each)
        return logins

    def consultant(self, plan: Json) -> Login:
        login = Login(plan["username"], secrets.token_urlsafe(12))
        made = User.objects.create_user(**plan, password=login.password, is_staff=True)
        made.groups.add(Group.objects.get(name=GROUP))
        self.people[login.username] = made
        return login

    def client(self, plan: Json) -> None:
        owner = self.people[plan["owner"]]
        client = Client.objects.create(name=plan["name"], owner=owner)
        client.shared_with.set(self.people[name] for name in plan.get("shared", []))
        if plan.get("archived"):
            client.archive()
        self.clients[client.name] = client
        for each in plan["projects"]:
            self.project(client, each)
        begun = min(client.projects.values_list("created_at", flat=True))
        Client.objects.filter(pk=client.pk).update(created_at=begun - timedelta(days=3))

    # Projects and their assessments

    def project(self, client: Client, plan: Json) -> None:
        project = Project.objects.create(client=client)
        latest = first = self.assessment(project, plan, plan["weeks"], {})
        if "answered" in plan:
            return
        for name in plan.get("milestones", []):
            self.milestone(first, name)
        if "again" in plan:
            latest = self.assessment(
                project, plan, plan["again"]["weeks"], plan["again"]["answers"]
            )
        for label in plan.get("links", []):
            link, _token = ShareLink.objects.issue(latest, label)
            self.put_back(link, self.after(latest))
        for text in plan.get("notes", []):
            note = Note.objects.create(assessment=latest, author=client.owner, text=text)
            self.put_back(note, self.after(latest))
        if "review" in plan:
            self.review(latest, plan["review"])

    def assessment(self, project: Project, plan: Json, weeks: int, later: Json) -> Assessment:
        """An assessment that was finished, or left as a draft, so many weeks ago."""
        made = Assessment(project=project)
        made.save()
        made.take(self.lens, parse(self.lens, self.answers_file(plan, later)))
        if "answered" not in plan:
            made.finish(self.lens)
        ago = timedelta(weeks=weeks, hours=self.random.randint(1, 90))
        ended = self.now - ago
        started = ended - timedelta(minutes=self.random.randint(6, 45))
        self.date(made, started, ended)
        if "look_again" in plan and made.finished_at:
            made.review_on = (self.now + timedelta(weeks=plan["look_again"])).date()
            Assessment.objects.filter(pk=made.pk).update(review_on=made.review_on)
        if later == {}:
            Project.objects.filter(pk=project.pk).update(created_at=started)
        return made

    def answers_file(self, plan: Json, later: Json) -> Json:
        case: Json = self.cases[plan["like"]]
        changes = [
            change | {"text": text}
            for change, text in zip(case["changes"], plan["changes"], strict=False)
        ]
        answers = {**case, **plan.get("answers", {}), **later, "changes": changes}
        kept = [q.id for q in self.lens.questions if q.id in answers][: plan.get("answered")]
        return {
            "format": self.lens.answers_format,
            "project": {"name": plan["name"], "summary": plan["summary"]},
            "answers": {key: answers[key] for key in kept},
        }

    def date(self, made: Assessment, started: datetime, ended: datetime) -> None:
        columns: Json = {"created_at": started, "updated_at": ended}
        if made.report is not None:
            columns |= {"finished_at": ended, "review_on": review_date(ended.date())}
        Assessment.objects.filter(pk=made.pk).update(**columns)
        made.refresh_from_db()
        rows = Assessment.history.filter(id=made.pk)
        rows.update(history_date=ended)
        rows.filter(history_type="~").update(**columns)
        rows.filter(history_type="+").update(
            history_date=started, created_at=started, updated_at=started
        )

    # What consultants add

    def after(self, assessment: Assessment) -> datetime:
        """Some time in the days after it was finished."""
        ended = assessment.finished_at or assessment.updated_at
        return min(ended + timedelta(hours=self.random.randint(2, 100)), self.now)

    def put_back(self, row: Note | Milestone | ShareLink, moment: datetime) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(created_at=moment)

    def milestone(self, assessment: Assessment, name: str) -> None:
        frozen = Milestone.objects.create(
            assessment=assessment,
            name=name,
            author=self.owner_of(assessment),
            answers_file=assessment.answers_file(self.lens),
            report=assessment.report,
        )
        self.put_back(frozen, self.after(assessment))

    def review(self, assessment: Assessment, plan: Json) -> None:
        author, moment = self.owner_of(assessment), self.after(assessment)
        said = {key: plan.get(key, "").strip() for key in ("text", "overrules", "reason")}
        review = Review.objects.write(assessment, 0, author, **said)
        if plan.get("published"):
            review.publish(review.version, author)
            Review.objects.filter(pk=review.pk).update(published_at=moment)
            link, _token = ShareLink.objects.issue(assessment, "With the review")
            self.put_back(link, moment)
        Review.objects.filter(pk=review.pk).update(updated_at=moment)
        Review.history.filter(id=review.pk).update(history_date=moment)
        Assessment.objects.filter(pk=assessment.pk).update(updated_at=moment)
        since = Assessment.history.filter(id=assessment.pk, history_date__gt=moment)
        since.update(history_date=moment, updated_at=moment)

    def owner_of(self, assessment: Assessment) -> User | None:
        client = assessment.project.client
        return client.owner if client else None

    def pair(self, plan: Json) -> None:
        client = self.clients[plan["client"]]
        Pair.objects.invite_two(
            client,
            client.owner,
            tuple(plan["recipients"]),
            plan["project"],
            plan["note"],
            self.now + INVITED_FOR,
        )
