"""Founders whom a consultant has invited, alone or two of them blind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from assessments.engine.answers import parse
from assessments.models import Assessment, Client, Invite, Pair
from tests.desk.people import consultant
from tests.web import LENS, Draft, Json


@dataclass(frozen=True)
class Invited:
    """An invitation with its token."""

    invite: Invite
    token: str

    @property
    def url(self) -> str:
        return f"/i/{self.token}/"

    @property
    def now(self) -> Invite:
        return Invite.objects.get(pk=self.invite.pk)

    def own(self, rest: str = "") -> str:
        """An address of the assessment that was started with it."""
        return f"/a/{self.token}/{rest and rest + '/'}"

    def answer(self, file: Json, finished: bool = True) -> Draft:
        """Starts, if need be, and fills in the answers of a file."""
        assessment = self.now.start()
        assessment.take(LENS, parse(LENS, file))
        if finished:
            assessment.finish(LENS)
        return Draft(Assessment.objects.get(pk=assessment.pk), self.token)


def inviting_client(name: str = "Harbour & Sons") -> Client:
    """A client of a consultant who has a full name."""
    ada = User.objects.filter(username="ada").first()
    ada = ada or consultant("ada", first_name="Ada", last_name="Lindqvist")
    return Client.objects.get_or_create(name=name, owner=ada)[0]


def invited(recipient: str = "Founder", **how: Any) -> Invited:
    client = how.pop("client", None) or inviting_client()
    return Invited(*Invite.objects.issue(client, client.owner, recipient, **how))


def two_invited(
    first: str = "Founder", second: str = "CTO", **how: Any
) -> tuple[Pair, Invited, Invited]:
    """A pair and both its invitations."""
    client = how.pop("client", None) or inviting_client()
    how = {"project_name": "Tidegate"} | how
    pair, issued = Pair.objects.invite_two(client, client.owner, (first, second), **how)
    one, other = (Invited(*each) for each in issued)
    return pair, one, other
