"""docs/operations/nginx.conf, before a site of which one group is down."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.operations import HOST, TOKEN
from tests.operations.proxied import Proxy, nginx_program, options, proxied
from tests.servers import running_server


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
