"""Counts of suggested kinds: added to where they lie, each combination in one row, without text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from assessments.models import Assessment, Client, SuggestionCount
from tests.desk.people import assessment_of, client_of
from tests.servers import run_beside

pytestmark = pytest.mark.django_db
TAKEN, CORRECTED, OPEN = ("schema", "schema"), ("schema", "user_flow"), ("schema", "")


def counts(client: Client | None) -> dict[tuple[str, str], int]:
    rows = SuggestionCount.objects.filter(client=client)
    return {(row.suggested, row.chosen): row.times for row in rows}


@pytest.mark.parametrize("of", ["a client", "founders who came alone"])
def test_what_is_counted_again_is_added_to_its_row(of: str) -> None:
    client = client_of(None) if of == "a client" else None
    key = client.pk if client else None
    SuggestionCount.objects.add(key, {TAKEN: 2, OPEN: 1})
    SuggestionCount.objects.add(key, {TAKEN: 1, CORRECTED: 1})
    assert counts(client) == {TAKEN: 3, CORRECTED: 1, OPEN: 1}


def test_each_client_and_those_who_came_alone_have_their_own() -> None:
    one, other = client_of(None), client_of(None)
    for number, client in enumerate((one, other, None), start=1):
        SuggestionCount.objects.add(client.pk if client else None, {TAKEN: number})
    assert [counts(client) for client in (one, other, None)] == [{TAKEN: n} for n in (1, 2, 3)]


@pytest.mark.parametrize("of", ["a client", "founders who came alone"])
def test_no_combination_has_two_rows(of: str) -> None:
    client = client_of(None) if of == "a client" else None
    row: dict[str, Any] = {"client": client, "suggested": "schema", "chosen": "", "times": 1}
    SuggestionCount.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        SuggestionCount.objects.create(**row)


def test_rows_are_taken_in_one_order_whatever_was_counted_first() -> None:
    outcomes = {("user_flow", ""): 1, ("api_contract", "schema"): 1, ("api_contract", ""): 1}
    SuggestionCount.objects.add(None, outcomes)
    made = SuggestionCount.objects.order_by("pk").values_list("suggested", "chosen")
    assert list(made) == sorted(outcomes)


def test_they_go_with_their_client_and_with_no_other() -> None:
    going, staying = client_of(None, "Going"), client_of(None, "Staying")
    for client in (going, staying, None):
        SuggestionCount.objects.add(client.pk if client else None, {TAKEN: 1})
    going.delete_with_all()
    assert set(SuggestionCount.objects.values_list("client", flat=True)) == {staying.pk, None}


def test_an_assessment_that_is_deleted_takes_none_along() -> None:
    client = client_of(None)
    assessment = assessment_of(client)
    SuggestionCount.objects.add(client.pk, {TAKEN: 1})
    Assessment.objects.filter(pk=assessment.pk).forget()
    assert counts(client) == {TAKEN: 1}


def test_there_is_no_room_for_a_text_a_founder_or_a_moment() -> None:
    fields = {field.name: field for field in SuggestionCount._meta.get_fields()}
    assert set(fields) == {"id", "client", "suggested", "chosen", "times"}
    for name in ("suggested", "chosen"):
        field = fields[name]
        assert isinstance(field, models.CharField)
        assert field.max_length == 40  # an identifier of the lens, as AnticipatedChange.kind


# Two threads, each with a connection of its own, on whatever database the site has. They begin
# with no row there, and add the same outcomes in opposite orders.
TWO_AT_ONCE = """
import json
from threading import Barrier, Thread
from django.db import connection
from assessments.models import Client, SuggestionCount

SuggestionCount.objects.all().delete()
client = Client.objects.create(name="Both at once")
outcomes = [(kind, chosen) for kind in ("schema", "user_flow") for chosen in ("", "schema")]
start, failed = Barrier(2), []

def count(given):
    try:
        start.wait(30)
        for _ in range(50):
            for key in (client.pk, None):
                SuggestionCount.objects.add(key, dict.fromkeys(given, 1))
    except Exception as error:
        failed.append(repr(error))
    finally:
        connection.close()

threads = [Thread(target=count, args=[given]) for given in (outcomes, outcomes[::-1])]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(120)
rows = SuggestionCount.objects.order_by("client", "suggested", "chosen")
print(json.dumps([failed, [[row.client_id == client.pk, row.times] for row in rows]]))
"""


def test_two_at_once_lose_nothing_and_do_not_wait_for_each_other_for_good(live_site: str) -> None:
    failed, rows = json.loads(run_beside(live_site, TWO_AT_ONCE))
    assert failed == []
    assert sorted(rows) == [[False, 100]] * 4 + [[True, 100]] * 4
