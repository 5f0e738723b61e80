"""Two people invited to the same question, blind, and what they settle on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from ..engine.answers import Answers
from ..engine.lens import Lens
from ..engine.report import build_report
from ..tokens import token_hash
from .assessment import REPORTS, Assessment
from .client import Client, Project
from .history import because
from .invite import Invite


class StaleSettlement(Exception):
    """What was settled, or what it is made from, has changed since; nothing was stored."""


class PairQuerySet(models.QuerySet["Pair"]):
    @transaction.atomic
    def invite_two(
        self,
        client: Client,
        by: Any,
        recipients: tuple[str, str],
        project_name: str = "",
        note: str = "",
        expires_at: datetime | None = None,
        tokens: tuple[str, str] = ("", ""),
    ) -> tuple[Pair, list[tuple[Invite, str]]]:
        """A pair, and both invitations with their tokens, in the order of the recipients.

        Asked for again with the same ``tokens``, the pair that they belong to.
        """
        # Kept to this transaction: of two clicks the second one waits, and finds what there is.
        Client.objects.select_for_update().get(pk=client.pk)
        made = self._made_before(tokens)
        if len(made) == 2:
            return self.get(pk=made[0][0].pair_id), made
        if made:  # one of them was closed since: this is about two new ones
            tokens = ("", "")
        pair = self.create(client=client, project_name=project_name)
        invite = Invite.objects.issue
        issued = [
            invite(client, by, recipient, project_name, note, expires_at, pair, token)
            for recipient, token in zip(recipients, tokens, strict=True)
        ]
        return pair, issued

    def _made_before(self, tokens: tuple[str, str]) -> list[tuple[Invite, str]]:
        """The invitations of pairs that these tokens still open, with them."""
        live = Invite.objects.filter(revoked_at=None, pair__isnull=False)
        hashes = {token_hash(token): token for token in tokens}
        return [
            (invite, hashes[invite.token_hash])
            for invite in live.filter(token_hash__in=hashes).order_by("pk")
        ]

    def with_invites(self) -> PairQuerySet:
        """With what a list of pairs says of both people, and without their answers."""
        invites = Invite.objects.light().order_by("pk")
        pairs = self.select_related("client", "joint").defer(
            "joint__answers", *(f"joint__{name}" for name in REPORTS)
        )
        return pairs.prefetch_related(models.Prefetch("invites", invites))

    def whole(self) -> PairQuerySet:
        """With both people's answers and reports, and the joint ones."""
        both = Invite.objects.select_related("assessment__project").defer("assessment__unnamed")
        pairs = self.select_related("client", "joint__project").defer("joint__unnamed")
        return pairs.prefetch_related(models.Prefetch("invites", both.order_by("pk")))


class Pair(models.Model):
    """Two invitations to the same question; neither person sees the other's answers before both
    are done. ``joint`` is what they settled on."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="pairs")
    project_name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    joint = models.OneToOneField(
        Assessment, on_delete=models.SET_NULL, null=True, related_name="settles", editable=False
    )

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = "blind pair"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.project_name or "(no name yet)"

    @property
    def both(self) -> Sequence[Invite]:
        """The two invitations, the first one first; fewer where one was deleted."""
        return sorted(self.invites.all(), key=lambda invite: invite.pk)

    @property
    def is_complete(self) -> bool:
        """Whether both people have finished, so that the two can be put beside each other."""
        return [invite.is_finished for invite in self.both] == [True, True]

    @property
    def is_open(self) -> bool:
        """Whether each of the two may see the other's answers: both have finished, and said
        enough themselves, so that nobody finishes with nothing in order to read."""
        return self.is_complete and all(invite.says_enough for invite in self.both)

    @property
    def basis(self) -> str:
        """Another text whenever one of the two finishes anew, or the joint answers move."""
        made_from = [
            (invite.assessment_id, invite.assessment and invite.assessment.finished_at)
            for invite in self.both
        ]
        joint = self.joint and (self.joint.pk, self.joint.version)
        return token_hash(repr((made_from, joint)))[:20]

    @transaction.atomic
    def conclude(self, lens: Lens, answers: Answers, seen: str, by: str) -> None:
        """Makes the joint assessment of the settled answers, or makes it anew.

        Raises StaleSettlement where anything has moved since ``seen``, which was the ``basis``.
        """
        # The joint assessment before the pair, as whoever deletes one holds them.
        joint_before = Pair.objects.values_list("joint_id", flat=True).get(pk=self.pk)
        Assessment.objects.select_for_update().filter(pk=joint_before).first()
        if Pair.objects.select_for_update().get(pk=self.pk).joint_id != joint_before:
            raise StaleSettlement
        current = Pair.objects.whole().get(pk=self.pk)
        if not current.is_complete or current.basis != seen:
            raise StaleSettlement
        reason = f"settled by {by}"
        joint = current.joint or self._new_joint(reason)
        joint.take(lens, answers)
        because(joint, reason).pin(lens, build_report(lens, joint.engine_answers(lens)))
        self.joint = joint
        self.save(update_fields=["joint"])

    def _new_joint(self, reason: str) -> Assessment:
        joint = Assessment(project=Project.objects.create(client_id=self.client_id))
        because(joint, reason).save()
        return joint
