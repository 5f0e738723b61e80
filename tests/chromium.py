"""The Chromium of the operating system, not one that Playwright downloads."""

from __future__ import annotations

import shutil
from typing import Any

# The one without windows first: a context in it takes a fifth of the time.
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
        packages = "Debian's packages are called chromium-headless-shell and chromium"
        raise ChromiumMissing(f"Chromium is not installed ({packages})")
    return {"executable_path": found, "args": OPTIONS}
