"""The server as `make run` and production start it: Gunicorn, its logs and its files."""

from __future__ import annotations

import json
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from stackpick.environment import STATIC_MANIFEST
from tests.conftest import missing
from tests.postgres import PostgresMissing, throwaway_postgres
from tests.servers import ONE_WORKER, QUICKER, run_beside, running_server

pytestmark = pytest.mark.server

SHARE_AN_EXAMPLE = """
from assessments.models import Assessment, ShareLink
print(ShareLink.objects.issue(Assessment.objects.get(slug="ledgerly"), "For the board")[1])
"""
TOKEN = secrets.token_urlsafe(32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    database = f"sqlite:///{folder / 'site.sqlite3'}"
    with running_server(database, env=ONE_WORKER, log=folder / "log") as base_url:
        yield base_url


def _once_it_says(log: Path, words: str) -> str:
    """The log, as soon as the line is there: a thread writes it after the answer is sent."""
    for _ in range(100):
        if words in log.read_text():
            break
        time.sleep(0.05)
    return log.read_text()


def test_the_whole_log_of_a_visit_names_no_token(site: str, folder: Path) -> None:
    log, referer = folder / "log", {"Referer": f"{site}/r/{TOKEN}/"}
    assert httpx.get(f"{site}/a/{TOKEN}/nothing/here/", headers=referer).status_code == 404
    written = _once_it_says(log, '" 404')
    assert "Not Found: /a/[secret]/nothing/here/" in written
    assert '"GET /a/[secret]/nothing/here/ HTTP/1.1" 404' in written
    assert f'"{site}/r/[secret]/"' in written
    assert TOKEN not in written


BREAK_IT = """
from assessments.models import Assessment
Assessment.objects.filter(slug="ledgerly").update(report={"nothing": "of use"})
"""


def test_the_whole_log_of_a_crash_as_json_has_its_traceback_and_no_token(tmp_path: Path) -> None:
    log = tmp_path / "log"
    told = {"X-Request-ID": "of-the-proxy-0123456789", "Referer": f"https://x.example/a/{TOKEN}/"}
    database, env = f"sqlite:///{tmp_path / 'site.sqlite3'}", ONE_WORKER | {"LOG_FORMAT": "json"}
    with running_server(database, log=log, env=env) as site:
        token = run_beside(site, SHARE_AN_EXAMPLE).strip()
        assert httpx.get(f"{site}/r/{token}/").status_code == 200
        run_beside(site, BREAK_IT)
        crash = httpx.get(f"{site}/r/{token}.md", headers=told)
        page = httpx.get(f"{site}/examples/ledgerly/")
        _once_it_says(log, "/examples/ledgerly/ 500")
    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert token not in text
    assert TOKEN not in text
    assert crash.headers["X-Request-ID"] == told["X-Request-ID"]
    name = page.headers["X-Request-ID"]
    assert f"<code>{name}</code>" in page.text
    error, access = [line for line in lines if line["request_id"] == name]
    assert (error["level"], error["logger"]) == ("ERROR", "django.request")
    assert "KeyError" in error["traceback"]
    assert (access["path"], access["status"]) == ("/examples/ledgerly/", 500)
    assert access["bytes"] > 0
    assert access["milliseconds"] > 0
    (of_the_proxy,) = [
        line
        for line in lines
        if line["request_id"] == told["X-Request-ID"] and line["logger"] == "gunicorn.access"
    ]
    assert of_the_proxy["path"] == "/r/[secret].md"
    assert of_the_proxy["referer"] == "https://x.example/a/[secret]/"


def test_static_files_come_compressed_and_may_be_kept_for_ever(site: str) -> None:
    hashed = json.loads(STATIC_MANIFEST.read_text())["paths"]["admin/css/base.css"]
    response = httpx.get(f"{site}/static/{hashed}", headers={"Accept-Encoding": "br"})
    assert response.status_code == 200
    assert response.headers["Content-Encoding"] == "br"
    assert "immutable" in response.headers["Cache-Control"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_every_view_is_written_before_a_worker_ends(tmp_path: Path) -> None:
    file = tmp_path / "site.sqlite3"
    with running_server(f"sqlite:///{file}", env=QUICKER) as site:
        token = run_beside(site, SHARE_AN_EXAMPLE).strip()
        for _ in range(12):  # of which most still wait to be written when the server is told to end
            assert httpx.get(f"{site}/r/{token}/").status_code == 200
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT views FROM assessments_sharelink").fetchall()
    assert rows == [(12,)]


def test_nobody_says_where_the_site_is_mounted(site: str) -> None:
    answer = httpx.get(f"{site}/x/model/", headers={"Script_Name": "/x", "SCRIPT_NAME": "/x"})
    assert answer.status_code == 404
    assert 'href="/x/' not in answer.text


@pytest.mark.parametrize(
    "begun",
    [
        b"Content-Length: %b10\r\n\r\n" % (b"0" * 30),
        b"Transfer-Encoding: chunked\r\n\r\n%b10\r\n" % (b"0" * 30),
    ],
)
def test_a_length_that_is_written_at_length_keeps_no_thread(site: str, begun: bytes) -> None:
    head = b"Host: localhost\r\nContent-Type: application/json\r\n"
    with ExitStack() as stack:
        for _ in range(10):  # more than there are threads
            client = socket.create_connection(("127.0.0.1", urlsplit(site).port or 0))
            stack.enter_context(client)
            client.sendall(b"POST /api/score HTTP/1.1\r\n" + head + begun)
        time.sleep(0.2)
        assert httpx.get(f"{site}/healthz", timeout=5).status_code == 200


def test_a_server_for_another_host_answers_nobody_elses(site: str) -> None:
    assert httpx.get(site, headers={"Host": "evil.example.org"}).status_code == 400


def test_what_typesets_comes_and_goes_with_its_worker(tmp_path: Path) -> None:
    with running_server(f"sqlite:///{tmp_path / 'site.sqlite3'}", env=ONE_WORKER) as url:
        assert httpx.get(url).status_code == 200
        started = [number for number in processes() if typesets_for(number, tmp_path)]
        assert started
    for _ in range(100):
        if not any(typesets(number) for number in started):
            return
        time.sleep(0.05)
    pytest.fail("a typesetter has outlived its worker")


def processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def typesets(number: int) -> bool:
    with suppress(OSError):
        return b"/typesetter.py" in Path(f"/proc/{number}/cmdline").read_bytes()
    return False


def typesets_for(number: int, folder: Path) -> bool:
    """Whether the process typesets for the server whose database is in this folder."""
    if not typesets(number):
        return False
    with suppress(OSError):
        parent = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1]
        return str(folder).encode() in Path(f"/proc/{parent}/environ").read_bytes()
    return False


def test_when_the_database_goes_away_visitors_get_503_and_the_log_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    signed_in = {"Cookie": f"sessionid={'x' * 32}"}  # Looking for it is a query.
    with ExitStack() as stack, ExitStack() as database:
        try:
            url = database.enter_context(throwaway_postgres())
        except PostgresMissing as problem:
            missing(str(problem))
        site = stack.enter_context(running_server(url, env=ONE_WORKER, log=log))
        assert httpx.get(f"{site}/admin/", headers=signed_in).status_code == 302
        database.close()
        for _ in range(8):  # Enough to meet kept connections and new ones.
            response = httpx.get(f"{site}/admin/", headers=signed_in)
            assert response.status_code == 503
            assert response.headers["Retry-After"] == "30"
    written = log.read_text()
    assert "Service Unavailable: /admin/" in written
    assert "OperationalError" in written
