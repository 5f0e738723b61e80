"""The Chromium of the operating system, not one that Playwright downloads."""

from __future__ import annotations

import shutil
from typing import Any

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",  # Chromium's own sandbox does not work for root.
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class ChromiumMissing(Exception):
    """Says which package to install."""


def of_the_system() -> dict[str, Any]:
    """What Playwright needs to launch it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise ChromiumMissing("Chromium is not installed (Debian's package is called chromium)")
    return {"executable_path": found, "args": OPTIONS}
