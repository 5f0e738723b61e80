"""Wapiti on the whole site, as a stranger, a founder and a superuser: it finds nothing there, and
everything that is seeded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scanning.attacks.grounds import Ground, ground
from tests.scanning.tools import ATTACKERS, ran

# All that need no server on the internet that answers for them.
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,ldap,methods,"
    "permanentxss,redirect,shellshock,sql,xss,xxe"
)
# What ends the session, or changes what it was begun with.
LEFT_ALONE = ("/admin/logout/", "/admin/password_change/", "/admin/two-step/")
# Only with TLS, which this server does without: tests/test_settings.py has both.
WITHOUT_TLS = {"Secure Flag cookie", "Strict-Transport-Security"}
SEEDED = {
    "Reflected Cross Site Scripting": "/seeded/echo/",
    "SQL Injection": "/seeded/search/",
    "Open Redirect": "/seeded/away/",
    "Path Traversal": "/seeded/file/",
    "CRLF Injection": "/seeded/label/",
    "Content Security Policy Configuration": "/seeded/",
}
Found = dict[str, list[dict[str, Any]]]


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as attacked:
        yield attacked


@pytest.fixture
def seeded(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path, "tests.scanning.attacks.seeded_settings") as seeded:
        yield seeded


def found(
    folder: Path, base: str, pages: list[str], modules: str, cookies: str = "", minutes: float = 8
) -> Found:
    """What Wapiti reports, by its name for it; and that it looked at pages at all."""
    report = folder / "report.json"
    options = [word for page in pages for word in ("--start", page)]
    options += [word for path in LEFT_ALONE for word in ("--exclude", f"{base}{path}*")]
    if cookies:
        options += ["--cookie-value", cookies, "--drop-set-cookie"]
    ran(
        *(ATTACKERS / "wapiti", "--url", f"{base}/", "--module", modules, *options),
        *("--scope", "folder", "--max-links-per-page", "40", "--max-files-per-dir", "40"),
        *("--tasks", "2", "--max-scan-time", str(60 * minutes), "--max-attack-time", "120"),
        *("--timeout", "30", "--verbose", "0", "--no-bugreport", "--flush-session"),
        *("--store-session", folder / "session", "--store-config", folder / "config"),
        *("--format", "json", "--output", report),
        env={"HOME": str(folder)},
        seconds=60 * minutes + 600,
    )
    said = json.loads(report.read_text())
    assert said["infos"]["crawled_pages_nbr"] >= len(pages)
    reported: Found = said["vulnerabilities"] | said["anomalies"]
    return {name: each for name, each in reported.items() if each}


def test_wapiti_finds_each_seeded_fault(
    seeded: Ground, tmp_path: Path, figure: Callable[..., None]
) -> None:
    base = f"{seeded.site}/seeded"
    reported = found(tmp_path, base, [f"{base}/"], "crlf,csp,file,redirect,sql,xss", minutes=4)
    caught = [
        name
        for name, path in SEEDED.items()
        if path in {each["path"] for each in reported.get(name, [])}
    ]
    figure("Seeded faults that Wapiti finds", f"{len(caught)} of {len(SEEDED)}")
    assert caught == list(SEEDED)


def test_wapiti_finds_nothing_as_a_stranger_or_a_founder(
    attacked: Ground, tmp_path: Path, figure: Callable[..., None]
) -> None:
    pages = attacked.open_pages + attacked.founders_pages
    reported = without_what_tls_adds(found(tmp_path, attacked.site, pages, MODULES))
    figure("Findings of Wapiti as a stranger and a founder", len(reported), wanted="0")
    assert reported == {}


def test_wapiti_finds_nothing_at_the_desk(
    attacked: Ground, tmp_path: Path, figure: Callable[..., None]
) -> None:
    base = f"{attacked.site}/admin"
    reported = found(tmp_path, base, attacked.desk_pages, MODULES, attacked.cookies)
    left = without_what_tls_adds(reported)
    figure("Findings of Wapiti at the desk, as a superuser", len(left), wanted="0")
    assert left == {}


def without_what_tls_adds(reported: Found) -> Found:
    left = {
        name: [each for each in every if not _is_of_tls(f"{name}: {each['info']}")]
        for name, every in reported.items()
    }
    return {name: every for name, every in left.items() if every}


def _is_of_tls(said: str) -> bool:
    return any(word in said for word in WITHOUT_TLS)
