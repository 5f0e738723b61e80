"""Everything that is read from the environment, checked, in one place.

A wrong value raises `WrongSetting`. An empty variable counts as not set.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from environs import ValidationError

from stackpick.caches import cache_from_url
from stackpick.databases import (
    POSTGRESQL_SCHEMES,
    database_from_url,
    replica_from_url,
    without_password,
)
from stackpick.mail_settings import email as _email
from stackpick.mail_settings import email_from as _email_from
from stackpick.variables import WrongSetting, env
from stackpick.variables import choice as _choice
from stackpick.variables import flag as _flag
from stackpick.variables import number as _number
from stackpick.variables import read as _read
from stackpick.variables import words as _words

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
# The files are in a folder that releases share: what is in use keeps its own while the next one's
# come, and the one before finds its own again. Which are a release's own stays with its code.
STATIC_DIR = VAR_DIR / "static"
STATIC_MANIFEST = BASE_DIR / ".staticfiles.json"
SECRET_KEY_FILE = VAR_DIR / "secret_key"

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104  # nosec B104
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
LOG_FORMATS = ("line", "json")
SHORTEST_SECRET_KEY = 32
HOST_PATTERN = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")

# What may be asked for how often from one address: by default, and as RATE_API and so on.
RATES = {
    "api": "120/m",
    "documents": "60/m",
    "guesses": "30/m",
    "mails": "6/h",
    "start": "60/h",
    "suggest": "120/m",
    "whatif": "240/m",
}
_PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RATE = re.compile(r"([1-9]\d{0,5})/([smhd])")


class Rate(NamedTuple):
    """So many at once, and as many again in so many seconds."""

    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment asks for; `database` has the shape of Django's `DATABASES[...]`."""

    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    database: dict[str, Any]
    cache: dict[str, Any]
    replica: dict[str, Any] | None
    plain_http: bool
    trust_x_forwarded_proto: bool
    hsts_subdomains: bool
    hsts_preload: bool
    trusted_proxies: int
    require_mfa: str
    log_level: str
    log_format: str
    metrics_port: int
    metrics_host: str
    bind_host: str
    lens_file: Path | None
    port: int
    web_concurrency: int
    site_url: str
    security_contact: str
    email: dict[str, Any]
    email_from: str
    draft_days: int
    rates: dict[str, Rate | None]
    suggest: bool


def read_environment() -> Environment:
    """Read and check every variable.

    Raises:
        WrongSetting: at the first value that cannot be used.
    """
    return Environment(
        debug=_flag("DEBUG"),
        secret_key=_secret_key(),
        allowed_hosts=_words("ALLOWED_HOSTS", _check_host),
        csrf_trusted_origins=_words("CSRF_TRUSTED_ORIGINS", _check_origin),
        database=_database(),
        cache=_cache(),
        replica=_replica(),
        plain_http=_flag("PLAIN_HTTP"),
        trust_x_forwarded_proto=_flag("TRUST_X_FORWARDED_PROTO"),
        hsts_subdomains=_flag("HSTS_SUBDOMAINS"),
        hsts_preload=_flag("HSTS_PRELOAD"),
        trusted_proxies=_number("TRUSTED_PROXIES", 0, 0, 10),
        require_mfa=_require_mfa(),
        log_level=_choice("LOG_LEVEL", "info", LOG_LEVELS),
        metrics_port=_number("METRICS", 0, 0, 65535),
        metrics_host=_address("METRICS_HOST", "127.0.0.1"),
        bind_host=_address("BIND_HOST", "127.0.0.1" if _flag("PLAIN_HTTP") else EVERY_ADDRESS),
        log_format=_choice("LOG_FORMAT", "line", LOG_FORMATS),
        lens_file=_lens_file(),
        port=_number("PORT", 8000, 1, 65535),
        web_concurrency=_number("WEB_CONCURRENCY", 2, 1, 64),
        site_url=_site_url(),
        security_contact=_security_contact(),
        email=_email(),
        email_from=_email_from(),
        draft_days=_number("DRAFT_DAYS", 90, 1, 3650),
        rates={name: _rate(f"RATE_{name.upper()}", rate) for name, rate in RATES.items()},
        suggest=_flag("SUGGEST", default=True),
    )


def require_server_settings(environment: Environment) -> None:
    """Refuse to serve without what only a server needs.

    Commands such as `score` need none of it, so this is not asked when settings are imported.
    """
    if not environment.secret_key:
        raise WrongSetting(
            "SECRET_KEY is not set and there is no file var/secret_key: a server needs one of"
            f" the two, {SHORTEST_SECRET_KEY} random characters or more."
        )
    if environment.debug:
        return
    if not environment.allowed_hosts:
        raise WrongSetting(
            "ALLOWED_HOSTS is not set: name the hosts this server answers for,"
            " such as ALLOWED_HOSTS=stackpick.example.org (or set DEBUG=1 to develop)."
        )
    if not (STATIC_MANIFEST.is_file() and STATIC_DIR.is_dir()):
        raise WrongSetting(
            "The static files are not collected yet: run `python manage.py collectstatic"
            " --no-input` before starting the server."
        )


