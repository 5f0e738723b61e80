"""``manage.py prune``: what has been kept long enough goes, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from assessments import pruning
from assessments.models import (
    Assessment,
    Bucket,
    PendingImport,
    Project,
    Reminder,
    SearchText,
    State,
)
from tests.invited import invited, inviting_client
from tests.servers import manage_site, run_beside
from tests.web import CHANGE_HEAVY, Draft, draft

pytestmark = [pytest.mark.django_db, pytest.mark.queries]
NOTHING = "Nothing to remove.\n"


def prune(*arguments: str) -> str:
    out = StringIO()
    call_command("prune", *arguments, stdout=out)
    return out.getvalue()


def untouched(days: float, of: Draft) -> Draft:
    """Nobody has saved it for so many days."""
    Assessment.objects.filter(pk=of.assessment.pk).update(
        updated_at=timezone.now() - timedelta(days=days)
    )
    return of


def left() -> set[int]:
    return set(Assessment.objects.values_list("pk", flat=True))


# ---------------------------------------------------------------- drafts


def test_a_draft_that_nobody_has_touched_goes_with_all_that_hangs_on_it() -> None:
    untouched(91, draft(CHANGE_HEAVY))
    other = untouched(89, draft(CHANGE_HEAVY))
    assert prune() == "Removed 1 abandoned draft.\n"
    assert left() == {other.assessment.pk}
    assert [Project.objects.count(), SearchText.objects.count()] == [1, 1]
    assert other.now.changes.count() == 5


def test_its_address_opens_nothing_any_more(client: Client) -> None:
    old = untouched(91, draft(CHANGE_HEAVY))
    assert client.get(old.url("check")).status_code == 200
    prune()
    assert client.get(old.url("check")).status_code == 404


def test_how_long_is_a_setting(settings: Any) -> None:
    untouched(11, draft(CHANGE_HEAVY))
    assert prune() == NOTHING
    settings.DRAFT_DAYS = 10
    assert prune() == "Removed 1 abandoned draft.\n"


@pytest.mark.parametrize("state", list(State))
def test_a_finished_assessment_never_goes(state: str) -> None:
    finished = untouched(5000, draft(CHANGE_HEAVY, finished=True))
    Assessment.objects.filter(pk=finished.assessment.pk).update(state=state)
    assert prune() == NOTHING
    assert finished.now.report


def test_nor_does_a_worked_example_that_is_only_half_made() -> None:
    example = Assessment.objects.create(project=Project.objects.create(), slug="ledgerly")
    untouched(5000, Draft(example, ""))
    assert prune() == NOTHING


def test_of_a_project_only_the_version_that_was_never_finished_goes() -> None:
    first = untouched(400, draft(CHANGE_HEAVY, finished=True))
    second = Assessment.objects.create(project=first.now.project, previous=first.now)
    untouched(91, Draft(second, ""))
    assert prune() == "Removed 1 abandoned draft.\n"
    assert left() == {first.assessment.pk}
    assert Project.objects.get() == first.now.project


def test_a_draft_that_is_looked_through_is_not_abandoned() -> None:
    """Confirming a step as it is changes no answer."""
    old = untouched(91, draft(CHANGE_HEAVY))
    old.save("project")
    assert prune() == NOTHING


def test_an_invitation_that_led_to_it_is_closed(client: Client) -> None:
    person = invited()
    untouched(91, person.answer(CHANGE_HEAVY, finished=False))
    prune()
    assert client.get(person.url).status_code == 404


def test_one_that_is_touched_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two batches somebody comes back to a draft."""
    monkeypatch.setattr(pruning, "AT_ONCE", 1)
    first, second = untouched(91, draft(CHANGE_HEAVY)), untouched(91, draft(CHANGE_HEAVY))
    (kind,) = [kind for kind in pruning.KINDS if kind.over is pruning.drafts]
    assert pruning._batch(kind) == 1
    assert left() == {second.assessment.pk}
    second.save("team", go="none")
    assert pruning.removed(kind) == 0
    assert left() == {second.assessment.pk}
    assert not Assessment.objects.filter(pk=first.assessment.pk).exists()


# ---------------------------------------------------------------- the rest


def reminder(days: float, confirmed: bool = False) -> Reminder:
    asked = timezone.now() - timedelta(days=days)
    return Reminder.objects.create(
        assessment=draft(CHANGE_HEAVY, finished=True).now,
        email="f@example.org",
        asked_at=asked,
        confirmed_at=asked if confirmed else None,
    )


def bucket(seconds: float) -> Bucket:
    return Bucket.objects.create(key=f"{seconds}", full_at=time.time() + seconds)


