"""The MDN HTTP Observatory on this site: Mozilla's own scanner, against Gunicorn with TLS.

Run it with ``make observatory``. It needs Node, OpenSSL and, once, the network: npm installs the
scanner, exactly the packages that package-lock.json names, into ``var/observatory/``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.servers import ROOT, free_port, run_beside, running_server
from tests.tls import AS_WITH_TLS, HOST, throwaway_certificate

HERE = Path(__file__).parent
FOLDER = ROOT / "var" / "observatory"
PACKAGE = FOLDER / "node_modules" / "@mdn" / "mdn-http-observatory"
SCANNER = PACKAGE / "src" / "scan.js"
# Browsers' list of preloaded hosts, which the package would download when it is installed. Empty:
# whether a host is on it is for its owner, and nothing is to be gained by it here.
PRELOADED = PACKAGE / "conf" / "hsts-preload.json"
WANTED = 140
SHARE_AN_EXAMPLE = """
from assessments.models import Assessment, ShareLink
print(ShareLink.objects.issue(Assessment.objects.get(slug="ledgerly"), "For the board")[1])
"""

Scan = dict[str, Any]


class CannotScan(Exception):
    """Why the scanner is not here or says nothing; a sentence without a stop."""


@dataclass(frozen=True)
class Site:
    """A site with TLS on one port of this machine, and what redirects to it on another."""

    https: str
    http: str
    authority: Path

    def scan(self, path: str = "/") -> Scan:
        """What the scanner finds at an address of the site: its score, grade and tests."""
        ports = " ".join(str(urlsplit(url).port) for url in (self.http, self.https))
        environment = os.environ | {
            "HERE": f"{HOST} {ports}",
            "NODE_EXTRA_CA_CERTS": str(self.authority),
        }
        command = ["node", "--require", str(HERE / "here.cjs"), str(SCANNER), HOST + path]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        try:
            found: Scan = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise CannotScan(f"the scanner has failed: {done.stderr.strip()}") from None
        if "error" in found:
            raise CannotScan(f"the scanner says of {path}: {found['error']}")
        return found


def is_installed() -> bool:
    """Whether the scanner is here, in the version that is wanted."""
    kept = FOLDER / "package-lock.json"
    return PRELOADED.exists() and kept.read_bytes() == (HERE / kept.name).read_bytes()


def install() -> None:
    """The scanner by npm; what its packages would run while they are installed is not run.

    Raises:
        CannotScan: there is no npm, or it could not.
    """
    if is_installed():
        return
    if not shutil.which("npm"):
        raise CannotScan("npm is not installed (Debian's packages are called nodejs and npm)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, FOLDER)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=FOLDER).returncode:
        raise CannotScan("npm could not install the scanner; its reason is above")
    PRELOADED.write_text("{}")


@contextmanager
def site(**env: str) -> Iterator[tuple[Site, dict[str, str]]]:
    """A site as production has it but for ``env``, and the addresses to look at, by name."""
    with tempfile.TemporaryDirectory(prefix="stackpick-observatory-") as name, ExitStack() as stack:
        folder = Path(name)
        certificate = throwaway_certificate(folder)
        database = f"sqlite:///{folder / 'site.sqlite3'}"
        env |= {"SUGGEST": "0", "WEB_CONCURRENCY": "1"}
        port = free_port()
        tls = env | certificate.served_by(port)
        https = stack.enter_context(running_server(database, port, tls))
        token = run_beside(https, SHARE_AN_EXAMPLE).strip()
        # The same settings without a certificate: all that it does is to lead to TLS.
        http = stack.enter_context(running_server(database, env=env | AS_WITH_TLS))
        addresses = {"home": "/", "share page": f"/r/{token}/", "the desk's door": "/admin/login/"}
        yield Site(https, http, certificate.authority), addresses
