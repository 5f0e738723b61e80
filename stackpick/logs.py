"""Logging that never prints a secret.

Whoever knows the token of an edit link, an invitation or a share link can open what it opens, so
a log that holds one is a leak. The tokens are taken out of the finished line: after arguments and
tracebacks have been put in, nothing can come in behind the filter's back. In JSON they are taken
out of each finished field instead: the line has a line break as `\\n`, and a token behind one would
no longer begin where a word begins.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from datetime import UTC, datetime
from typing import Any

from django.utils.log import ServerFormatter
from pythonjsonlogger.json import JsonFormatter

REDACTED = "[secret]"

# As it is, or escaped: once, or anew each time an address is put into another's query.
_SLASH = r"(?:/|%(?:25)*2[Ff])"
# Percent signs belong to it: what follows an escaped slash goes too, which loses nothing.
_SECRET_PATH = re.compile(rf"({_SLASH}(?:[air]|again|stop){_SLASH})[A-Za-z0-9_%-]{{20,}}")
# A token by itself, as in the arguments that NoReverseMatch prints: 32 random bytes in
# base64url. Asking for a capital and a small letter spares most Python names of that length.
_BARE_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{43}(?![\w-])", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A letter may be escaped in an address as well: `/%61/` opens what `/a/` does, and looks otherwise.
_ESCAPED = re.compile(r"%(?:2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff])")


def redact(text: str) -> str:
    """`text` with the tokens of `/a/<token>/`, `/r/<token>/` and the like taken out."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[0][1:], 16)), text)
    return _BARE_TOKEN.sub(REDACTED, _SECRET_PATH.sub(rf"\g<1>{REDACTED}", plain))


def escaped(text: str) -> str:
    """The text in one line, with nothing that a terminal would act on."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _request_id(record: logging.LogRecord) -> str:
    """Of the request in whose thread this is written, or to whose answer the record belongs."""
    from stackpick.request_id import current  # which needs `redact`

    return str(getattr(record, "request_id", "")) or current()


class RedactingFormatter(logging.Formatter):
    """The usual formatter, redacting the whole line and its traceback.

    Where a request is served, its id follows the message.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        name = _request_id(record)
        return super().formatMessage(record) + (f" [{name}]" if name else "")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class RedactingJsonFormatter(JsonFormatter):
    """One JSON object on a line, with the fields that docs/observing.md names and no other.

    What is passed to a logger as `extra` may be anything, whole requests included: of that only
    `facts` counts, a mapping of plain values.
    """

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(
            "T", "milliseconds"
        )
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.message
        log_data["request_id"] = _request_id(record)
        log_data["process"] = record.process
        log_data |= getattr(record, "facts", {})
        for name, field in (("exc_info", "traceback"), ("stack_info", "stack")):
            if name in message_dict:
                log_data[field] = message_dict[name]

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {
            name: redact(value) if isinstance(value, str) else value
            for name, value in log_data.items()
        }


class RedactingServerFormatter(ServerFormatter):
    """The same for the request lines of Django's development server."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def log_what_python_prints() -> None:
    """Warnings, and errors that nobody catches, go through the log: Python would print them as they
    are, tokens included, in lines that are not JSON."""
    logging.captureWarnings(True)
    threading.excepthook = lambda failed: _uncaught(
        "A thread failed", failed.exc_type, failed.exc_value, failed.exc_traceback
    )
    sys.unraisablehook = lambda failed: _uncaught(
        "An error that nobody could be told",
        failed.exc_type,
        failed.exc_value,
        failed.exc_traceback,
    )


def _uncaught(message: str, *exception: Any) -> None:
    kind, value, traceback = exception
    if kind is not SystemExit:
        error = value if value is not None else kind()
        logging.getLogger("stackpick").error(message, exc_info=(kind, error, traceback))


def logging_settings(level: str, log_format: str = "line") -> dict[str, Any]:
    """Django's LOGGING: everything to stderr, whether DEBUG is on or off.

    `django` and `django.server` are named to replace the handlers of Django's own
    configuration, which keeps silent when DEBUG is off.
    """
    json = {"()": "stackpick.logs.RedactingJsonFormatter"}
    line = {
        "()": "stackpick.logs.RedactingFormatter",
        "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
    }
    server = {
        "()": "stackpick.logs.RedactingServerFormatter",
        "format": "[{server_time}] {message}",
        "style": "{",
    }
    is_json = log_format == "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": json if is_json else line,
            "django.server": json if is_json else server,
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
