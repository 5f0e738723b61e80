"""Gunicorn's settings, the same for `make run` and for production."""

import atexit
import os
import sys
from pathlib import Path
from typing import Any

# SIGHUP has the master read this file anew and fork new workers, which begin with the modules that
# the master has. Left there, those of ours that it imports would be the old release's for ever.
if _suggest := sys.modules.get("assessments.suggest"):
    # The master knows the old workers, they the old settings, these the old module: what it has
    # loaded would stay for several reloads, at 95 MB each.
    _suggest.forget()
for _name in [name for name in sys.modules if name.split(".")[0] in ("assessments", "stackpick")]:
    del sys.modules[_name]
# Where this release is, and not a link that leads to the next one by and by: the workers of before
# are to find their own code to their end.
chdir = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, chdir)

# ruff: noqa: E402
from assessments.exports.typesetting import typesetter
from assessments.suggest import why_not
from stackpick.access_log import ACCESS_FORMAT
from stackpick.environment import WrongSetting, read_environment, require_server_settings
from stackpick.metrics.master import Master

# Checked here, in the process that starts the workers, so that a wrong setting stops the
# start once, with its one sentence, instead of once in each worker.
try:
    environment = read_environment()
    require_server_settings(environment)
except WrongSetting as problem:
    sys.exit(str(problem))

host = environment.bind_host
bind = f"[{host}]:{environment.port}" if ":" in host else f"{host}:{environment.port}"
wsgi_app = "stackpick.wsgi"
proc_name = "stackpick"

workers = environment.web_concurrency
worker_class = "stackpick.serving.worker.BufferingWorker"
threads = 4  # More of them only queue for SQLite's one writer.
# Of each worker, those that send slowly and those that read slowly included.
worker_connections = 1000
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
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
# Nobody's word on where the site is mounted, which a proxy may pass on from a client.
forwarder_headers = ""

loglevel = environment.log_level
accesslog = "-"
access_log_format = ACCESS_FORMAT
is_json = environment.log_format == "json"
logger_class = f"stackpick.access_log.{'JsonLogger' if is_json else 'RedactingLogger'}"


def on_starting(server: Any) -> None:
    """Load what suggests kinds of changes before any worker is forked, so that all share it."""
    if not hasattr(server, "metrics"):  # which outlives the modules, as its counts shall
        server.metrics = Master(is_wanted=bool(environment.metrics_port))
    if environment.suggest and (problem := why_not()):
        server.log.info("Kinds of changes are not suggested: %s.", problem)


def pre_fork(server: Any, worker: Any) -> None:
    server.metrics.place(worker)


def post_fork(server: Any, worker: Any) -> None:
    server.metrics.start(worker)
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


def on_reload(server: Any) -> None:
    """The same on SIGHUP: what suggests is the new release's then."""
    on_starting(server)


def post_worker_init(worker: Any) -> None:
    """Start what typesets now, so that the first document need not wait for it."""
    typesetter.start()


def child_exit(server: Any, worker: Any) -> None:
    server.metrics.forget(worker)


def on_exit(server: Any) -> None:
    server.metrics.close()


def when_ready(server: Any) -> None:
    """Say where the site is, once the port is really open."""
    if environment.plain_http:
        server.log.info("StackPick is ready: open http://%s/", bind)
    if environment.metrics_port:
        server.metrics.serve(environment.metrics_host, environment.metrics_port)
