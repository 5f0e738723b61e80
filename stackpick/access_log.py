"""Gunicorn's logger, with secret paths redacted in its access and error logs."""

from __future__ import annotations

import logging

from gunicorn.config import Config
from gunicorn.glogging import Logger

from stackpick.logs import redact


class _Redacted(logging.Formatter):
    """Another formatter's lines, redacted."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self.inner.format(record))


class RedactingLogger(Logger):
    """Gunicorn's own, whose request line, URI, referer and tracebacks name no token."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.setFormatter(_Redacted(handler.formatter or logging.Formatter()))
