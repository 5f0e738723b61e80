"""The servers that are measured: how each is built, started on its cores, and stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers import free_port

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VAR = ROOT / "var" / "headroom"
LOCK = ROOT / "requirements" / "headroom.txt"
PYTHON = VAR / "venv" / "bin" / "python"
GO_BINARY = VAR / "go-server"
GO_PATH = Path("/usr/share/gocode")  # where Debian installs Go libraries
POOL = 8  # database connections of one server, shared between its workers
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A server that runs. ``load_cores`` is where its load generator has to run."""

    stack: str
    workers: int
    url: str
    pid: int
    load_cores: str


@dataclass(frozen=True)
class Place:
    """Who runs where, as lists of cores for ``taskset``."""

    server: str
    load: str


def build_python() -> None:
    """The environment of the FastAPI server, made again only when the lock file changed."""
    stamp = VAR / "venv" / "installed.txt"
    if stamp.is_file() and stamp.read_text() == LOCK.read_text():
        return
    shutil.rmtree(VAR / "venv", ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", VAR / "venv"], check=True)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", str(LOCK)], check=True)
    shutil.copyfile(LOCK, stamp)


def build_go() -> None:
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(GO_PATH)}
    command = ["go", "build", "-o", str(GO_BINARY), str(HERE / "go_server" / "main.go")]
    subprocess.run(command, env=environment, check=True)


@contextmanager
def serving(stack: str, workers: int, database_url: str, place: Place) -> Iterator[Server]:
    """A server that answers, until the context ends."""
    port = free_port()
    environment = os.environ | _settings(stack, workers, port, database_url)
    # A session of its own: its workers are found, and ended, by it.
    process = subprocess.Popen(
        ["taskset", "--cpu-list", place.server, *_command(stack, workers, port)],
        env=environment,
        start_new_session=True,
    )
    server = Server(stack, workers, f"http://127.0.0.1:{port}", process.pid, place.load)
    try:
        _wait_until_it_answers(process, server.url)
        yield server
    finally:
        _stop(process)


def _settings(stack: str, workers: int, port: int, database_url: str) -> dict[str, str]:
    # Each Python worker is a process with a pool of its own; Go's threads share one.
    pool = POOL // workers if stack == "fastapi" else POOL
    return {
        "HEADROOM_DATABASE_URL": database_url,
        "HEADROOM_POOL": str(pool),
        "HEADROOM_PORT": str(port),
        "GOMAXPROCS": str(workers),
    }


def _command(stack: str, workers: int, port: int) -> list[str]:
    if stack == "go":
        return [str(GO_BINARY)]
    uvicorn = [str(PYTHON), "-m", "uvicorn", "fastapi_server:app", "--app-dir", str(HERE)]
    listen = ["--port", str(port), "--workers", str(workers)]
    return [*uvicorn, *listen, "--no-access-log", "--log-level", "warning"]


def _wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/json", timeout=5, trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server at {url} did not start; what it printed stands above.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
