"""docs/operations/Caddyfile, with nobody behind it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import missing
from tests.operations import FILES, HOST, TOKEN
from tests.operations.proxied import Proxy, wait_for
from tests.servers import free_port


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
