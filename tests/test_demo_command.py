"""``manage.py demo``: a desk to look around on."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.test import Client as Browser
from django.utils import timezone

from assessments import demo
from assessments.engine.report import build_report
from assessments.models import (
    Assessment,
    Client,
    Invite,
    Milestone,
    Note,
    Pair,
    Project,
    Review,
    ShareLink,
    State,
)
from tests.desk.people import client_of, consultant, group
from tests.desk.signing_in import sign_in
from tests.factories import lens
from tests.servers import free_port, make_ready, site_environment

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[1]
LOGIN = re.compile(r"^  (\w+) +(\S{16,})$", re.MULTILINE)


def run() -> str:
    group()  # which a migration makes, and a test before may have emptied the database
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def kinds(field: str) -> set[Any]:
    return set(Assessment.objects.exclude(report=None).values_list(field, flat=True))


@pytest.fixture(scope="class")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What it said; all that it has made is there for the tests of the class."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield run()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("loaded")
class TestLoaded:
    def test_the_logins_that_it_prints_lead_to_a_desk_with_clients(self, loaded: str) -> None:
        assert "/admin/" in loaded
        logins = LOGIN.findall(loaded)
        assert len(logins) == 2
        for username, password in logins:
            browser = Browser()
            assert sign_in(browser, username, password).status_code == 302
            assert browser.get("/admin/assessments/client/").status_code == 200
        owned = Client.objects.values_list("owner__username").annotate(number=Count("pk"))
        assert all(number >= 3 for _, number in owned)

    def test_there_is_some_of_everything(self) -> None:
        assert 38 <= Assessment.objects.count() <= 45
        assert kinds("stack") == {"fastapi", "go"}
        assert kinds("strength") == {"close", "lean", "clear"}
        assert kinds("pattern") == {"single", "seam"}
        assert len(kinds("stage")) == 5
        assert set(Assessment.objects.values_list("state", flat=True)) == set(State.values)
        published: Any = Review.objects.exclude(published_at=None).values_list(
            "published", flat=True
        )
        assert len([said for said in published if said["overrules"]]) == 1
        assert Review.objects.filter(published_at=None).exists()
        assert Client.objects.exclude(shared_with=None).count() == 1
        assert Client.objects.exclude(archived_at=None).count() == 1
        assert Pair.objects.get().invites.count() == Invite.objects.count() == 2
        assert Milestone.objects.exists()
        assert Note.objects.exists()
        assert ShareLink.objects.live(timezone.now()).exists()

    def test_results_are_the_engines_own_on_answers_that_still_stand(self) -> None:
        for assessment in Assessment.objects.exclude(report=None).select_related("project"):
            assert assessment.report == build_report(lens(), assessment.engine_answers(lens()))
            assert len(assessment.report["changes"]) == 5
            assert not assessment.has_moved_on(lens())

    def test_what_overrules_says_another_stack_and_why(self) -> None:
        (review,) = Review.objects.exclude(overrules="").select_related("assessment")
        assert review.overrules != review.assessment.stack
        assert review.published is not None
        assert review.published["reason"]
        assert review.assessment.finished_at is not None
        assert review.published["about"] == review.assessment.finished_at.isoformat()

    def test_dates_are_spread_over_the_last_year_and_none_is_to_come(self) -> None:
        now = timezone.now()
        finished = [a.finished_at for a in Assessment.objects.all() if a.finished_at]
        assert min(finished) < now - timedelta(weeks=45)
        assert max(finished) > now - timedelta(weeks=3)
        for assessment in Assessment.objects.all():
            assert assessment.created_at <= (assessment.finished_at or now) <= now
            assert assessment.updated_at <= now
        overdue = Assessment.objects.filter(review_on__lt=now.date()).count()
        assert 5 <= overdue < Assessment.objects.count() / 2
        rows = Assessment.history.values_list("history_date", flat=True)
        assert max(rows) < now

    def test_every_project_has_a_text_for_each_change_of_its_case(self) -> None:
        names = Project.objects.values_list("name", flat=True)
        assert len(set(names)) == len(names)
        assert not Project.objects.filter(summary="").exists()


def test_it_is_the_same_each_time_but_for_passwords() -> None:
    found = []
    for _ in range(2):
        logins = run()
        columns = ("project__name", "answers", "stack", "robust", "state", "seed")
        found.append((list(Assessment.objects.order_by("pk").values_list(*columns)), logins))
        for client in Client.objects.all():
            client.delete_with_all()
        consultant_names = ("mira", "tomas")
        demo.User.objects.filter(username__in=consultant_names).delete()
    assert found[0][0] == found[1][0]
    assert not set(LOGIN.findall(found[0][1])) & set(LOGIN.findall(found[1][1]))


@pytest.mark.parametrize("there", ["a client", "an account"])
def test_nothing_is_added_where_there_is_something(there: str) -> None:
    client_of(None) if there == "a client" else consultant("mira")
    before = Client.objects.count()
    with pytest.raises(CommandError, match=r"nothing was added to it\.$") as refusal:
        run()
    assert refusal.value.returncode == 1
    assert Client.objects.count() == before


def test_a_failure_on_the_way_leaves_an_empty_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(demo._Filling, "pair", fail)
    with pytest.raises(RuntimeError):
        run()
    assert not Client.objects.exists()
    assert not Project.objects.exists()


def test_from_the_command_line_it_is_quick_and_says_no_in_one_sentence(tmp_path: Path) -> None:
    env = site_environment(f"sqlite:///{tmp_path}/desk.sqlite3", free_port())
    make_ready(env)

    def manage(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)

    began = time.monotonic()
    assert manage("demo").returncode == 0
    assert time.monotonic() - began < 20
    again = manage("demo")
    assert again.returncode == 1
    assert len(again.stderr.strip().splitlines()) == 1
