"""One slice of load by wrk, and what came of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MISSING = "wrk is not installed (Debian's package is called wrk)"

Plan = Iterable[tuple[str, ...]]


@dataclass(frozen=True)
class Slice:
    """What wrk saw. ``saved`` counts the saves that the site acknowledged, by founder."""

    rate: float
    p99_ms: float
    errors: int
    refused: int
    saved: tuple[int, ...]


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def get(site: str, plan: Plan, seconds: float, connections: int) -> Slice:
    return _wrk(site, "get.lua", plan, seconds, ["-t1", f"-c{connections}"])


def post(site: str, plan: Plan, seconds: float, connections: int) -> Slice:
    return _wrk(site, "post.lua", plan, seconds, ["-t1", f"-c{connections}"])


def save(site: str, plan: Plan, seconds: float, founders: int) -> Slice:
    """One thread and one connection a founder, see ``save.lua``."""
    return _wrk(site, "save.lua", plan, seconds, [f"-t{founders}", f"-c{founders}"])


def _wrk(site: str, script: str, plan: Plan, seconds: float, size: list[str]) -> Slice:
    with tempfile.NamedTemporaryFile("w", suffix=".plan", encoding="utf-8") as file:
        file.writelines("\t".join(line) + "\n" for line in plan)
        file.flush()
        command = ["wrk", *size, f"-d{seconds:g}s", "--timeout", "10s", "--latency"]
        command += ["-s", f"benchmarks/{script}", site, "--", file.name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"wrk failed:\n{done.stdout}{done.stderr}")
    return _slice(json.loads(done.stdout.splitlines()[-1]))


def _slice(said: dict[str, Any]) -> Slice:
    return Slice(
        rate=1e6 * said["requests"] / said["microseconds"],
        p99_ms=said["p99"] / 1000,
        errors=said["errors"],
        refused=said["refused"],
        saved=tuple(said["saved"]),
    )
