"""How often a page asks the database: rows may grow, queries may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import AnticipatedChange, Assessment, Project, ShareLink
from assessments.models import Client as ConsultantsClient
from tests.web import FOUNDERS, LENS, STEPS, Draft, draft, post_step, typed

pytestmark = [pytest.mark.django_db, pytest.mark.queries]
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def finished() -> Draft:
    return draft(FILE, finished=True)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("name", "most"), [("result", 4), ("check", 2), *((step, 2) for step in STEPS)]
)
def test_a_page_of_an_assessment_asks_little(
    client: Client, finished: Draft, name: str, most: int
) -> None:
    address = finished.step(name) if name in STEPS else finished.url(name)
    assert queries(client, address) <= most


def test_a_shared_result_is_one_query_once_it_was_rendered(client: Client, finished: Draft) -> None:
    address = f"/r/{finished.share()[1]}/"
    assert queries(client, address) == 3  # the short cut looks first, and leaves it to the view
    assert queries(client, address) == 1


@pytest.mark.parametrize(
    ("address", "most"),
    [
        *(("/", 1), ("/examples/ledgerly/", 2), ("/model/", 0), ("/start/", 0)),
        *(("/privacy/", 0), ("/api/", 0)),
    ],
)
def test_a_public_page_asks_little(client: Client, address: str, most: int) -> None:
    call_command("load_examples", verbosity=0)
    assert queries(client, address) <= most


@pytest.mark.parametrize("step", LENS.steps, ids=STEPS)
def test_saving_a_step_asks_little(
    client: Client, step: Any, django_assert_max_num_queries: Any
) -> None:
    started = draft()
    data = typed(FILE, step) | {"version": 0}
    with django_assert_max_num_queries(16):
        assert post_step(client, started, step.id, data).status_code == 302


def test_more_share_links_are_no_more_queries(client: Client, finished: Draft) -> None:
    finished.share()
    few = queries(client, finished.url("result"))
    for _ in range(20):
        finished.share()
    assert queries(client, finished.url("result")) == few


def test_more_examples_are_no_more_queries(client: Client) -> None:
    call_command("load_examples", verbosity=0)
    few = queries(client, "/")
    for number in range(5):
        Assessment.objects.filter(pk=draft(FILE, finished=True).assessment.pk).update(
            slug=f"another-{number}"
        )
    assert queries(client, "/") == few


@pytest.mark.parametrize("model", [Assessment, AnticipatedChange, ShareLink, Project])
def test_more_rows_on_the_desk_are_no_more_queries(admin_client: Client, model: Any) -> None:
    desk = f"/admin/assessments/{model._meta.model_name}/"
    draft(FILE, finished=True).share()
    few = queries(admin_client, desk)
    for _ in range(5):
        draft(FILE, finished=True).share()
    assert queries(admin_client, desk) == few


def test_more_clients_on_the_desk_are_no_more_queries(admin_client: Client) -> None:
    owner = User.objects.get()
    ConsultantsClient.objects.create(name="First", owner=owner)
    few = queries(admin_client, "/admin/assessments/client/")
    for number in range(5):
        ConsultantsClient.objects.create(name=f"Client {number}", owner=owner)
    assert queries(admin_client, "/admin/assessments/client/") == few
