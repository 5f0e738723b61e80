"""A certificate that nobody else trusts, for servers that speak TLS on this machine alone."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# A name that no one can own (RFC 6761), for tests that need one that is not of this machine.
HOST = "stackpick.test"
AS_WITH_TLS = {"PLAIN_HTTP": "", "ALLOWED_HOSTS": f"127.0.0.1,localhost,{HOST}"}
_CERTIFICATE = "--certfile"
_NAMES = f"subjectAltName=DNS:{HOST},DNS:localhost,IP:127.0.0.1"
_FEW_DAYS = ("-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


@dataclass(frozen=True)
class Certificate:
    """Of a server, with its key, and of the authority that has signed it."""

    authority: Path
    chain: Path
    key: Path

    @property
    def trusted(self) -> ssl.SSLContext:
        """For clients that trust the authority."""
        return ssl.create_default_context(cafile=str(self.authority))

    def served_by(self, port: int) -> dict[str, str]:
        """Variables for a server that itself speaks TLS: production's settings, but for where."""
        arguments = f"--bind=127.0.0.1:{port} {_CERTIFICATE}={self.chain} --keyfile={self.key}"
        return AS_WITH_TLS | {"GUNICORN_CMD_ARGS": arguments}


def throwaway_certificate(folder: Path) -> Certificate:
    """Made by OpenSSL into a folder; good for two days."""
    made = Certificate(*(folder / name for name in ("authority.pem", "server.pem", "server.key")))
    ca_key = folder / "authority.key"
    _openssl(
        *("req", "-x509", *_FEW_DAYS, "-subj", "/CN=Throwaway authority"),
        *("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign"),
        *("-keyout", ca_key, "-out", made.authority),
    )
    _openssl(
        *("req", "-x509", *_FEW_DAYS, "-subj", f"/CN={HOST}", "-addext", _NAMES),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
        *("-CA", made.authority, "-CAkey", ca_key, "-keyout", made.key, "-out", made.chain),
    )
    return made


def speaks_tls(environment: Mapping[str, str]) -> bool:
    """Whether these are the variables of such a server."""
    return _CERTIFICATE in environment.get("GUNICORN_CMD_ARGS", "")


def _openssl(*arguments: str | Path) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl failed:\n{done.stderr}")
