"""Invitations: issued, taken up once, closed, given another address; and pairs of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import (
    Assessment,
    Invite,
    NotTaken,
    Pair,
    Project,
    StaleSettlement,
)
from assessments.models.invite import STATES
from assessments.tokens import token_hash
from tests.desk.people import assessment_of, client_of, consultant
from tests.factories import answers, finished_assessment, lens, parsed

pytestmark = pytest.mark.django_db
STEPS = [step.id for step in lens().steps]


def issued(recipient: str = "Founder", **how: Any) -> tuple[Invite, str]:
    ada = consultant()
    return Invite.objects.issue(client_of(ada), ada, recipient, **how)


def ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def pair_of_two(**how: Any) -> Pair:
    ada = consultant()
    pair, _ = Pair.objects.invite_two(client_of(ada), ada, ("Founder", "CTO"), "Tidegate", **how)
    return pair


def finish(invite: Invite, **overrides: Any) -> Assessment:
    """The invited person fills in everything and asks for the verdict."""
    assessment = invite.start()
    assessment.take(lens(), parsed(answers(**overrides)))
    assessment.finish(lens())
    return assessment


def whole(pair: Pair) -> Pair:
    return Pair.objects.whole().get(pk=pair.pk)


def reasons(invite: Invite) -> list[str]:
    return list(
        invite.history.order_by("history_id").values_list("history_change_reason", flat=True)
    )


# ---- Taking up ----


def test_only_the_hash_of_the_token_is_kept() -> None:
    invite, token = issued()
    assert invite.token_hash == token_hash(token)
    assert token not in str(list(Invite.objects.values())) + str(list(invite.history.values()))


def test_starting_makes_an_assessment_of_the_client_with_the_invitations_own_address() -> None:
    invite, token = issued(project_name="Tidegate")
    assessment = invite.start()
    assert assessment.edit_hash == token_hash(token)
    assert (assessment.project.client, assessment.project.name) == (invite.client, "Tidegate")
    assert reasons(invite) == ["invited", "started"]
    assert assessment.history.get().history_change_reason == "started by invitation"


def test_started_twice_it_is_the_same_assessment() -> None:
    invite, _ = issued()
    other_tab = Invite.objects.get()
    assert invite.start() == other_tab.start()
    assert (Assessment.objects.count(), Project.objects.count()) == (1, 1)


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_what_is_closed_cannot_be_taken_up_even_by_a_page_opened_before(how: str) -> None:
    opened, _ = issued()
    if how == "revoked":
        Invite.objects.get().revoke()
    else:
        Invite.objects.update(expires_at=ago(1))
    with pytest.raises(NotTaken):
        opened.start()
    alone, _ = finished_assessment()
    with pytest.raises(NotTaken):
        opened.tie(alone)
    assert Assessment.objects.get().project.client is None


def test_an_assessment_begun_alone_becomes_the_clients() -> None:
    invite, _ = issued()
    alone, token = finished_assessment()
    invite.tie(alone)
    alone.refresh_from_db()
    assert (invite.assessment, alone.project.client) == (alone, invite.client)
    assert alone.edit_hash == token_hash(token)
    assert invite.has_own_address
    with pytest.raises(NotTaken):
        invite.start()


def test_what_has_a_client_already_stays_theirs() -> None:
    invite, _ = issued()
    others = client_of(None, "Another")
    theirs = assessment_of(others)
    with pytest.raises(NotTaken):
        invite.tie(theirs)
    theirs.refresh_from_db()
    assert theirs.project.client == others
    assert Invite.objects.get().assessment is None


def test_one_assessment_is_not_tied_twice() -> None:
    ada = consultant()
    first, second = (Invite.objects.issue(client_of(ada, n), ada, n)[0] for n in ("One", "Two"))
    alone, _ = finished_assessment()
    first.tie(alone)
    with pytest.raises(NotTaken):
        second.tie(alone)


# ---- What the consultant does with it ----


def test_revoked_for_good_and_the_first_time_counts() -> None:
    invite, _ = issued()
    assert invite.revoke()
    first = invite.revoked_at
    assert not invite.revoke()
    assert invite.replace_token() is None
    assert Invite.objects.get().revoked_at == first


def test_what_was_taken_up_is_neither_revoked_nor_given_another_address() -> None:
    invite, token = issued()
    opened = Invite.objects.get()
    invite.start()
    assert not opened.revoke()
    assert opened.replace_token() is None
    assert Invite.objects.get().token_hash == token_hash(token)


def test_a_lost_link_gets_a_new_token_and_the_old_one_opens_nothing() -> None:
    invite, old = issued()
    new = invite.replace_token()
    assert new
    assert new != old
    assert Invite.objects.get().token_hash == token_hash(new)
    assert reasons(invite) == ["invited", "new link"]


def test_with_a_new_link_an_expired_one_is_open_for_as_long_again() -> None:
    invite, _ = issued(expires_at=timezone.now() + timedelta(days=7))
    Invite.objects.update(created_at=ago(10), expires_at=ago(3))
    invite.refresh_from_db()
    assert invite.replace_token()
    assert invite.is_open
    assert invite.expires_at
    assert timedelta(days=6) < invite.expires_at - timezone.now() <= timedelta(days=7)


# ---- States ----


def test_states_are_said_in_words_and_found_by_name() -> None:
    ada = consultant()
    client = client_of(ada)

    def invited(**how: Any) -> Invite:
        return Invite.objects.issue(client, ada, "Founder", **how)[0]

    sent, later = invited(), invited(expires_at=timezone.now() + timedelta(days=1))
    expired, revoked = invited(expires_at=ago(1)), invited()
    revoked.revoke()
    started, half, all_seen, done = (invited() for _ in range(4))
    started.start()
    for invite, steps in ((half, STEPS[:3]), (all_seen, STEPS)):
        invite.start()
        Assessment.objects.filter(invite=invite).update(touched=dict.fromkeys(steps, 1))
    finish(done)
    words = {invite.pk: invite.state(lens()) for invite in Invite.objects.light()}
    assert words == {
        sent.pk: "sent",
        later.pk: "sent",
        expired.pk: "expired",
        revoked.pk: "revoked",
        started.pk: "started, at step 1",
        half.pk: "started, at step 4",
        all_seen.pk: "all steps seen, not finished",
        done.pk: "finished",
    }
    found = {name: set(Invite.objects.in_state(name)) for name in STATES}
    assert found == {
        "sent": {sent, later},
        "expired": {expired},
        "revoked": {revoked},
        "started": {started, half, all_seen},
        "finished": {done},
    }


# ---- Pairs ----


def test_each_of_two_has_a_project_of_their_own() -> None:
    pair = pair_of_two()
    projects = [invite.start().project for invite in pair.both]
    assert projects[0] != projects[1]
    assert {(p.client, p.name) for p in projects} == {(pair.client, "Tidegate")}


def test_a_pair_is_complete_once_both_have_finished() -> None:
    pair = pair_of_two()
    first, second = pair.both
    finish(first)
    assert not whole(pair).is_complete
    second.start()
    assert not whole(pair).is_complete
    finish(second)
    assert whole(pair).is_complete


def test_a_pair_of_which_one_invitation_was_deleted_is_never_complete() -> None:
    pair = pair_of_two()
    first, second = pair.both
    finish(first)
    second.delete()
    assert not whole(pair).is_complete


def test_the_other_one_is_found_only_in_a_pair() -> None:
    pair = pair_of_two()
    first, second = pair.both
    assert Invite.objects.beside(finish(first)) == second
    alone, _ = Invite.objects.issue(pair.client, None, "Alone")
    assert Invite.objects.beside(alone.start()) is None


def settled_pair() -> Pair:
    pair = pair_of_two()
    first, second = pair.both
    finish(first)
    finish(second, schema="settled")
    return whole(pair)


def test_what_two_settled_on_is_a_finished_assessment_of_the_client() -> None:
    pair = settled_pair()
    pair.conclude(lens(), parsed(answers(schema="mostly")), pair.basis, "CTO")
    joint = whole(pair).joint
    assert joint
    assert (joint.answers["schema"], joint.project.client) == ("mostly", pair.client)
    assert joint.edit_hash is None
    assert joint.pinned()["answers"]["schema"] == "mostly"
    kept = joint.history.values_list("history_change_reason", flat=True)
    assert set(kept) == {"settled by CTO"}
    assert Project.objects.count() == 3


def test_settled_again_it_is_the_same_assessment() -> None:
    pair = settled_pair()
    pair.conclude(lens(), parsed(answers(schema="mostly")), pair.basis, "CTO")
    again = whole(pair)
    again.conclude(lens(), parsed(answers(schema="moving")), again.basis, "Founder")
    assert whole(pair).joint == pair.joint
    assert again.joint
    assert again.joint.pinned()["answers"]["schema"] == "moving"


def test_of_two_who_settle_at_once_the_second_changes_nothing() -> None:
    one, other = (pair := settled_pair()), whole(pair)
    seen = other.basis
    one.conclude(lens(), parsed(answers(schema="mostly")), one.basis, "CTO")
    with pytest.raises(StaleSettlement):
        other.conclude(lens(), parsed(answers(schema="moving")), seen, "Founder")
    joint = whole(pair).joint
    assert joint
    assert joint.answers["schema"] == "mostly"


def test_what_was_made_from_answers_that_moved_is_stale() -> None:
    pair = settled_pair()
    seen = pair.basis
    finish(pair.both[0], schema="mostly")
    with pytest.raises(StaleSettlement):
        pair.conclude(lens(), parsed(answers()), seen, "CTO")
    assert whole(pair).joint is None
