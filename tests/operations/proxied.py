"""An nginx with the documented settings in front of a site."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conftest import missing
from tests.operations import FILES, HOST
from tests.servers import free_port


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
