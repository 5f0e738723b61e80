"""Gunicorn's settings, the same for `make run` and for production."""

import sys
from pathlib import Path
from typing import Any

from assessments.exports.typesetting import typesetter
from assessments.suggest import why_not
from stackpick.environment import WrongSetting, read_environment, require_server_settings

# Checked here, in the process that starts the workers, so that a wrong setting stops the
# start once, with its one sentence, instead of once in each worker.
try:
    environment = read_environment()
    require_server_settings(environment)
except WrongSetting as problem:
    sys.exit(str(problem))

host = "127.0.0.1" if environment.plain_http else "0.0.0.0"  # noqa: S104  # nosec B104
bind = f"{host}:{environment.port}"
wsgi_app = "stackpick.wsgi"
proc_name = "stackpick"

workers = environment.web_concurrency
worker_class = "gthread"
threads = 4  # More of them only queue for SQLite's one writer.
timeout = 30
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
preload_app = False
# A heartbeat file on a slow disk stalls workers.
if Path("/dev/shm").is_dir():  # noqa: S108  # nosec B108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  # nosec B108

control_socket_disable = True
# TRUST_X_FORWARDED_PROTO alone decides whether a proxy's word on the scheme counts.
secure_scheme_headers: dict[str, str] = {}

loglevel = environment.log_level
accesslog = "-"
logger_class = "stackpick.access_log.RedactingLogger"


def on_starting(server: Any) -> None:
    """Load what suggests kinds of changes before any worker is forked, so that all share it."""
    if environment.suggest and (problem := why_not()):
        server.log.info("Kinds of changes are not suggested: %s.", problem)


def post_worker_init(worker: Any) -> None:
    """Start what typesets now, so that the first document need not wait for it."""
    typesetter.start()


def when_ready(server: Any) -> None:
    """Say where the site is, once the port is really open."""
    if environment.plain_http:
        server.log.info("StackPick is ready: open http://%s/", bind)
