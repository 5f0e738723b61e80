"""Whose clients a member of staff sees."""

from __future__ import annotations

import logging

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from assessments import models, scope
from assessments.models import Assessment, Bucket, Client, Project
from assessments.scope import TO_CLIENT, reach, reach_all, visible
from tests.desk.people import assessment_of, client_of, consultant, superuser

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
    assert f"User {ada.pk} was refused" in caplog.text


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
