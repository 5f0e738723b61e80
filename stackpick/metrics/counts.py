"""What is counted. Importing this loads Prometheus' client, so only `start` does."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Counts:
    """Each is registered nowhere: the server reads what is in the files."""

    def __init__(self) -> None:
        self.requests = Counter(
            "stackpick_requests",
            "Requests that were answered.",
            ("method", "view", "status"),
            registry=None,
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
        self.verdicts = Counter(
            "stackpick_verdicts",
            "Assessments that were finished.",
            ("stack", "firmness"),
            registry=None,
        )
        self.database_errors = Counter(
            "stackpick_database_errors",
            "Requests that failed because the database or the disk did.",
            ("kind",),
            registry=None,
        )
        self.refused = Counter(
            "stackpick_refused",
            "Requests that were more than a limit allows.",
            ("limit",),
            registry=None,
        )
        self.not_rendered = Counter(
            "stackpick_documents_failed",
            "Files of results that could not be made.",
            ("format",),
            registry=None,
        )
