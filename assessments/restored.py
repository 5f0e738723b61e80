"""The last proof of a restored database: a shared link's page opens, through all of the site."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from stackpick.addresses import address

from .models import Assessment, ShareLink
from .shared_pages import shared_pages
from .tokens import new_token, token_hash

# Says that it is a program: views are written later and by another connection, which would be
# that of the database in use.
_A_PROGRAM = "stackpick-restore bot"
# Whatever names this machine answers for: where a drill is held it may be none.
_HOST = "localhost"
# No backup has static files or the secret key: the page is looked at without them.
_PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def share_page_problem() -> str | None:
    """Why the page of a shared link does not open; None where it does.

    For a copy only: no token can be read back, so a link that is there gets a new one. Where there
    is none, one is made for a finished assessment.

    Raises:
        NothingToOpen: nothing there is finished.
    """
    token = _token()
    shared_pages.clear()
    _have_a_key()
    with override_settings(
        ALLOWED_HOSTS=[_HOST],
        STORAGES=settings.STORAGES | {"staticfiles": _PLAIN},
        STATIC_ROOT=None,
    ):
        answer = Client(headers={"user-agent": _A_PROGRAM}).get(
            address("shared", token), secure=True, headers={"host": _HOST}
        )
    if answer.status_code != 200:
        return f"the page of a shared link answers {answer.status_code}"
    return None if b'class="verdict"' in answer.content else "a shared page shows no verdict"


class NothingToOpen(Exception):
    """No assessment is finished, so no link can be opened."""


def _have_a_key() -> None:
    """For the rest of this process, where it has none: Django looks at each setting it puts back,
    and an empty key is refused."""
    try:
        bool(settings.SECRET_KEY)
    except ImproperlyConfigured:
        settings.SECRET_KEY = secrets.token_urlsafe(50)


def _token() -> str:
    token = new_token()
    found = ShareLink.objects.live(timezone.now()).order_by("-pk").first()
    if found:
        ShareLink.objects.filter(pk=found.pk).update(token_hash=token_hash(token))
        return token
    finished = Assessment.objects.exclude(report=None).order_by("-pk").first()
    if finished is None:
        raise NothingToOpen
    return ShareLink.objects.issue(finished, "To see that it opens", token=token)[1]
