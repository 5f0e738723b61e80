"""Who may open what: each refusal is the same 404."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.http import Http404
from django.utils import timezone

from assessments import access
from assessments.models import Assessment, ShareLink
from tests.web import CHANGE_HEAVY, Draft, draft

pytestmark = [pytest.mark.django_db, pytest.mark.queries]


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def refused(find: Callable[..., Any], *args: Any) -> None:
    with pytest.raises(Http404) as refusal:
        find(*args)
    assert not refusal.value.args


def test_an_edit_token_opens_its_own_assessment(finished: Draft) -> None:
    other = draft(CHANGE_HEAVY)
    assert access.editable(finished.token) == finished.assessment
    assert access.editable(other.token) == other.assessment


def test_a_share_token_shows_the_assessment_it_was_made_for(finished: Draft) -> None:
    draft(CHANGE_HEAVY, finished=True).share()
    _, token = finished.share()
    assert access.shown(token).assessment == finished.assessment


def test_neither_kind_of_token_opens_what_the_other_does(finished: Draft) -> None:
    _, token = finished.share()
    refused(access.editable, token)
    refused(access.shown, finished.token)


@pytest.mark.parametrize("token", ["b7" * 21 + "c", "", "None", "A" * 43, "A" * 42, "é" * 43])
def test_any_other_token_is_refused(finished: Draft, token: str) -> None:
    finished.share()
    refused(access.editable, token)
    refused(access.shown, token)


def test_the_stored_hash_is_no_token(finished: Draft) -> None:
    refused(access.editable, str(finished.now.edit_hash))
    refused(access.editable, str(finished.now.edit_hash)[:43])


def test_a_revoked_link_is_refused(finished: Draft) -> None:
    link, token = finished.share()
    link.revoke()
    refused(access.shown, token)


def test_a_link_is_refused_from_its_end_on(
    finished: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = timezone.now() + timedelta(days=7)
    _, token = ShareLink.objects.issue(finished.now, "", expires_at=ends)
    monkeypatch.setattr(timezone, "now", lambda: ends - timedelta(microseconds=1))
    assert access.shown(token).assessment == finished.assessment
    assert access.open_link(token)
    monkeypatch.setattr(timezone, "now", lambda: ends)
    refused(access.shown, token)
    refused(access.open_link, token)


def test_a_link_to_an_unfinished_assessment_is_refused() -> None:
    refused(access.shown, draft(CHANGE_HEAVY).share()[1])


def test_a_link_of_another_assessment_is_refused(finished: Draft) -> None:
    link, _ = finished.share()
    assert access.own_link(finished.now, link.pk) == link
    refused(access.own_link, draft(CHANGE_HEAVY, finished=True).now, link.pk)


def test_an_example_is_open_to_everybody_once_it_is_finished(finished: Draft) -> None:
    call_command("load_examples", verbosity=0)
    example = access.example("ledgerly")
    assert example.edit_hash is None
    Assessment.objects.filter(pk=example.pk).update(report=None)
    refused(access.example, "ledgerly")
    refused(access.example, "")
