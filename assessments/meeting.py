"""Two requests that meet over the same rows: one of them is asked once more.

What a request has read may be deleted before it writes, and two that hold rows in another order
may wait for each other until the database breaks one of them off. Neither is a fault of the
request: asked again it finds what there is by then, which may be nothing, or the row free. What is
a fault goes wrong again. Forms may be sent twice anyway, so that a second time does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, connection
from django.http import HttpRequest, HttpResponseBase

# Of PostgreSQL: a deadlock was found, and transactions that cannot be put in an order.
BROKEN_OFF = ("40P01", "40001")

View = Callable[..., HttpResponseBase]

_log = logging.getLogger(__name__)


def once_more(
    view: View, request: HttpRequest, *arguments: object, **named: object
) -> HttpResponseBase:
    """The view's answer, of a second time where the first one met another request."""
    try:
        return view(request, *arguments, **named)
    except (ObjectDoesNotExist, DatabaseError) as error:
        if not _may_have_met(error):
            raise
        _log.warning("%s met another request: asked once more.", type(error).__name__)
    return view(request, *arguments, **named)


def _may_have_met(error: Exception) -> bool:
    if connection.in_atomic_block and connection.needs_rollback:
        return False  # whoever opened that transaction has to end it first
    if isinstance(error, ObjectDoesNotExist | IntegrityError):
        return True
    if error.__cause__ is None:  # Django's own: what was to be saved is not there any more
        return True
    return getattr(error.__cause__, "sqlstate", None) in BROKEN_OFF
