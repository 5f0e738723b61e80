"""Gunicorn's settings, the same for `make run` and for production."""

import atexit
import os
import sys
from pathlib import Path
from typing import Any

from assessments.exports.typesetting import typesetter
from assessments.suggest import why_not
from stackpick.access_log import ACCESS_FORMAT
from stackpick.environment import WrongSetting, read_environment, require_server_settings
from stackpick.metrics.master import master as metrics

# Checked here, in the process that starts the workers, so that a wrong setting stops the
# start once, with its one sentence, instead of once in each worker.
try:
    environment = read_environment()
    require_server_settings(environment)
except WrongSetting as problem:
    sys.exit(str(problem))

host = "127.0.0.1" if environment.plain_http else "0.0.0.0"  # noqa: S104
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
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  A heartbeat file on a slow disk stalls workers.

control_socket_disable = True
# TRUST_X_FORWARDED_PROTO alone decides whether a proxy's word on the scheme counts.
secure_scheme_headers: dict[str, str] = {}

loglevel = environment.log_level
accesslog = "-"
access_log_format = ACCESS_FORMAT
is_json = environment.log_format == "json"
logger_class = f"stackpick.access_log.{'JsonLogger' if is_json else 'RedactingLogger'}"


# In the process that starts the workers, and again when it reads this anew.
if environment.metrics_port:
    metrics.open()


def on_starting(server: Any) -> None:
    """Load what suggests kinds of changes before any worker is forked, so that all share it."""
    if environment.suggest and (problem := why_not()):
        server.log.info("Kinds of changes are not suggested: %s.", problem)


def pre_fork(server: Any, worker: Any) -> None:
    metrics.place(worker)


def post_fork(server: Any, worker: Any) -> None:
    metrics.start(worker)
    atexit.register(_leave, worker)  # first of all that is registered here, and so called last


def _leave(worker: Any) -> None:
    """Ends a worker that has served, once all is done that it had to do in the end.

    Otherwise the libraries that the master has loaded would be taken down in it too, and the one
    that suggests kinds looks for threads that only the master has, and aborts.
    """
    if worker.booted:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def post_worker_init(worker: Any) -> None:
    """Start what typesets now, so that the first document need not wait for it."""
    typesetter.start()


def child_exit(server: Any, worker: Any) -> None:
    metrics.forget(worker)


def on_exit(server: Any) -> None:
    metrics.close()


def when_ready(server: Any) -> None:
    """Say where the site is, once the port is really open."""
    if environment.plain_http:
        server.log.info("StackPick is ready: open http://%s/", bind)
    if environment.metrics_port:
        metrics.serve(environment.metrics_host, environment.metrics_port)
