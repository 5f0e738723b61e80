"""A consultant's client, and the project that a backend is chosen for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from ..engine.answers import PROJECT_LIMITS


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: Any) -> ClientQuerySet:
        """The clients that are this member of staff's own or shared with them; a superuser's all.

        By way of their keys, so that a client who is both comes once.
        """
        if user.is_superuser:
            return self.all()
        ours = models.Q(owner=user.pk) | models.Q(shared_with=user.pk)
        return self.filter(pk__in=Client.objects.filter(ours).order_by().values("pk"))


class Client(models.Model):
    """Somebody a consultant works for. A founder who came alone has none."""

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        help_text="The consultant whose client this is.",
    )
    shared_with = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="shared_clients",
        help_text="Consultants who see and review this client's assessments as well.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (models.Index(fields=("name", "id"), name="client_by_name"),)

    def __str__(self) -> str:
        return self.name

    def archive(self) -> None:
        """Puts the client out of the way; nothing of theirs is deleted or closed."""
        self._set_archived(timezone.now())

    def restore(self) -> None:
        self._set_archived(None)

    @transaction.atomic
    def delete_with_all(self) -> None:
        """Deletes the client and all that hangs on it: the one way past the projects' PROTECT.

        The row is locked first, so that nothing can be hung on it meanwhile.
        """
        from .search import forget_deleted

        Client.objects.select_for_update().filter(pk=self.pk).first()
        self.projects.all().delete()
        self.delete()
        forget_deleted()

    def _set_archived(self, moment: Any) -> None:
        self.archived_at = moment
        self.save(update_fields=["archived_at"])


class Project(models.Model):
    """What the backend is for. Its name and summary are part of the answers file."""

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    name = models.CharField(max_length=PROJECT_LIMITS["name"], blank=True)
    summary = models.CharField(max_length=PROJECT_LIMITS["summary"], blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "pk")
        indexes = (models.Index(fields=("client", "id"), name="project_by_client"),)

    def __str__(self) -> str:
        return self.name or "(no name yet)"
