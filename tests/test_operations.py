"""The files of docs/operations do what they are for."""

from __future__ import annotations

import os
import secrets
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
from tests.servers import ROOT, free_port, running_server, without_our_settings

FILES = ROOT / "docs" / "operations"
TOKEN = "abcDEF0123456789abcDEF0123456789abcDEF01234"
HOST = "stackpick.example.org"


@dataclass
class Proxy:
    plain: str
    tls: str
    logs: Path
    plain_by_six: str = ""

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.tls, verify=False, headers={"Host": HOST})  # noqa: S501


def nginx_program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    return found or missing("nginx is not installed (Debian's package is called nginx)")


def knows_six() -> bool:
    """Whether this machine has IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def settings_in(folder: Path, site: str) -> tuple[str, Proxy]:
    """docs/operations/nginx.conf with the addresses of a test in place of its own."""
    plain, tls, nobody = free_port(), free_port(), free_port()
    six = "listen [::1]:{}{};" if knows_six() else ""
    text = (FILES / "nginx.conf").read_text()
    letters = "/etc/letsencrypt/live/stackpick.example.org"
    for theirs, ours in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("listen [::]:80;", six.format(plain, "")),
        ("listen [::]:443 ssl http2;", six.format(tls, " ssl http2")),
        ("/var/www/html", f"{folder}/www"),
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
    by_six = f"http://[::1]:{plain}" if six else ""
    proxy = Proxy(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}", folder, by_six)
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
    raise AssertionError("\n".join(log.read_text() for log in proxy.logs.glob("o*")))


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

    def test_by_ipv6_as_well(self, proxy: Proxy) -> None:
        if not proxy.plain_by_six:
            pytest.skip("this machine has no IPv6")
        answer = httpx.get(f"{proxy.plain_by_six}/model/", headers={"Host": HOST})
        assert answer.headers["Location"] == f"https://{HOST}/model/"

    def test_who_gives_the_certificate_finds_by_plain_http_what_certbot_has_put_there(
        self, proxy: Proxy
    ) -> None:
        challenges = proxy.logs / "www" / ".well-known" / "acme-challenge"
        challenges.mkdir(parents=True)
        (challenges / "a-name").write_text("an answer")
        address = f"{proxy.plain}/.well-known/acme-challenge/a-name"
        assert httpx.get(address, headers={"Host": HOST}).text == "an answer"

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


def caddy_program() -> str:
    return shutil.which("caddy") or missing("Caddy is not installed (Debian's package is caddy)")


@contextmanager
def behind_caddy(text: str, folder: Path) -> Iterator[httpx.Client]:
    """A client of the Caddyfile, by plain HTTP, with nobody behind it; it writes into output."""
    port = free_port()
    for theirs, ours in (
        (f"{HOST} {{", f"http://127.0.0.1:{port} {{\n\tbind 127.0.0.1"),
        ("{\n\tlog {", "{\n\tadmin off\n\tlog {"),
        ("127.0.0.1:8001 127.0.0.1:8002", f"127.0.0.1:{free_port()} 127.0.0.1:{free_port()}"),
        ("lb_try_duration 10s", "lb_try_duration 300ms"),
    ):
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    (folder / "Caddyfile").write_text(text)
    command = [caddy_program(), "run", "--adapter", "caddyfile", "--config", "Caddyfile"]
    own = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (folder / "output").open("w") as output:
        server = subprocess.Popen(
            command, cwd=folder, env=os.environ | own, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_for(Proxy(f"http://127.0.0.1:{port}", "", folder))
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
                yield client
        finally:
            server.terminate()
            server.wait(20)


@pytest.mark.server
class TestCaddy:
    def said_of(self, text: str, folder: Path) -> str:
        """What it writes when secret addresses are asked for and all groups are down."""
        with behind_caddy(text, folder) as client:
            for path in (f"/r/{TOKEN}/", f"/a/{TOKEN}.pdf"):
                assert client.get(path).status_code in (502, 503)
            assert client.get("/readyz").status_code == 404
        return (folder / "output").read_text()

    def test_with_all_groups_down_its_output_has_no_secret(self, tmp_path: Path) -> None:
        said = self.said_of((FILES / "Caddyfile").read_text(), tmp_path)
        assert "serving initial configuration" in said
        assert TOKEN not in said

    def test_a_caddyfile_that_leaves_nothing_out_would_be_noticed(self, tmp_path: Path) -> None:
        text = (FILES / "Caddyfile").read_text()
        careless = text.replace("exclude http.log.error http.handlers.reverse_proxy", "")
        assert careless != text
        assert TOKEN in self.said_of(careless, tmp_path)


UNITS = sorted(file.name for file in FILES.iterdir() if file.suffix in (".service", ".timer"))


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


def settings_of_a_server(folder: Path) -> str:
    """The file of settings, with its folder and its key replaced by those of a test."""
    text = (FILES / "stackpick.env").read_text().replace("/srv/stackpick/var", str(folder))
    return text.replace("write-50-random-characters-or-more-here", secrets.token_urlsafe(50))


def test_every_variable_in_the_file_of_settings_is_one_that_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = settings_of_a_server(tmp_path).splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    documented = (ROOT / "README.md").read_text()
    for name, value in told.items():
        assert f"`{name}`" in documented
        monkeypatch.setenv(name, value.strip("'"))
    read = read_environment()
    assert read.site_url == "https://stackpick.example.org"
    assert read.security_contact == "mailto:security@example.org"
    assert read.trusted_proxies == 1


class TestManage:
    """stackpick-manage, for this checkout, with its settings in the folder of a test."""

    TELL = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'])"

    def run(self, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
        text = (FILES / "stackpick-manage").read_text()
        for theirs, ours in (
            ("/etc/stackpick", f"{folder}/stackpick"),
            ("/srv/stackpick/current", str(ROOT)),
            ("runuser -u stackpick -- .venv/bin/python", sys.executable),
        ):
            assert theirs in text, theirs
            text = text.replace(theirs, ours)
        (folder / "stackpick.env").write_text(settings_of_a_server(folder))
        script = folder / "stackpick-manage"
        script.write_text(text)
        env = without_our_settings(os.environ)
        # From elsewhere, as cron and root do.
        return subprocess.run(
            ["sh", str(script), *command], cwd="/", env=env, capture_output=True, text=True
        )

    def test_with_the_documented_settings_the_deploy_check_finds_nothing(
        self, tmp_path: Path
    ) -> None:
        done = self.run(tmp_path, "check", "--deploy")
        assert (done.returncode, done.stderr) == (0, "")
        assert "System check identified no issues" in done.stdout

    def test_a_value_with_spaces_arrives_whole(self, tmp_path: Path) -> None:
        tell = "from django.conf import settings; print(settings.DEFAULT_FROM_EMAIL)"
        done = self.run(tmp_path, "shell", "--no-imports", "-c", tell)
        assert done.stdout.strip() == "StackPick <stackpick@example.org>"

    def test_postgresql_itself_is_asked_where_that_is_said_and_not_the_pool(
        self, tmp_path: Path
    ) -> None:
        """Here two files stand for the pool and for what is behind it."""
        told = ("shell", "--no-imports", "-c", self.TELL)
        assert self.run(tmp_path, *told).stdout.strip() == f"{tmp_path}/stackpick.sqlite3"
        direct = tmp_path / "stackpick-direct.env"
        direct.write_text(f"DATABASE_URL='sqlite:///{tmp_path}/direct.sqlite3'\n")
        assert self.run(tmp_path, *told).stdout.strip() == f"{tmp_path}/direct.sqlite3"

    def test_the_file_may_be_run_once_it_is_copied(self) -> None:
        assert (FILES / "stackpick-manage").stat().st_mode & 0o777 == 0o755


def test_a_backup_asks_postgresql_itself_where_that_is_said() -> None:
    """systemd takes what the later file says."""
    lines = (FILES / "stackpick-backup.service").read_text().splitlines()
    files = [line for line in lines if line.startswith("EnvironmentFile=")]
    assert [file.partition("=")[2] for file in files] == [
        "/etc/stackpick.env",
        "-/etc/stackpick-direct.env",
    ]


def test_whatever_runs_by_itself_says_when_it_has_failed() -> None:
    for timer in FILES.glob("*.timer"):
        unit = timer.with_suffix(".service").read_text()
        assert "OnFailure=stackpick-failed@%N.service" in unit, timer.name


def test_the_backup_timer_keeps_some_and_runs_daily() -> None:
    assert "--keep 14" in (FILES / "stackpick-backup.service").read_text()
    for timer in FILES.glob("*.timer"):
        command = [analyze(), "calendar", calendar_of(timer)]
        assert subprocess.run(command, capture_output=True).returncode == 0, timer.name


def calendar_of(timer: Path) -> str:
    (line,) = [line for line in timer.read_text().splitlines() if line.startswith("OnCalendar=")]
    return line.removeprefix("OnCalendar=")
