"""A consultant's client, and the project that a backend is chosen for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from ..engine.answers import PROJECT_LIMITS


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: Any) -> ClientQuerySet:
        """This consultant's own clients and those shared with them; of a superuser, all."""
        return self.all() if user.is_superuser else self.filter(pk__in=self.keys_for(user))

    @staticmethod
    def keys_for(user: Any) -> models.QuerySet[Any]:
        """The keys of a consultant's own clients and of those shared with them, for ``__in``.

        Two short lists put together, which databases read once. Asked for with an “or” over a join,
        a planner that believes there is one client tries each row with each client twice over.
        """
        own = Client.objects.filter(owner=user.pk).order_by().values("pk")
        return own.union(
            Client.shared_with.through.objects.filter(user=user.pk).values("client_id")
        )


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
        help_text="Consultants who see and review this client’s assessments as well.",
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
