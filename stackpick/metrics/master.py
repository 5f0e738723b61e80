"""What Gunicorn's master does for the figures: a folder, a place for each worker, and a server."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("server.py")


class Master:
    """Lives as long as the master, and across its reloads, which take its module away.

    The figures are served by a process of their own: a thread here would be copied into each worker
    that is forked, with whatever it holds at that moment.
    """

    def __init__(self, is_wanted: bool) -> None:
        self.folder: Path | None = None
        if is_wanted:
            self.folder = Path(tempfile.mkdtemp(prefix="stackpick-metrics-"))
        self._slots: dict[int, int] = {}
        self._server: subprocess.Popen[bytes] | None = None

    def serve(self, host: str, port: int) -> None:
        """Starts the process that answers Prometheus."""
        command = [sys.executable, "-I", str(PROGRAM), str(self.folder), host, str(port)]
        self._server = subprocess.Popen(  # noqa: S603  # nosec B603
            command, env={}, stdin=subprocess.DEVNULL
        )

    def place(self, worker: Any) -> None:
        """Gives a worker that is about to be forked the lowest slot that none has."""
        if self.folder is not None:
            taken = set(self._slots.values())
            free = next(slot for slot in range(len(taken) + 1) if slot not in taken)
            self._slots[worker.age] = worker.metrics_slot = free

    def start(self, worker: Any) -> None:
        """Counts in the worker that was forked."""
        if self.folder is not None:
            from stackpick import metrics

            metrics.start(self.folder, worker.metrics_slot)

    def forget(self, worker: Any) -> None:
        """Of a worker that has ended its counts stay, but nothing is under way in it any more."""
        slot = self._slots.pop(worker.age, None)
        if slot is not None:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(slot, str(self.folder))

    def close(self) -> None:
        """Ends the server, and removes the folder."""
        if self._server:
            self._server.terminate()
            self._server.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
