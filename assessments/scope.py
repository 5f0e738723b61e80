"""Whose clients a member of staff sees. The desk asks here, and nowhere decides by itself.

A consultant's own clients and those shared with them, and all that hangs on these; a superuser
sees everything. A founder's assessment that is tied to no client is nobody's but a superuser's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest

from .models import (
    AnticipatedChange,
    Assessment,
    Client,
    Invite,
    Milestone,
    Note,
    Pair,
    PendingImport,
    Project,
    Review,
    SearchText,
    ShareLink,
    SuggestionCount,
)

GROUP = "Consultants"
_OF_ASSESSMENT = "assessment__project__client"
# From each model, the way to the client it hangs on.
TO_CLIENT: dict[type[Model], str] = {
    Client: "pk",
    Project: "client",
    Assessment: "project__client",
    AnticipatedChange: _OF_ASSESSMENT,
    ShareLink: _OF_ASSESSMENT,
    Review: _OF_ASSESSMENT,
    SearchText: _OF_ASSESSMENT,
    Note: _OF_ASSESSMENT,
    Milestone: _OF_ASSESSMENT,
    Invite: "client",
    Pair: "client",
    PendingImport: "client",
    SuggestionCount: "client",
}

Found = TypeVar("Found", bound=Model)
_log = logging.getLogger(__name__)


def visible(user: Any, model: type[Found]) -> QuerySet[Found]:
    """The rows of a model that this member of staff may see; of a model not listed above, none."""
    rows = model._default_manager.all()
    if user.is_superuser:
        return rows
    if model not in TO_CLIENT:
        return rows.none()
    return rows.filter(Q((f"{TO_CLIENT[model]}__in", Client.objects.keys_for(user))))


def reach(request: HttpRequest, model: type[Found], key: Any) -> Found:
    """One row; 404 where there is none, and just the same where it is another's."""
    try:
        found = visible(request.user, model).filter(pk=key).first()
    except (ValueError, OverflowError):
        found = None
    if found is None:
        refuse(request, f"{model._meta.model_name} {key}", Http404)
    return found


def reach_all(request: HttpRequest, model: type[Found], keys: Iterable[Any]) -> QuerySet[Found]:
    """Several rows, all of them or none: 403 where one is missing, or another's."""
    wanted = {str(key) for key in keys}
    rows = visible(request.user, model)
    try:
        there = set(map(str, rows.filter(pk__in=wanted).values_list("pk", flat=True)))
    except (ValueError, OverflowError):
        there = set()
    if wanted - there:
        refuse(request, f"{model._meta.model_name} {', '.join(sorted(wanted - there)[:5])}")
    return rows.filter(pk__in=wanted)


def refuse(request: HttpRequest, what: str, how: type[Exception] = PermissionDenied) -> NoReturn:
    """Ends the request, and leaves a line in the log: nobody gets here by way of our own pages.

    ``what`` may come from the request; it is cut, and shown so that it stays on its line.
    """
    who = getattr(request.user, "pk", None)
    _log.warning("User %s was refused %.120r at %s", who, what, request.path)
    raise how("This is not among the things you may see.")


def runs(user: Any, client: Client) -> bool:
    """Whether this member of staff may share, archive and delete a client they see.

    Those whom it is shared with only work on it.
    """
    return bool(user.is_superuser or client.owner_id == user.pk)
