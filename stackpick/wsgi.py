"""The WSGI application, for Gunicorn and every other server."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

from stackpick.environment import WrongSetting, read_environment, require_server_settings
from stackpick.logs import log_what_python_prints

# Gunicorn starts a worker that died again and again, except after this exit code.
GUNICORN_GIVES_UP = 3

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stackpick.settings")


class Utf8Request(WSGIRequest):
    """A request whose address is read as UTF-8, whatever charset its header names.

    Django's own decodes with the codec named there while it is being made, too early for any
    middleware, and fails on one that is no text encoding, such as rot13.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        header = meta.get("CONTENT_TYPE", "")
        self.content_type, self.content_params = parse_header_parameters(header)


class Handler(WSGIHandler):
    request_class = Utf8Request


def _application() -> WSGIHandler:
    try:
        require_server_settings(read_environment())
        django.setup(set_prefix=False)
        log_what_python_prints()
        # All code now, and not with the first request: the files may be another release's by then.
        get_resolver().url_patterns  # noqa: B018
        return Handler()
    except WrongSetting as problem:
        print(problem, file=sys.stderr, flush=True)
        sys.exit(GUNICORN_GIVES_UP)


def _settle_memory() -> None:
    """Leaves what was loaded out of garbage collection, and has the rest collected less often.

    A page makes thousands of small objects and drops them again; looking through everything
    that the process has loaded for each of them took a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


application = _application()
_settle_memory()
