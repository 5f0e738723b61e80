"""The addresses of lists, in which rows can be named by their keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from assessments.models import Invite, Pair, ShareLink
from tests.desk.forms import Refusals, desk
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.web import soup

pytestmark = [pytest.mark.django_db, pytest.mark.queries]

# Lists, and by what of somebody else's their addresses could be narrowed.
NARROWED = [
    ("client", "projects={project}"),
    ("client", "invites={invite}"),
    ("project", "client={client}"),
    ("project", "client__id__exact={client}"),
    ("project", "client__pk={client}"),
    ("project", "assessments={assessment}"),
    ("invite", "client__id__exact={client}"),
    ("invite", "assessment={assessment}"),
    ("invite", "pair={pair}"),
    ("pair", "client={client}"),
    ("pair", "invites={invite}"),
    ("sharelink", "assessment={assessment}"),
    ("anticipatedchange", "assessment={assessment}"),
]


@pytest.fixture
def ids() -> dict[str, Any]:
    """Keys of what is Ben's."""
    client = client_of(consultant("ben"))
    mine = assessment_of(client)
    pair = Pair.objects.create(client=client, project_name="Locks")
    invite = Invite.objects.create(client=client, recipient="CTO", token_hash="x", pair=pair)
    ShareLink.objects.issue(mine, "Board")
    rows = {"client": client, "project": mine.project, "assessment": mine}
    return {name: row.pk for name, row in (rows | {"pair": pair, "invite": invite}).items()}


@pytest.mark.parametrize(("name", "query"), NARROWED)
def test_a_list_is_not_narrowed_by_anothers_row(
    name: str, query: str, ids: dict[str, Any], refusals: Refusals
) -> None:
    address = f"{desk(f'{name}_changelist')}?{query.format(**ids)}"
    assert signed_in(consultant("ada")).get(address).status_code == 404
    assert f"{query.partition('{')[2][:-1]} {query.format(**ids).partition('=')[2]}" in refusals
    assert signed_in(superuser()).get(address).status_code == 200


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("client", "owner={owner}"),
        ("client", "owner__username__startswith=b"),
        ("client", "shared_with={owner}"),
        ("project", "client__in={client}"),
        ("project", "client__isnull=1"),
        ("invite", "created_by={owner}"),
        ("invite", "assessment__report__contains=x"),
        ("project", "client__id__exact=x"),
    ],
)
def test_nor_by_what_it_does_not_offer(
    name: str, query: str, ids: dict[str, Any], refusals: Refusals
) -> None:
    ids |= {"owner": User.objects.get(username="ben").pk}
    address = f"{desk(f'{name}_changelist')}?{query.format(**ids)}"
    assert signed_in(consultant("ada")).get(address).status_code == 404
    assert "was refused" in refusals


def test_the_links_of_the_desk_narrow_lists_by_ones_own(ids: dict[str, Any]) -> None:
    ada = consultant("ada")
    first, second = client_of(ada, "First"), client_of(ada, "Second")
    assessment_of(first)
    assessment_of(second)
    for query in (f"client__id__exact={first.pk}", f"client={first.pk}"):
        page = soup(signed_in(ada).get(f"{desk('project_changelist')}?{query}"))
        assert len(page.select("th.field-__str__")) == 1


def test_a_list_shown_whole_can_be_ticked_whole() -> None:
    """A form may have so many fields, and those of the list are not the only ones."""
    browser, client = signed_in(superuser()), client_of(None)
    made = [Invite(client=client, recipient=f"No. {n}", token_hash=f"{n}") for n in range(200)]
    Invite.objects.bulk_create(made)
    address = desk("invite_changelist")
    shown = soup(browser.get(f"{address}?all="))
    ticked = [box["value"] for box in shown.select("input.action-select")]
    chosen = {"action": "revoke_selected", "_selected_action": ticked, "index": "0"}
    assert browser.post(address, chosen | {"select_across": "0"}).status_code == 302
