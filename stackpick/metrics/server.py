"""The process that answers Prometheus: a program of its own, which knows nothing but figures.

    python -I server.py FOLDER HOST PORT

It ends with the process that started it.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

BETWEEN_SECONDS = 1.0


def main() -> None:
    folder, host, port = sys.argv[1:]
    # Ctrl-C is for the master, which then ends this as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent, listens, was_said = os.getppid(), False, False
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=folder)
    while os.getppid() == parent:
        try:
            listens = listens or bool(start_http_server(int(port), host, registry))
        except OSError as problem:  # An older master may be about to go: tried again.
            if not was_said:
                print(f"The metrics cannot be served yet: {problem}", file=sys.stderr, flush=True)
            was_said = True
        time.sleep(BETWEEN_SECONDS)


if __name__ == "__main__":
    main()
