"""The files of docs/operations do what they are for."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from stackpick.environment import read_environment
from tests.conftest import missing
from tests.servers import ROOT, free_port, running_server

FILES = ROOT / "docs" / "operations"
TOKEN = "abcDEF0123456789abcDEF0123456789abcDEF01234"
HOST = "stackpick.example.org"


@dataclass
class Proxy:
    plain: str
    tls: str
    logs: Path

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.tls, verify=False, headers={"Host": HOST})  # noqa: S501


def nginx_program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    return found or missing("nginx is not installed (Debian's package is called nginx)")


def settings_in(folder: Path, site: str) -> tuple[str, Proxy]:
    """docs/operations/nginx.conf with the addresses of a test in place of its own."""
    plain, tls, nobody = free_port(), free_port(), free_port()
    text = (FILES / "nginx.conf").read_text()
    letters = "/etc/letsencrypt/live/stackpick.example.org"
    for theirs, ours in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        # The first of two groups is down.
        ("127.0.0.1:8001", f"127.0.0.1:{nobody}"),
        ("127.0.0.1:8002", site.removeprefix("http://")),
        (letters, str(folder)),
        ("/var/log/nginx", str(folder)),
    ):
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"pid {folder}/pid; error_log {folder}/own.log; daemon off; user root;"
    proxy = Proxy(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}", folder)
    return f"{main} events {{}} http {{ {temporary} {text} }}", proxy


def options(folder: Path) -> list[str]:
    return ["-p", str(folder), "-c", str(folder / "nginx.conf")]


@contextmanager
def proxied(folder: Path, site: str) -> Iterator[Proxy]:
    program, (text, proxy) = nginx_program(), settings_in(folder, site)
    settings = folder / "nginx.conf"
    settings.write_text(text)
    key, made = folder / "privkey.pem", folder / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", f"/CN={HOST}", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    asked = [program, *options(folder)]
    looked = subprocess.run([*asked, "-t"], capture_output=True, text=True)
    assert looked.returncode == 0, looked.stderr
    server = subprocess.Popen(asked, stderr=subprocess.DEVNULL)
    try:
        wait_for(proxy)
        yield proxy
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def wait_for(proxy: Proxy) -> None:
    for _ in range(100):
        try:
            httpx.get(proxy.plain, headers={"Host": HOST})
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((proxy.logs / "own.log").read_text())


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    nginx_program()
    env = {
        **{"ALLOWED_HOSTS": HOST, "PLAIN_HTTP": "0", "TRUST_X_FORWARDED_PROTO": "1"},
        **{"TRUSTED_PROXIES": "1", "SUGGEST": "0", "WEB_CONCURRENCY": "1"},
        "RATE_GUESSES": "3/h",
    }
    log = folder / "gunicorn.log"
    with (
        running_server(f"sqlite:///{folder}/site.sqlite3", env=env, log=log) as site,
        proxied(folder, site) as started,
    ):
        yield started


class NoDatabase(BaseHTTPRequestHandler):
    """A site that has no database: 503 for what needs it, and 200 for the rest."""

    def do_GET(self) -> None:
        self.send_response(503 if self.path.startswith("/a/") else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.mark.server
def test_a_503_behind_nginx_closes_no_page_that_needs_no_database(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), NoDatabase) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        paths = ("/a/x/", "/model/", "/a/x/", "/a/x/", "/healthz")
        with (
            proxied(tmp_path, f"http://127.0.0.1:{site.server_port}") as proxy,
            proxy.client as of_it,
        ):
            assert [of_it.get(path).status_code for path in paths] == [503, 200, 503, 503, 200]
        site.shutdown()


@pytest.mark.server
class TestNginx:
    def test_plain_http_leads_to_https_and_that_to_the_site_though_one_group_is_down(
        self, proxy: Proxy
    ) -> None:
        answer = httpx.get(f"{proxy.plain}/model/", headers={"Host": HOST})
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"https://{HOST}/model/"
        with proxy.client as client:
            answers = [client.get("/model/") for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
        assert "Strict-Transport-Security" in answers[0].headers

    def test_no_log_has_a_secret_whatever_is_made_of_its_address(self, proxy: Proxy) -> None:
        with proxy.client as client:
            for path in (f"/r/{TOKEN}/", f"/a/{TOKEN}.pdf", f"/R/{TOKEN}", f"/a%252F{TOKEN}"):
                client.get(path, headers={"Referer": f"https://{HOST}/r/{TOKEN}/"})
            client.get(f"/?next=/a/{TOKEN}/")
            client.get("/model/")
        written = (proxy.logs / "stackpick.log").read_text()
        assert "GET /r/[secret] " in written
        assert "GET /model/ 200" in written
        for log in proxy.logs.glob("*.log"):
            assert TOKEN not in log.read_text(), log.name

    def test_limits_count_for_the_visitor_and_not_for_the_proxy(self, proxy: Proxy) -> None:
        """Nobody gets out of a limit, or into somebody else's, by what they claim."""
        with proxy.client as client:
            for number in range(8):
                claims = {"X-Forwarded-For": f"192.0.2.{number}"}
                status = client.get(f"/r/{TOKEN}/", headers=claims).status_code
            assert status == 429
        assert "refused to 127.0.0.1" in (proxy.logs / "gunicorn.log").read_text()

    def test_more_than_anybody_may_send_is_refused_before_it_is_passed_on(
        self, proxy: Proxy
    ) -> None:
        with proxy.client as client:
            answer = client.post("/api/score", content=b"x" * 10_000_000)
        assert answer.status_code == 413

    def test_half_a_request_reaches_no_worker(self, proxy: Proxy) -> None:
        halves = []
        port = int(proxy.plain.rpartition(":")[2])
        tls_port = int(proxy.tls.rpartition(":")[2])
        try:
            for _ in range(20):  # five times as many as there are threads
                connection = socket.create_connection(("127.0.0.1", port))
                connection.sendall(b"POST /start/ HTTP/1.1\r\nHost: stackpick.example.org\r\n")
                halves.append(connection)
            halves += [socket.create_connection(("127.0.0.1", tls_port)) for _ in range(20)]
            with proxy.client as client:
                assert client.get("/healthz").status_code == 200
        finally:
            for connection in halves:
                connection.close()

    def test_whether_it_is_ready_is_told_to_the_machine_and_to_nobody_else(
        self, proxy: Proxy
    ) -> None:
        with proxy.client as client:
            assert client.get("/readyz").status_code == 200
        settings = proxy.logs / "nginx.conf"
        settings.write_text(settings.read_text().replace("allow 127.0.0.1", "allow 192.0.2.1"))
        subprocess.run([nginx_program(), *options(proxy.logs), "-s", "reload"], check=True)
        statuses = [self.readiness(proxy) for _ in range(50)]
        assert statuses[-1] == 403

    def readiness(self, proxy: Proxy) -> int:
        time.sleep(0.05)
        with proxy.client as client:
            return client.get("/readyz").status_code


