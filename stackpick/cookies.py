"""Messages in a cookie whose name says what a browser may believe of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class MessagesInCookie(CookieStorage):
    """Django's own, under a name of the settings, as sessions and forms have theirs."""

    cookie_name = settings.MESSAGES_COOKIE_NAME
