"""Logging that never prints a secret.

Whoever knows the token of an edit link, an invitation or a share link can open what it opens, so
a log that holds one is a leak. The tokens are taken out of the finished line: after arguments and
tracebacks have been put in, nothing can come in behind the filter's back.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from django.utils.log import ServerFormatter

REDACTED = "[secret]"

# As it is, or escaped: once, or anew each time an address is put into another's query.
_SLASH = r"(?:/|%(?:25)*2[Ff])"
# Percent signs belong to it: what follows an escaped slash goes too, which loses nothing.
_SECRET_PATH = re.compile(rf"({_SLASH}(?:[air]|again|stop){_SLASH})[A-Za-z0-9_%-]{{20,}}")
# A token by itself, as in the arguments that NoReverseMatch prints: 32 random bytes in
# base64url. Asking for a digit and a capital spares Python names of that length.
_BARE_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[0-9])(?=[\w-]*[A-Z])[A-Za-z0-9_-]{43}(?![\w-])")


def redact(text: str) -> str:
    """`text` with the tokens of `/a/<token>/`, `/r/<token>/` and the like taken out."""
    return _BARE_TOKEN.sub(REDACTED, _SECRET_PATH.sub(rf"\g<1>{REDACTED}", text))


class RedactingFormatter(logging.Formatter):
    """The usual formatter, redacting the whole line and its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class RedactingServerFormatter(ServerFormatter):
    """The same for the request lines of Django's development server."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to stderr, whether DEBUG is on or off.

    `django` and `django.server` are named to replace the handlers of Django's own
    configuration, which keeps silent when DEBUG is off.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "stackpick.logs.RedactingFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            },
            "django.server": {
                "()": "stackpick.logs.RedactingServerFormatter",
                "format": "[{server_time}] {message}",
                "style": "{",
            },
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "django.server": {"class": "logging.StreamHandler", "formatter": "django.server"},
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "django": {"handlers": [], "level": level.upper(), "propagate": True},
            "django.server": {
                "handlers": ["django.server"],
                "level": level.upper(),
                "propagate": False,
            },
            # Sign-ins that fail are logged by `assessments.admin.throttling`, one line each.
            "axes": {"level": "CRITICAL" if level == "critical" else "ERROR"},
        },
    }
