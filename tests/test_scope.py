"""Whose clients a member of staff sees."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from assessments import models, scope
from assessments.models import (
    Assessment,
    Bucket,
    Client,
    Milestone,
    Note,
    Pair,
    PendingImport,
    Project,
    Review,
    ShareLink,
    SuggestionCount,
)
from assessments.scope import TO_CLIENT, reach, reach_all, runs, visible
from tests.desk.people import assessment_of, client_of, consultant, superuser
from tests.desk.rows import many
from tests.invited import invited

pytestmark = [pytest.mark.django_db, pytest.mark.queries]


def request_of(user: User) -> HttpRequest:
    request = RequestFactory().get("/admin/somewhere/")
    request.user = user
    return request


def test_a_consultant_sees_their_own_clients_and_what_hangs_on_them() -> None:
    ada, ben = consultant("ada"), consultant("ben")
    hers, his = assessment_of(client_of(ada)), assessment_of(client_of(ben))
    assert set(visible(ada, Assessment)) == {hers}
    assert set(visible(ben, Project)) == {his.project}


def test_a_shared_client_is_seen_by_both_and_comes_once() -> None:
    ada, ben = consultant("ada"), consultant("ben")
    shared = client_of(ada, "Shared", ben, ada)
    assert list(visible(ada, Client)) == [shared] == list(visible(ben, Client))


def rows_gone_through(plan: dict[str, Any]) -> int:
    """The most that any step of an analysed plan has handled, its repetitions counted."""
    here = plan["Actual Rows"] * plan["Actual Loops"]
    return max([here, *map(rows_gone_through, plan.get("Plans", []))])


@pytest.mark.only_on("postgresql", "SQLite has but one way to join")
def test_many_clients_are_no_trouble_where_the_planner_knows_of_one() -> None:
    ada = consultant("ada")
    many(1, client_of(ada))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for number in range(60):
        many(10, client_of(ada, f"Client {number}"))
    ours = visible(ada, Assessment).filter(state="finished")
    (explained,) = json.loads(ours.explain(format="json", analyze=True))
    assert explained["Plan"]["Actual Rows"] == 601
    assert rows_gone_through(explained["Plan"]) < 100 * 601


def test_what_is_tied_to_no_client_is_a_superusers_alone() -> None:
    nobodys = assessment_of(None)
    assert not visible(consultant(), Assessment).exists()
    assert list(visible(superuser(), Assessment)) == [nobodys]


def test_every_model_of_ours_is_in_scope_or_out_of_sight() -> None:
    ada = consultant()
    ours = [getattr(models, name) for name in models.__all__]
    rows: list[type[Model]] = [m for m in ours if isinstance(m, type) and issubclass(m, Model)]
    # Founders' mail addresses and the limits' buckets are nobody's business at the desk.
    out_of_sight = {models.Bucket, models.Reminder}
    assert set(rows) == set(TO_CLIENT) | out_of_sight
    Bucket.objects.create(key="0" * 64, full_at=0)
    for model in (*out_of_sight, User):
        assert not visible(ada, model).exists()
    assert not any(admin.site.is_registered(model) for model in out_of_sight)


@pytest.mark.parametrize("key", ["{theirs}", "0", "x", "1" * 40])
def test_anothers_row_is_as_absent_as_one_that_never_was(
    key: str, caplog: pytest.LogCaptureFixture
) -> None:
    ada, theirs = consultant("ada"), assessment_of(client_of(consultant("ben")))
    with caplog.at_level(logging.WARNING, scope.__name__), pytest.raises(Http404):
        reach(request_of(ada), Assessment, key.format(theirs=theirs.pk))
    where = f"'assessment {key.format(theirs=theirs.pk)}' at /admin/somewhere/"
    assert caplog.messages == [f"User {ada.pk} was refused {where}"]
    assert caplog.records[0].name == "assessments.scope"


def test_of_several_rows_one_of_anothers_refuses_all(caplog: pytest.LogCaptureFixture) -> None:
    ada = consultant("ada")
    hers, his = assessment_of(client_of(ada)), assessment_of(client_of(consultant("ben")))
    assert list(reach_all(request_of(ada), Assessment, [hers.pk])) == [hers]
    with pytest.raises(PermissionDenied):
        reach_all(request_of(ada), Assessment, [hers.pk, his.pk])
    assert f"assessment {his.pk}" in caplog.text


def test_what_is_refused_stays_on_its_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Http404):
        reach(request_of(consultant()), Assessment, "7\nUser 1 was refused nothing")
    assert "\n" not in caplog.records[-1].getMessage()


def one_of_each(client: Client) -> None:
    """A row of each kind that hangs on a client."""
    assert client.owner
    assessment = assessment_of(client)
    ShareLink.objects.issue(assessment, "")
    Review.objects.write(assessment, 0, client.owner, text="Sound.")
    Note.objects.create(assessment=assessment, author=client.owner, text="Ask again.")
    Milestone.objects.create(
        assessment=assessment, name="First", author=client.owner, answers_file={}, report={}
    )
    invited(client=client)
    Pair.objects.create(client=client)
    PendingImport.objects.create(
        client=client, author=client.owner, file_name="answers.jsonl", content=b"{}"
    )
    SuggestionCount.objects.create(client=client, suggested="schema", times=1)


def test_of_each_kind_of_row_a_consultant_sees_those_of_their_clients_alone() -> None:
    ada, ben = consultant("ada"), consultant("ben")
    for each in (ada, ben):
        one_of_each(client_of(each))
    for model, way in TO_CLIENT.items():
        seen = set(visible(ada, model).values_list(way, flat=True))
        assert seen == set(Client.objects.filter(owner=ada).values_list("pk", flat=True)), model
        assert (
            visible(superuser(f"root {model.__name__}"), model).count()
            > visible(ada, model).count()
        )


def test_a_key_that_no_row_can_have_is_refused_among_several(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ada = consultant("ada")
    hers = assessment_of(client_of(ada))
    for key in ("x", "1" * 40):
        with pytest.raises(PermissionDenied):
            reach_all(request_of(ada), Assessment, [hers.pk, key])
    # Where one key cannot be, none is looked for.
    assert f"assessment {hers.pk}, x" in caplog.text


def test_keys_may_come_as_text_and_more_than_once() -> None:
    ada = consultant("ada")
    hers = assessment_of(client_of(ada))
    assert list(reach_all(request_of(ada), Assessment, [str(hers.pk), hers.pk])) == [hers]
    assert reach(request_of(ada), Assessment, str(hers.pk)) == hers


def test_the_log_says_who_was_refused_what_and_where(caplog: pytest.LogCaptureFixture) -> None:
    ada = consultant("ada")
    with pytest.raises(PermissionDenied) as refused:
        reach_all(request_of(ada), Client, range(2000, 2009))
    keys = ", ".join(str(key) for key in range(2000, 2005))
    assert caplog.messages == [f"User {ada.pk} was refused 'client {keys}' at /admin/somewhere/"]
    assert str(refused.value) == "This is not among the things you may see."
    caplog.clear()
    with pytest.raises(Http404):
        reach(request_of(ada), Client, "9" * 500)
    assert len(caplog.messages[0]) < 200


def test_a_refusal_without_an_account_says_so(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/admin/")
    request.user = None  # type: ignore[assignment]
    with pytest.raises(PermissionDenied):
        scope.refuse(request, "something")
    assert caplog.messages == ["User None was refused 'something' at /admin/"]


def test_only_its_owner_and_superusers_run_a_client() -> None:
    ada, ben = consultant("ada"), consultant("ben")
    shared = client_of(ada, "Shared", ben)
    assert [runs(user, shared) for user in (ada, ben, superuser())] == [True, False, True]
    assert runs(ada, shared) is True
