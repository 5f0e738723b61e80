"""The WSGI application, for Gunicorn and every other server."""

from __future__ import annotations

import os
import sys

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from stackpick.environment import WrongSetting, read_environment, require_server_settings

# Gunicorn starts a worker that died again and again, except after this exit code.
GUNICORN_GIVES_UP = 3

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stackpick.settings")


def _application() -> WSGIHandler:
    try:
        require_server_settings(read_environment())
        return get_wsgi_application()
    except WrongSetting as problem:
        print(problem, file=sys.stderr, flush=True)
        sys.exit(GUNICORN_GIVES_UP)


application = _application()
