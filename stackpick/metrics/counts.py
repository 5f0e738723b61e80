"""What is counted. Importing this loads Prometheus' client, so only `start` does."""

from __future__ import annotations

import time

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Counts:
    """Each is registered nowhere: the server reads what is in the files."""

    def __init__(self) -> None:
        self.requests = _counter(
            "requests", "Requests that were answered.", "method", "view", "status"
        )
        self.seconds = Histogram(
            "stackpick_request_seconds",
            "How long an answer took, from the application's first line to its last.",
            ("view",),
            buckets=SECONDS,
            registry=None,
        )
        self.under_way = Gauge(
            "stackpick_requests_under_way",
            "Requests that are being answered.",
            multiprocess_mode="livesum",
            registry=None,
        )
        self.verdicts = _counter("verdicts", "Assessments that were finished.", "stack", "firmness")
        self.database_errors = _counter(
            "database_errors", "Requests that failed because the database or the disk did.", "kind"
        )
        self.refused = _counter("refused", "Requests that were more than a limit allows.", "limit")
        self.not_rendered = _counter(
            "documents_failed", "Files of results that could not be made.", "format"
        )
        # By method, view and status: finding them anew for each request costs as much as counting.
        self._found: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, view: str, status: int, began: float) -> None:
        """Counts an answer; ``began`` is a moment of ``time.perf_counter``."""
        key = (method, view, status)
        found = self._found.get(key)
        if found is None:
            found = self.requests.labels(method, view, status), self.seconds.labels(view)
            self._found[key] = found
        found[0].inc()
        found[1].observe(time.perf_counter() - began)


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(f"stackpick_{name}", about, labels, registry=None)