def pending(hours: float) -> PendingImport:
    client = inviting_client()
    of = {"client": client, "author_id": client.owner_id}
    made = PendingImport.objects.create(file_name="a.jsonl", content=b"{}", **of)
    began = timezone.now() - timedelta(hours=hours)
    PendingImport.objects.filter(pk=made.pk).update(created_at=began)
    return made


def session(hours: float) -> Session:
    store = SessionStore()
    store.create()
    ends = timezone.now() + timedelta(hours=hours)
    Session.objects.filter(pk=store.session_key).update(expire_date=ends)
    return Session.objects.get(pk=store.session_key)


def failure(minutes: float) -> AccessAttempt:
    made = AccessAttempt.objects.create(
        username=f"ada {minutes}", ip_address="10.0.0.1", failures_since_start=1
    )
    tried = timezone.now() - timedelta(minutes=minutes)
    AccessAttempt.objects.filter(pk=made.pk).update(attempt_time=tried)
    return made


@pytest.mark.parametrize(
    ("over", "not_yet", "said"),
    [
        (lambda: reminder(1.1), lambda: reminder(0.9), "1 unconfirmed reminder"),
        (lambda: reminder(1.1), lambda: reminder(700, True), "1 unconfirmed reminder"),
        (lambda: bucket(-1), lambda: bucket(60), "1 full rate bucket"),
        (lambda: pending(25), lambda: pending(23), "1 import that was not gone through with"),
        (lambda: session(-1), lambda: session(1), "1 expired session"),
        (lambda: failure(16), lambda: failure(14), "1 failed sign-in that counts no more"),
    ],
    ids=["reminder", "confirmed reminder", "bucket", "import", "session", "failed sign-in"],
)
def test_what_is_over_goes_and_what_is_not_yet_stays(
    over: Callable[[], Any], not_yet: Callable[[], Any], said: str
) -> None:
    gone, kept = over(), not_yet()
    assert prune() == f"Removed {said}.\n"
    assert list(type(kept)._default_manager.values_list("pk", flat=True)) == [kept.pk]
    assert gone.pk != kept.pk
    assert Assessment.objects.filter(report__isnull=True).count() == 0


def everything_over() -> None:
    untouched(91, draft(CHANGE_HEAVY))
    untouched(91, draft())
    for make, how in ((reminder, 8), (bucket, -5), (pending, 30), (session, -2), (failure, 60)):
        make(how)


def test_it_says_what_it_removed_kind_by_kind() -> None:
    everything_over()
    assert prune().splitlines() == [
        "Removed 2 abandoned drafts.",
        "Removed 1 unconfirmed reminder.",
        "Removed 1 full rate bucket.",
        "Removed 1 import that was not gone through with.",
        "Removed 1 expired session.",
        "Removed 1 failed sign-in that counts no more.",
    ]
    assert prune() == NOTHING


def test_a_dry_run_says_the_same_and_removes_nothing() -> None:
    everything_over()
    would = prune("--dry-run")
    assert prune("--dry-run") == would
    assert prune() == would.replace("Would remove", "Removed")


# ---------------------------------------------------------------- many, and two at once


def test_many_go_in_batches_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 3)
    batches: list[int] = []
    forget = type(Assessment.objects.all()).forget

    def counted(rows: Any) -> Any:
        batches.append(rows.count())
        return forget(rows)

    monkeypatch.setattr(type(Assessment.objects.all()), "forget", counted)
    for _ in range(7):
        untouched(91, draft())
    assert prune() == "Removed 7 abandoned drafts.\n"
    assert batches == [3, 3, 1]


MAKE_DRAFTS = """
from datetime import timedelta
from django.utils import timezone
from assessments.models import Assessment
old = [Assessment.objects.start()[0].pk for _ in range(230)]
months_ago = timezone.now() - timedelta(days=91)
Assessment.objects.filter(pk__in=old).update(updated_at=months_ago)
print(old[0], Assessment.objects.start()[0].pk)
"""
WHAT_IS_LEFT = """
from assessments.models import Assessment
print(*Assessment.objects.filter(pk__gte={}).values_list("pk", flat=True))
"""


def test_two_at_once_do_no_harm(live_site: str) -> None:
    first, kept = run_beside(live_site, MAKE_DRAFTS).split()
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda _: manage_site(live_site, "manage.py", "prune"), range(2)))
    assert run_beside(live_site, WHAT_IS_LEFT.format(first)).split() == [kept]
    counts = [line.split()[1] for each in said for line in each.splitlines() if "draft" in line]
    assert sum(map(int, counts)) == 230
