"""The scanners, each in the environment that `make scan` lays out for it under ``var/``."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conftest import missing
from tests.servers import ROOT, without_our_settings

SCANNERS = ROOT / "var" / "scanners" / "bin"
ATTACKERS = ROOT / "var" / "attackers" / "bin"
CSP_EVALUATOR = ROOT / "var" / "csp_evaluator"


def ran(
    *command: Any,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    seconds: float = 600,
    well: tuple[int, ...] = (0,),
) -> str:
    """What a scanner prints. It fails the test where the scanner itself fails.

    A scanner that could not work has found nothing either, and must not pass for one that did.
    """
    program = Path(command[0])
    if program.is_absolute() and not program.exists():
        missing(f"{program.name} is not installed: make scanners attackers")
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=without_our_settings(os.environ) | dict(env or {}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode in well, f"{program.name} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout


def ran_for_json(*command: Any, **how: Any) -> Any:
    """The same, for a scanner that prints JSON."""
    return json.loads(ran(*command, **how))