UNITS = sorted(file.name for file in FILES.glob("stackpick*") if file.suffix != ".env")


def analyze() -> str:
    found = shutil.which("systemd-analyze")
    return found or pytest.skip("systemd-analyze is not on this machine")


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, for the programs of this checkout."""
    folder = tmp_path_factory.mktemp("units")
    programs = Path(sys.executable).parent
    for name in UNITS:
        text = (FILES / name).read_text()
        text = text.replace("/srv/stackpick/current/.venv/bin", str(programs))
        text = text.replace("/srv/stackpick/current", str(ROOT))
        (folder / name.replace("@.", "@8001.")).write_text(text)
    return folder


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(units: Path, name: str) -> None:
    file = units / name.replace("@.", "@8001.")
    said = subprocess.run([analyze(), "verify", str(file)], capture_output=True, text=True)
    ours = [line for line in said.stderr.splitlines() if "stackpick" in line]
    assert (said.returncode, ours) == (0, [])


def test_a_unit_that_is_wrong_is_found(units: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.service"
    wrong.write_text((units / "stackpick@8001.service").read_text().replace("UMask", "UMusk"))
    said = subprocess.run([analyze(), "verify", str(wrong)], capture_output=True, text=True)
    assert "UMusk" in said.stderr


def test_the_server_may_do_little_to_its_machine(units: Path) -> None:
    command = [analyze(), "security", "--offline=true", "--threshold=20"]
    said = subprocess.run(
        [*command, str(units / "stackpick@8001.service")], capture_output=True, text=True
    )
    assert said.returncode == 0, said.stdout[-400:]


def test_every_variable_in_the_file_of_settings_is_one_that_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = (FILES / "stackpick.env").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    documented = (ROOT / "README.md").read_text()
    for name, value in told.items():
        assert f"`{name}`" in documented
        monkeypatch.setenv(name, value.replace("/srv/stackpick/var", str(tmp_path)))
    read = read_environment()
    assert read.site_url == "https://stackpick.example.org"
    assert read.trusted_proxies == 1


def test_the_backup_timer_keeps_some_and_runs_daily() -> None:
    assert "--keep 14" in (FILES / "stackpick-backup.service").read_text()
    for timer in FILES.glob("*.timer"):
        command = [analyze(), "calendar", calendar_of(timer)]
        assert subprocess.run(command, capture_output=True).returncode == 0, timer.name


def calendar_of(timer: Path) -> str:
    (line,) = [line for line in timer.read_text().splitlines() if line.startswith("OnCalendar=")]
    return line.removeprefix("OnCalendar=")
