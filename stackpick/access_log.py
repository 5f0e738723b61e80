"""Gunicorn's logger, with secret paths redacted in its access and error logs."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from stackpick.logs import RedactingJsonFormatter, escaped, redact
from stackpick.request_id import HEADER

# Gunicorn's own format, and the id at its end. Nobody signs in by a header here, so that the user
# whom one may name is not who it was.
ACCESS_FORMAT = f'%(h)s %(l)s - %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %({{{HEADER}}}o)s'


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
            handler.setFormatter(self.formatter(handler.formatter or logging.Formatter()))

    def formatter(self, usual: logging.Formatter) -> logging.Formatter:
        return _Redacted(usual)

    def atoms(
        self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any
    ) -> dict[str, Any]:
        """What a line is made of, with nothing in it that would begin another line."""
        atoms = super().atoms(resp, req, environ, request_time)
        return {
            name: escaped(value) if isinstance(value, str) else value
            for name, value in atoms.items()
        }


class JsonLogger(RedactingLogger):
    """The same as JSON, with what a request was and became in fields of their own."""

    def formatter(self, usual: logging.Formatter) -> logging.Formatter:
        return RedactingJsonFormatter()

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if not self.access_log_enabled:
            return
        facts = _facts(resp, environ, request_time)
        headers = {name.lower(): value for name, value in resp.headers}
        extra = {"facts": facts, "request_id": headers.get(HEADER.lower(), "")}
        message = f"{facts['method']} {facts['path']} {facts['status']}"
        self.access_log.info("%s", message, extra=extra)


def _facts(resp: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
    """The query stays out: of all that this site is asked, only the desk's searches have one."""
    return {
        "method": environ.get("REQUEST_METHOD", "-"),
        "path": environ.get("PATH_INFO", "-"),
        "status": int(str(resp.status).split(None, 1)[0]),
        "milliseconds": round(request_time.total_seconds() * 1000, 1),
        "bytes": getattr(resp, "sent", None) or 0,
        "client": environ.get("REMOTE_ADDR", "-"),
        "referer": environ.get("HTTP_REFERER", ""),
        "agent": environ.get("HTTP_USER_AGENT", ""),
    }
