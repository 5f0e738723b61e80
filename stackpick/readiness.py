"""What platforms ask a process before they send it anybody: does it live, and can it serve."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from threading import Lock, Thread

from django.db import Error, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stackpick import metrics
from stackpick.patience import patient

SECONDS = 2.0
SILENT = f"the database does not answer within {SECONDS:g} seconds"
_NAMED = 5  # migrations of which the names are told

Reasons = list[str]


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return _plain(["ok"], 200)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether somebody who is sent here now gets a page: 200, or 503 with each reason on a line."""
    reasons = readiness.why_not()
    return _plain(reasons, 503) if reasons else _plain(["ready"], 200)


PROBES = {"/healthz": healthz, "/readyz": readyz}


def probes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answers both before anything asks which host is meant.

    A load balancer asks each machine by its address, which no ALLOWED_HOSTS could list. Neither
    answer depends on the host, holds a link or is kept, so a wrong one can do no harm.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return get_response(request)
        metrics.answered_by(request, "probe")
        return probe(request)

    return middleware


class Readiness:
    """One look at a time for all who ask, and nobody waits for it longer than they should.

    A look has a thread of its own: a database may hang in ways that nothing inside the call can
    end, such as a name server that is silent or a disk that is gone. Whoever asks after that is
    told so, and the next one has a new look, so that what is stuck does not hide what came back.
    """

    def __init__(self, look: Callable[[], Reasons], seconds: float = SECONDS) -> None:
        self._look, self._seconds = look, seconds
        self._lock = Lock()
        self._current: Future[Reasons] | None = None

    def why_not(self) -> Reasons:
        """Why nobody should be sent here, as sentences without secrets; empty if somebody may."""
        with self._lock:
            look = self._current
            if look is None or look.done():
                look = self._current = _in_a_thread(self._look)
        try:
            return look.result(self._seconds)
        except TimeoutError:
            with self._lock:
                if self._current is look:
                    self._current = None
            return [SILENT]


def _in_a_thread(look: Callable[[], Reasons]) -> Future[Reasons]:
    looking: Future[Reasons] = Future()

    def run() -> None:
        try:
            with patient(SECONDS):
                looking.set_result(look())
        except BaseException as problem:
            looking.set_exception(problem)

    Thread(target=run, name="readiness", daemon=True).start()
    return looking


class Database:
    """Looks whether the database answers and has what this code needs.

    Once it had all migrations, only whether it answers is asked: code does not get newer.
    """

    def __init__(self) -> None:
        self._is_migrated = False

    def __call__(self) -> Reasons:
        connection = connections["default"]
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            missing = [] if self._is_migrated else _missing_migrations()
        except Error as problem:
            return [f"the database cannot be reached ({type(problem).__name__})"]
        finally:
            connection.close()
        self._is_migrated = not missing
        return [f"migrations are not applied: {_some(missing)}"] if missing else []


def _missing_migrations() -> list[str]:
    """The newest migrations of each app that the database does not have; newer ones do no harm."""
    applied = MigrationRecorder(connections["default"]).applied_migrations()
    return [".".join(key) for key in _newest_migrations() if key not in applied]


@cache
def _newest_migrations() -> list[tuple[str, str]]:
    return sorted(MigrationLoader(None).graph.leaf_nodes())


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _plain(lines: list[str], status: int) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    text = "\n".join(lines)
    return HttpResponse(text, status=status, content_type="text/plain", headers=headers)


readiness = Readiness(Database())
