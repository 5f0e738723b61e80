"""The admin's log after a deletion: who deleted what kind of thing and when, and no name of it.

Django's log keeps what each object was called, and which texts were changed, for good. What
somebody deletes here is gone, and its name with it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Model, QuerySet
from django.db.models.functions import Cast

from ..models import Client
from ..scope import TO_CLIENT


def forget_in_log(rows: QuerySet[Any]) -> None:
    """Takes the names of these rows out of all entries about them; before they are deleted."""
    model: type[Model] = rows.model
    keys = rows.order_by().annotate(key_in_log=Cast("pk", CharField())).values("key_in_log")
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=keys)
    entries.update(object_repr=f"{model._meta.verbose_name} (deleted)", change_message="")


def forget_all_in_log(client: Client) -> None:
    """The same for a client and all that hangs on it, which is deleted along with it."""
    for model, way in TO_CLIENT.items():
        forget_in_log(model._default_manager.filter(**{way: client.pk}))
