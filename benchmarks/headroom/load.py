"""One slice of load on one server: how many requests a second it answered, and how busy it was.

Processor time comes from Linux' /proc.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

from .variants import Server

CONNECTIONS = 16
PATHS = {"json": "/json", "row": "/row/500"}
FAILURES = ("Socket errors", "Non-2xx")
TICKS = os.sysconf("SC_CLK_TCK")  # of processor time, a second


class LoadFailed(Exception):
    """The load generator did not get what it asked for, so its rate means nothing."""


def slice_of(server: Server, scenario: str, seconds: int) -> tuple[float, float]:
    """Requests per second, and the cores that the server kept busy meanwhile."""
    wrk = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
    command = ["taskset", "--cpu-list", server.load_cores, *wrk, server.url + PATHS[scenario]]
    used, start = processor_seconds(server.pid), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    took = time.monotonic() - start
    if done.returncode:
        raise LoadFailed(f"wrk failed on {server.url}: {done.stderr or done.stdout}")
    return rate(done.stdout), (processor_seconds(server.pid) - used) / took


def rate(output: str) -> float:
    """The requests per second in what wrk printed, which may not tell of any failure."""
    for failure in FAILURES:
        if failure in output:
            raise LoadFailed(f"wrk counted failures, so its rate means nothing:\n{output}")
    found = re.search(r"^Requests/sec:\s+([\d.]+)$", output, re.MULTILINE)
    if not found or float(found[1]) <= 0:
        raise LoadFailed(f"wrk printed no rate:\n{output}")
    return float(found[1])


def processor_seconds(session: int) -> float:
    """Processor time that all processes of a session have used so far."""
    total = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything; what follows the last bracket is regular.
            fields = file.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended while we looked.
        if int(fields[3]) == session:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def busy_cores(seconds: float) -> float:
    """How many cores the whole machine keeps busy, watched for so long."""
    used = _used_by_all()
    time.sleep(seconds)
    return (_used_by_all() - used) / seconds


def _used_by_all() -> float:
    """Processor seconds since the machine started, without those spent idle or waiting."""
    user, nice, system, _idle, _waiting, *interrupts = (
        int(ticks) for ticks in Path("/proc/stat").read_text().split("\n")[0].split()[1:8]
    )
    return (user + nice + system + sum(interrupts)) / TICKS
