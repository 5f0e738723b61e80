"""A real server for the tests: Gunicorn as a subprocess, with the settings of production."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx

from tests.ready_databases import fill
from tests.tls import speaks_tls

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
COLLECTED = ROOT / ".staticfiles.json"
APPLICATION = "stackpick.wsgi"
# Of the servers started here, by their base URL.
_environments: dict[str, dict[str, str]] = {}
_sessions: dict[str, int] = {}
# For what is about neither: what suggests kinds takes a fifth of a start, each worker two fifths.
QUICKER = {"SUGGEST": "0"}
ONE_WORKER = QUICKER | {"WEB_CONCURRENCY": "1"}
RATES_OFF = tuple(
    f"RATE_{name}" for name in ("API", "DOCUMENTS", "MAILS", "START", "SUGGEST", "WHATIF")
)
OUR_SETTINGS = {
    "ALLOWED_HOSTS",
    "BIND_HOST",
    "CACHE_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_REPLICA_URL",
    "DATABASE_URL",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",
    "DRAFT_DAYS",
    "EMAIL_FROM",
    "EMAIL_URL",
    "HSTS_PRELOAD",
    "HSTS_SUBDOMAINS",
    "LENS_FILE",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "METRICS",
    "METRICS_HOST",
    "PLAIN_HTTP",
    "PORT",
    "RATE_API",
    "RATE_DOCUMENTS",
    "RATE_GUESSES",
    "RATE_MAILS",
    "RATE_START",
    "RATE_SUGGEST",
    "RATE_WHATIF",
    "REQUIRE_MFA",
    "SECRET_KEY",
    "SECURITY_CONTACT",
    "SITE_URL",
    "SUGGEST",
    "TRUSTED_PROXIES",
    "TRUST_X_FORWARDED_PROTO",
    "WEB_CONCURRENCY",
}


def without_our_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment as it was before anybody set anything for StackPick."""
    return {name: value for name, value in environment.items() if name not in OUR_SETTINGS}


def in_ci() -> bool:
    """Whether what is missing is a failure, not a reason to skip."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(
    database_url: str,
    port: int | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    application: str = APPLICATION,
) -> Iterator[str]:
    """The base URL, without a slash at its end, of a server on a migrated database.

    Args:
        database_url: as DATABASE_URL, for SQLite an absolute path; the worked examples are put in.
        port: where to listen; a free port if not given.
        env: more variables, or other values than the ones chosen here.
        log: where its output goes, access log included; a temporary file if not given.
        application: the WSGI module; another one than the site's own where it is to be broken.
    """
    port = port or free_port()
    environment = site_environment(database_url, port, env)
    make_ready(environment)
    with (
        tempfile.TemporaryDirectory(prefix="stackpick-server-") as folder,
        serving(environment, log or Path(folder) / "log", application) as base_url,
    ):
        yield base_url


def make_ready(environment: dict[str, str]) -> None:
    """What a release does: static files, migrations, the worked examples."""
    collect_static_files()
    if "LENS_FILE" in environment:  # the examples are scored by it
        _migrate(environment)
    else:
        fill(environment["DATABASE_URL"], _migrate_as_usual)


def _migrate_as_usual(database_url: str) -> None:
    _migrate(site_environment(database_url, free_port()))


def _migrate(environment: dict[str, str]) -> None:
    _manage("migrate", "--no-input", environment=environment)
    _manage("load_examples", environment=environment)


@contextmanager
def another_server(
    base_url: str, port: int | None = None, env: Mapping[str, str] | None = None
) -> Iterator[str]:
    """One more process group as a running server is; with its port, in place of one that died.

    ``env`` are other values than that one has, such as another database.
    """
    port = port or free_port()
    environment = environment_of(base_url) | {"PORT": str(port)} | dict(env or {})
    with (
        tempfile.TemporaryDirectory(prefix="stackpick-server-") as folder,
        serving(environment, Path(folder) / "log") as another,
    ):
        yield another


def environment_of(base_url: str) -> dict[str, str]:
    """What a server that was started here was started with."""
    return dict(_environments[base_url])


def run_beside(base_url: str, code: str) -> str:
    """Runs Python with Django on the database of a running server, and returns what it prints."""
    return manage_site(base_url, "manage.py", "shell", "--no-imports", "-c", code)


def manage_site(base_url: str, *command: str, env: Mapping[str, str] | None = None) -> str:
    """Runs Python with these arguments beside a running server, and returns what it prints.

    ``env`` are more variables, or other values than the server has.
    """
    return _run(*command, environment=environment_of(base_url) | dict(env or {}))


def processes_of(base_url: str) -> list[int]:
    """The master, its workers and what they started; on Linux, empty elsewhere."""
    return [
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if _session(stat) == _sessions[base_url]
    ]


def _session(stat: Path) -> int:
    """The fourth field after the name, which is in parentheses and may hold anything."""
    try:
        return int(stat.read_text(errors="replace").rpartition(")")[2].split()[3])
    except OSError:  # it has ended by now
        return 0


def site_environment(
    database_url: str, port: int, env: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a server is started with; ``env`` are more variables, or other values."""
    chosen = {
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": database_url,
        "PLAIN_HTTP": "1",
        "PORT": str(port),
        **dict.fromkeys(RATES_OFF, "off"),
        # So high that nobody gets there: what is refused is then the one address of the browser
        # tests that counts as having tried too much (`tests.browser.sharing`).
        "RATE_GUESSES": "999999/h",
        "TRUSTED_PROXIES": "1",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }
    return without_our_settings(os.environ) | chosen | dict(env or {})


@cache
def collect_static_files() -> None:
    """Once for all servers: hashing and compressing takes seconds.

    And once for all processes of a run, by the one that starts them: it moves files that another
    may be serving. Not again while nothing has changed.
    """
    if "PYTEST_XDIST_WORKER" in os.environ or _collected():
        return
    _manage("collectstatic", "--no-input", environment=without_our_settings(os.environ))


def _collected() -> bool:
    """Whether they are newer than all that they are made of; a folder, when a file of it goes."""
    static = ROOT / "static"
    made_of = [static, *static.rglob("*"), *ROOT.glob("stackpick/*.py")]
    made_of.append(ROOT / "requirements/base.txt")  # the stock admin's come with Django
    newest = max(each.stat().st_mtime for each in made_of)
    is_there = COLLECTED.exists() and (ROOT / "var/static").is_dir()
    return is_there and COLLECTED.stat().st_mtime > newest


def _manage(*command: str, environment: dict[str, str]) -> str:
    return _run("manage.py", *command, environment=environment)


def _run(*command: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def serving(
    environment: dict[str, str], log: Path, application: str = APPLICATION
) -> Iterator[str]:
    """The base URL of Gunicorn on a database that is ready; its output is added to the log."""
    scheme = "https" if speaks_tls(environment) else "http"
    base_url = f"{scheme}://127.0.0.1:{environment['PORT']}"
    command = [sys.executable, "-m", "gunicorn", "-c", "stackpick/gunicorn.conf.py"]
    with log.open("a") as output:
        # A session of its own, so that its workers can be ended with it.
        server = subprocess.Popen(
            [*command, application],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _environments[base_url], _sessions[base_url] = environment, server.pid
        try:
            _wait_until_it_answers(server, base_url, log)
            yield base_url
        finally:
            _stop(server)


def _wait_until_it_answers(server: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            # Whose certificate it is does not matter yet.
            httpx.get(f"{base_url}/healthz", timeout=5, verify=False)  # noqa: S501
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
