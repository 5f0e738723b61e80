"""The day to look again: three months on, unless the founder changes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.web import CHANGE_HEAVY, Draft, controls, draft, form_of, says, soup, text_of, title

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def change(client: Client, finished: Draft, day: str) -> Any:
    form = form_of(client.get(finished.url("result")), "Change the date")
    return client.post(str(form["action"]), controls(form) | {"review_on": day})


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_it_is_three_months_on_and_can_be_moved(client: Client, finished: Draft) -> None:
    before = finished.now
    assert before.review_on == timezone.localdate() + timedelta(days=91)
    answer = change(client, finished, in_days(30))
    assert answer["Location"] == f"{finished.url('result')}#flips"
    after = finished.now
    assert after.review_on == timezone.localdate() + timedelta(days=30)
    assert (after.version, after.report) == (before.version, before.report)
    assert f"Look again on {after.review_on:%-d %B %Y}" in says(client.get(answer["Location"]))


def test_whoever_has_the_share_link_sees_the_new_day(client: Client, finished: Draft) -> None:
    address = f"/r/{finished.share()[1]}/"
    client.get(address)
    change(client, finished, in_days(40))
    assert f"{finished.now.review_on:%-d %B %Y}" in says(client.get(address))


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30", in_days(0), in_days(-1), in_days(1200)])
def test_another_day_is_refused_beside_its_field(client: Client, finished: Draft, day: str) -> None:
    page = change(client, finished, day)
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert text_of(soup(page).find(id="id_review_on_error")).startswith("Give a da")
    assert soup(page).select_one(".error-summary a[href='#id_review_on']")
    assert finished.now.review_on == timezone.localdate() + timedelta(days=91)


def test_a_draft_has_none(client: Client) -> None:
    started = draft()
    answer = client.post(started.url("review"), {"review_on": in_days(30)})
    assert answer["Location"] == started.url("check")
    assert started.now.review_on is None
