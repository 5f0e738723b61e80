"""Invitations to an assessment that belongs to a client."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from ..engine.enough import says_enough
from ..engine.lens import Lens
from ..lens import current_lens
from ..tokens import new_token, token_hash
from .assessment import REPORTS, Assessment
from .client import Client, Project
from .history import because, kept_history
from .made_once import made_once
from .search import SearchText

if TYPE_CHECKING:
    from .pair import Pair


class NotTaken(Exception):
    """The invitation or the assessment is no longer free; nothing was stored."""


class InviteQuerySet(models.QuerySet["Invite"]):
    def issue(  # nosec B107  # an empty token means a new one
        self,
        client: Client,
        by: Any,
        recipient: str,
        project_name: str = "",
        note: str = "",
        expires_at: datetime | None = None,
        pair: Pair | None = None,
        token: str = "",
    ) -> tuple[Invite, str]:
        """A new invitation and its token, which cannot be read back later.

        Asked for again with the same ``token``, the invitation that it opens, unless that was
        revoked.
        """
        token = token or new_token()
        invite = self.model(
            client=client,
            created_by=by,
            recipient=recipient,
            project_name=project_name,
            note=note,
            expires_at=expires_at,
            pair=pair,
            token_hash=token_hash(token),
        )
        invite, _ = made_once(because(invite, "invited"), "token_hash")
        if invite.revoked_at is None:
            return invite, token
        return self.issue(client, by, recipient, project_name, note, expires_at, pair)

    def light(self) -> InviteQuerySet:
        """With what ``state`` is told by, and without answers and reports."""
        invites = self.select_related("assessment")
        return invites.defer(*(f"assessment__{name}" for name in ("answers", *REPORTS)))

    def beside(self, assessment: Assessment) -> Invite | None:
        """The invitation of the other person, where the assessment is one of a pair.

        None where theirs was closed, or their assessment deleted: nobody is to be waited for.
        """
        others = self.select_related("assessment__project", "pair")
        others = others.filter(pair__invites__assessment=assessment)
        waited_for = others.exclude(assessment=None, revoked_at__isnull=False)
        return waited_for.exclude(assessment=assessment).first()

    def in_state(self, name: str) -> InviteQuerySet:
        """Those in one of the states that ``STATES`` names."""
        return self.filter(STATES[name]())


class Invite(models.Model):
    """A capability URL that starts the wizard for a client.

    Until it is taken up there is no assessment. The assessment that it starts is edited with the
    same token, so that the address of the invitation always leads back to it.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="invites")
    pair = models.ForeignKey(
        "assessments.Pair", on_delete=models.CASCADE, null=True, blank=True, related_name="invites"
    )
    assessment = models.OneToOneField(
        Assessment, on_delete=models.SET_NULL, null=True, related_name="invite", editable=False
    )
    recipient = models.CharField(
        max_length=80, help_text="Whom it is for, such as “Founder” or a name."
    )
    project_name = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=1_000, blank=True, help_text="Shown above the Start button.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InviteQuerySet.as_manager()
    history = kept_history("token_hash")

    class Meta:
        verbose_name = "invitation"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"Invitation of {self.recipient}"

    # What it has come to

    @property
    def is_open(self) -> bool:
        """Whether it can be taken up."""
        return self.assessment_id is None and not self.revoked_at and not self.is_past

    @property
    def is_past(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_finished(self) -> bool:
        return self.assessment is not None and self.assessment.finished_at is not None

    @property
    def says_enough(self) -> bool:
        """Whether what was finished answers enough for the other one's answers in return."""
        if self.assessment is None or self.assessment.report is None:
            return False
        lens = current_lens()
        return says_enough(lens, self.assessment.pinned_answers(lens))

    @property
    def has_own_address(self) -> bool:
        """Whether it was taken up with an assessment that has another address than this one."""
        return self.assessment is not None and self.assessment.edit_hash != self.token_hash

    def state(self, lens: Lens) -> str:
        """What it has come to, in words."""
        if self.assessment is not None:
            return "finished" if self.is_finished else self._progress(lens, self.assessment)
        if self.revoked_at:
            return "revoked"
        return "expired" if self.is_past else "sent"

    def _progress(self, lens: Lens, assessment: Assessment) -> str:
        number = assessment.first_open_step(lens)
        return f"started, at step {number}" if number else "all steps seen, not finished"

    # Taking it up

    def start(self) -> Assessment:
        """The assessment that it starts; asked for again, the one that it has started.

        Raises NotTaken where it was revoked, has expired, or was taken up with another.
        """
        with transaction.atomic():
            current = self._locked()
            if current.assessment is None:
                current._begin()
            elif current.has_own_address:
                raise NotTaken
        self.refresh_from_db()
        return current.assessment  # type: ignore[return-value]

    def _begin(self) -> None:
        project = Project.objects.create(client_id=self.client_id, name=self.project_name)
        assessment = Assessment(project=project, edit_hash=self.token_hash)
        because(assessment, "started by invitation").save()
        self._take_up(assessment, "started")

    def tie(self, assessment: Assessment) -> None:
        """Takes the invitation up with an assessment that somebody had begun alone.

        Raises NotTaken where the assessment has a client already, or the invitation is not open.
        """
        with transaction.atomic():
            current = self._locked()
            free = Project.objects.filter(pk=assessment.project_id, client=None)
            if not free.update(client=current.client_id):
                raise NotTaken
            SearchText.objects.refresh(Project.objects.filter(pk=assessment.project_id))
            current._take_up(assessment, "taken up with an assessment begun before")
        self.refresh_from_db()

    def _take_up(self, assessment: Assessment, reason: str) -> None:
        if not self.is_open:
            raise NotTaken
        self.assessment = assessment
        because(self, reason).save()

    def _locked(self) -> Invite:
        """The row as it stands, kept to this transaction: of two clicks the second waits."""
        return Invite.objects.select_for_update().get(pk=self.pk)

    # What the consultant does with it

    def revoke(self) -> bool:
        """Closes it for good; False where it was taken up already, or closed before."""
        return self._change_unless_taken("revoked", revoked_at=timezone.now())

    def replace_token(self) -> str | None:
        """A new token in place of a lost one; None where it was taken up already, or revoked.

        An invitation that has expired is open again, for as long as it was at first.
        """
        token = new_token()
        moved: dict[str, Any] = {"token_hash": token_hash(token)}
        if self.expires_at and self.is_past:
            moved["expires_at"] = timezone.now() + (self.expires_at - self.created_at)
        return token if self._change_unless_taken("new link", **moved) else None

    def _change_unless_taken(self, reason: str, **columns: Any) -> bool:
        with transaction.atomic():
            current = self._locked()
            if current.assessment_id or current.revoked_at:
                return False
            for name, value in columns.items():
                setattr(current, name, value)
            because(current, reason).save()
        self.refresh_from_db()
        return True


def _waiting() -> Q:
    return Q(assessment=None, revoked_at=None)


def _past() -> Q:
    return Q(expires_at__lte=timezone.now())


# The states of invitations, as they are filtered by.
STATES = {
    "sent": lambda: _waiting() & (Q(expires_at=None) | ~_past()),
    "expired": lambda: _waiting() & _past(),
    "revoked": lambda: Q(assessment=None, revoked_at__isnull=False),
    "started": lambda: Q(assessment__isnull=False, assessment__finished_at=None),
    "finished": lambda: Q(assessment__finished_at__isnull=False),
}