def _check_host(host: str) -> None:
    if not HOST_PATTERN.fullmatch(host):
        raise ValidationError(
            "write host names only, without scheme, port or path, separated by commas"
        )


def _check_origin(origin: str) -> None:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValidationError("an origin begins with https:// or http:// and then names a host")
    if parts.path or parts.query or parts.fragment:
        raise ValidationError("an origin ends after the host and port, without a slash or path")


def _address(name: str, default: str) -> str:
    """An address of this machine to listen at."""
    text = str(_read(env.str, name, default)).strip()
    try:
        return str(ip_address(text))
    except ValueError:
        raise WrongSetting(
            f"{name} is {text!r}: write an address of this machine, such as 10.0.0.7 or 0.0.0.0."
        ) from None


def _require_mfa() -> str:
    """Of whom two-step sign-in is required: nobody (empty), superusers or all staff."""
    said = str(_read(env.str, "REQUIRE_MFA", "")).strip().lower()
    if said in ("superusers", "all"):
        return said
    reason = "write all, superusers (as true does) or false"
    flag = _read(env.bool, "REQUIRE_MFA", False, error_messages={"invalid": reason})
    return "superusers" if flag else ""


def _lens_file() -> Path | None:
    path = _read(env.path, "LENS_FILE", None)
    if path is None:
        return None
    if not path.is_file():
        raise WrongSetting(f"LENS_FILE is {str(path)!r}: there is no such file.")
    return Path(path).resolve()


def _secret_key() -> str:
    """The key from the environment, else from var/secret_key, else nothing."""
    key, source = os.environ.get("SECRET_KEY", "").strip(), "SECRET_KEY"
    if not key and SECRET_KEY_FILE.exists():
        key, source = _read_secret_file(), "SECRET_KEY (read from var/secret_key)"
    if key and len(key) < SHORTEST_SECRET_KEY:
        raise WrongSetting(
            f"{source} has {len(key)} characters: it must have {SHORTEST_SECRET_KEY} or more."
        )
    return key


def _read_secret_file() -> str:
    try:
        return SECRET_KEY_FILE.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(
            f"SECRET_KEY is not set and var/secret_key cannot be read: {error}."
        ) from None


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        return database_from_url("sqlite:///var/stackpick.sqlite3", BASE_DIR)
    try:
        return database_from_url(url, BASE_DIR)
    except ValueError as error:
        shown = without_password(url)
        raise WrongSetting(f"DATABASE_URL is {shown!r}: {error}.") from None


def _cache() -> dict[str, Any]:
    url = os.environ.get("CACHE_URL", "").strip()
    try:
        return cache_from_url(url)
    except ValueError as error:
        raise WrongSetting(f"CACHE_URL is {without_password(url)!r}: {error}.") from None


def _replica() -> dict[str, Any] | None:
    """The database that follows and is only read; None where there is none."""
    url = os.environ.get("DATABASE_REPLICA_URL", "").strip()
    if not url:
        return None
    try:
        if os.environ.get("DATABASE_URL", "").strip().partition(":")[0] not in POSTGRESQL_SCHEMES:
            raise ValueError("it can only follow a DATABASE_URL of PostgreSQL")
        return replica_from_url(url)
    except ValueError as error:
        shown = without_password(url)
        raise WrongSetting(f"DATABASE_REPLICA_URL is {shown!r}: {error}.") from None


def _site_url() -> str:
    """Where the site stands, for mails; without a slash at its end, and empty where not said."""
    url = str(_read(env.str, "SITE_URL", "")).strip().rstrip("/")
    if url:
        try:
            _check_origin(url)
        except ValidationError as error:
            raise WrongSetting(f"SITE_URL is {url!r}: {error.messages[0]}.") from None
    return url


def _security_contact() -> str:
    """Where to report a weakness, as a URI."""
    contact = str(_read(env.str, "SECURITY_CONTACT", "")).strip()
    if contact and not (contact.isprintable() and contact.startswith(("mailto:", "https://"))):
        raise WrongSetting(
            f"SECURITY_CONTACT is {contact!r}: write mailto: and an address, or an https:// page."
        )
    return contact


def _rate(name: str, default: str) -> Rate | None:
    """A rate such as 60/m: sixty at once, and as many again each minute; None for no limit."""
    text = str(_read(env.str, name, default)).strip().lower()
    if text == "off":
        return None
    found = _RATE.fullmatch(text)
    if not found:
        raise WrongSetting(
            f"{name} is {text!r}: write a count and s, m, h or d, such as 60/m, or off."
        )
    return Rate(int(found[1]), _PERIODS[found[2]])
