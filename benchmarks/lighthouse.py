"""Lighthouse on the pages that matter, as on a telephone.

Run it with ``make lighthouse``; the full reports stay under ``var/lighthouse/``. It needs Node
and, once, the network: npm installs Lighthouse into that folder.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.browser.driving import seed  # noqa: E402
from tests.chromium import ChromiumMissing, of_the_system  # noqa: E402
from tests.servers import ROOT, running_server  # noqa: E402
from tests.web import FOUNDERS  # noqa: E402

FOLDER = ROOT / "var" / "lighthouse"
PROGRAM = FOLDER / "node_modules" / ".bin" / "lighthouse"
CHROME_FLAGS = "--headless=new --no-sandbox --disable-dev-shm-usage"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FILE = FOUNDERS["with a settled part"].file
STEP = "moving"
# Pages behind a secret link ask search engines to stay away, which Lighthouse holds against them.
EXPECTED_WHEN_PRIVATE = "is-crawlable"

Report = dict[str, Any]


def main() -> None:
    logging.disable(logging.INFO)
    try:
        chromium = of_the_system()["executable_path"]
    except ChromiumMissing as problem:
        sys.exit(f"{problem}.")
    install()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(f"sqlite:///{folder}/site.sqlite3") as site,
    ):
        reports = {name: report(name, url, chromium) for name, url in pages(site).items()}
    show(reports)


def show(reports: dict[str, Report]) -> None:
    version = next(iter(reports.values()))["lighthouseVersion"]
    print(f"{'Lighthouse ' + version:<20}" + "".join(f"{name:>16}" for name in CATEGORIES))
    for name, found in reports.items():
        print(f"{name:<20}" + "".join(f"{score(found, category):>16}" for category in CATEGORIES))
    print("In brackets: the score but for what is as expected on a private page.")
    for name, found in reports.items():
        print("\n".join(["", name, *(f"  {line}" for line in shortcomings(found))]))


def install() -> None:
    """Lighthouse from npm, in a folder of its own, once."""
    if PROGRAM.exists():
        return
    if not shutil.which("npm"):
        sys.exit("npm is not installed (Debian's packages are called nodejs and npm).")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
    if subprocess.run([*command, "lighthouse"], cwd=FOLDER).returncode:
        sys.exit("npm could not install Lighthouse; its reason is above.")


def pages(site: str) -> dict[str, str]:
    """The addresses to look at, by name; the last two are private."""
    founder = seed(site, FILE, finished=True)
    return {
        "home": site,
        "example-result": f"{site}/examples/ledgerly/",
        "wizard-step": founder.url(STEP),
        "founders-result": founder.url(),
    }


def report(name: str, url: str, chromium: str) -> Report:
    file = FOLDER / f"{name}.json"
    command = [str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={file}"]
    command += ["--form-factor=mobile", f"--chrome-flags={CHROME_FLAGS}"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    environment = os.environ | {"CHROME_PATH": chromium}
    if subprocess.run(command, cwd=FOLDER, env=environment).returncode:
        sys.exit(f"Lighthouse failed on {name}; its reason is above.")
    return dict(json.loads(Path(file).read_text("utf-8")))


def score(found: Report, category: str) -> str:
    own = rated(found, category)
    other = rated(found, category, but=EXPECTED_WHEN_PRIVATE) if is_private(found) else own
    return own if own == other else f"{own} ({other})"


def rated(found: Report, category: str, but: str = "") -> str:
    """The weighted mean that Lighthouse itself makes of a category's audits."""
    marks = [
        (part["weight"], found["audits"][part["id"]]["score"])
        for part in found["categories"][category]["auditRefs"]
        if part["id"] != but
    ]
    counting = [(weight, mark) for weight, mark in marks if weight and mark is not None]
    total = sum(weight for weight, _ in counting)
    return f"{100 * sum(weight * mark for weight, mark in counting) / total:.0f}"


def is_private(found: Report) -> bool:
    return "/a/" in found["finalDisplayedUrl"]


def shortcomings(found: Report) -> Iterator[str]:
    """Every audit that is not perfect, with the categories that it belongs to."""
    for name, audit in found["audits"].items():
        if audit["score"] is None or audit["score"] >= 1:
            continue
        expected = is_private(found) and name == EXPECTED_WHEN_PRIVATE
        within = ", ".join(category for category in CATEGORIES if weighs(found, category, name))
        value = f" ({audit['displayValue']})" if audit.get("displayValue") else ""
        yield (
            f"{'as expected' if expected else format(audit['score'], '.2f')}: "
            f"{audit['title']}{value} [{name}; {within or 'weighs nothing'}]"
        )


def weighs(found: Report, category: str, name: str) -> bool:
    parts = found["categories"][category]["auditRefs"]
    return any(part["id"] == name and part["weight"] > 0 for part in parts)


if __name__ == "__main__":
    main()
