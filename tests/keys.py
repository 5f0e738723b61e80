"""Every kind of key that somebody may hold to an address of the public site, right and wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from assessments.deletion import delete_with_kin
from assessments.engine.answers import parse
from assessments.models import Assessment, Pair, Project, Reminder, ShareLink, Shows
from assessments.tokens import new_token, token_hash
from tests.desk.people import consultant, superuser
from tests.invited import invited, inviting_client, two_invited
from tests.reminding import confirmed
from tests.web import CHANGE_HEAVY, FOUNDERS, LENS, STABILITY_HEAVY, Draft, draft

MARKER = "Marker of theirs"
CODE = "123456"
MARKED = FOUNDERS["with a settled part"].file | {"project": {"name": MARKER, "summary": MARKER}}


@dataclass(frozen=True)
class Keyring:
    """The keys by what they are, and what forms and addresses need besides."""

    keys: dict[str, str]
    users: dict[str, User]
    own: Draft
    free: Draft
    link_id: int
    pair: Pair

    def opened(self, key: str) -> Assessment | None:
        """The assessment of which a key is the edit token."""
        return Assessment.objects.filter(edit_hash=token_hash(self.keys[key])).first()


def keyring() -> Keyring:
    """One finished assessment of a client, with all that leads to it, and others beside it."""
    call_command("load_examples", verbosity=0)
    client = inviting_client()
    users = {"ada": client.owner, "ben": consultant("ben"), "root": superuser()}
    own = draft(MARKED, finished=True)
    Project.objects.filter(pk=own.now.project_id).update(client=client)
    link, shares = _share_links(own)
    pair, of_pairs = _pairs()
    keys = {
        **_malformed(own),
        **_own_and_wrong(own),
        **shares,
        **_invitations(),
        **of_pairs,
        **_reminders(own),
    }
    _waiting_for_a_code(of_pairs["one of two"])
    return Keyring(keys, users, own, draft(CHANGE_HEAVY), link.pk, pair)  # type: ignore[arg-type]


def _malformed(own: Draft) -> dict[str, str]:
    """What nobody was ever given, and what somebody with the database has."""
    return {
        "nothing": "x" * 43,
        "a number": str(own.assessment.pk),
        "the stored hash": token_hash(own.token),
        "too short": own.token[:-1],
        "a name": "check",
    }


def _own_and_wrong(own: Draft) -> dict[str, str]:
    deleted = draft(MARKED, finished=True)
    delete_with_kin(deleted.now)
    return {
        "own": own.token,
        "own in another case": own.token.swapcase(),
        "own with one more": f"{own.token}A",
        "own with a blank": f"{own.token}%20",
        "own with a null": f"{own.token}%00",
        "draft": draft(MARKED).token,
        "own of what was deleted": deleted.token,
        "another's own": draft(MARKED, finished=True).token,
    }


def _share_links(own: Draft) -> tuple[ShareLink, dict[str, str]]:
    issue, past = ShareLink.objects.issue, timezone.now() - timedelta(seconds=1)
    link, token = own.share()
    revoked, closed = own.share()
    revoked.revoke()
    replaced, former = own.share()
    replaced.replace()
    gone = draft(MARKED, finished=True)
    of_gone = gone.share()[1]
    delete_with_kin(gone.now)
    return link, {
        "share": token,
        "share without names": issue(own.now, "", shows=Shows.UNNAMED)[1],
        "share in another case": token.swapcase(),
        "share with one more": f"{token}A",
        "revoked share": closed,
        "replaced share": former,
        "expired share": issue(own.now, "", expires_at=past)[1],
        "share of a draft": draft(MARKED).share()[1],
        "share of what was deleted": of_gone,
    }


def _invitations() -> dict[str, str]:
    taken, tied, revoked, gone = (invited() for _ in range(4))
    taken.answer(MARKED, finished=False)
    tied.now.tie(draft(MARKED).now)
    revoked.now.revoke()
    lost = invited()
    lost.now.replace_token()
    gone.now.delete()
    past = timezone.now() - timedelta(seconds=1)
    return {
        "invitation": invited().token,
        "invitation taken up": taken.token,
        "invitation taken up with another": tied.token,
        "revoked invitation": revoked.token,
        "replaced invitation": lost.token,
        "expired invitation": invited(expires_at=past).token,
        "deleted invitation": gone.token,
    }


def _pairs() -> tuple[Pair, dict[str, str]]:
    """Two who have both finished, and settled; and one whose second person has not begun."""
    pair, first, second = two_invited()
    first.answer(MARKED)
    second.answer(STABILITY_HEAVY)
    pair = Pair.objects.whole().get(pk=pair.pk)
    pair.conclude(LENS, parse(LENS, MARKED), pair.basis, "CTO")
    _, waiting, _ = two_invited("Waiting", "Late")
    waiting.answer(MARKED)
    return pair, {"one of two": second.token, "one who waits": waiting.token}


def _reminders(own: Draft) -> dict[str, str]:
    reminder = confirmed(own.now)
    older = reminder.claim()
    reminder.let_go()
    Reminder.objects.filter(pk=reminder.pk).update(claimed_at=None)
    newest = reminder.claim()
    stop = reminder.stop_key()
    elsewhere = stop.replace(f"{reminder.pk}-", f"{reminder.pk + 1}-", 1)
    keys: dict[str, Any] = {"reminder": newest, "older reminder": older}
    return keys | {"stop": stop, "stop of another": elsewhere, "stop of none": new_token()}


def _waiting_for_a_code(token: str) -> None:
    assessment = Assessment.objects.get(edit_hash=token_hash(token))
    Reminder.objects.ask(assessment, "founder@example.org", CODE)
