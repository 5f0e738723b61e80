"""The backend, as `ENGINE` names it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, Self, TypeVar

import psycopg
from django.core.signals import request_finished, request_started
from django.db.backends.postgresql import base
from psycopg.abc import PQGen

from stackpick import patience

from .silence import Silence, Silent

RV = TypeVar("RV")
# libpq and psycopg know no shorter time.
SECONDS_TO_CONNECT = 2
# Whoever has less patience left than this does not begin to connect: it would take too long.
WORTH_CONNECTING = 1.5
# Whoever has waited for less goes on when the database was found silent.
NOT_YET_SILENT = 0.5
# Whoever has waited for longer has it asked whether it is. It is known then, two seconds later at
# the most, before the patience of those who wait is at its end.
NOT_USUAL = 0.8
TRIAL_SECONDS = 1.0
USED_UP = "the database took too long before"

request_started.connect(patience.begin)
request_finished.connect(patience.end)

_silences: dict[tuple[Any, ...], Silence] = {}


def _silence(conninfo: str, options: dict[str, Any]) -> Silence:
    """Whether this server is silent; each is asked apart from the others, and so is each database
    of a pooler, which may have them from different servers."""
    server = (options.get("host"), options.get("port"), options.get("dbname"))
    found = _silences.get(server)
    return found or _silences.setdefault(server, Silence(partial(_try, conninfo, dict(options))))


class Connection(psycopg.Connection[Any]):
    """A connection that does not wait longer than whoever uses it (`stackpick.patience`).

    The bound is on our side, and so it holds whatever is in between: statement_timeout is kept by
    the very server that is silent, the kernel's time-outs are content with a proxy that answers for
    it, and a pooler may refuse both.
    """

    silence: Silence

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        silence = _silence(conninfo, options)
        try:
            connection = cls._patiently(silence, conninfo, options)
        except Silent as problem:
            raise psycopg.OperationalError(str(problem)) from None
        connection.silence = silence
        return connection

    @classmethod
    def _patiently(cls, silence: Silence, conninfo: str, options: dict[str, Any]) -> Self:
        patient = patience.current()
        if patient is None:
            return super().connect(conninfo, **options)
        if patient.left < WORTH_CONNECTING:
            raise psycopg.OperationalError(USED_UP)
        options["connect_timeout"] = SECONDS_TO_CONNECT
        with silence.asking(), patient.waiting():
            try:
                return super().connect(conninfo, **options)
            except psycopg.errors.ConnectionTimeout:
                silence.suspect(is_sure=True)
                raise Silent("the database lets nobody in") from None

    def wait(self, gen: PQGen[RV], *args: Any, **options: Any) -> RV:
        patient = patience.current()
        if patient is None or self.closed:
            return super().wait(gen, *args, **options)
        if patient.left <= 0:  # which says nothing of the database as it is now
            self.close()
            raise psycopg.OperationalError(USED_UP)
        try:
            with self.silence.asking(), patient.waiting():
                return super().wait(self._bounded(gen, patient.left), *args, **options)
        except Silent as problem:
            # Whatever it was about to say is of no use any more, and is not to be taken for the
            # answer to what is asked next.
            self.close()
            raise psycopg.OperationalError(str(problem)) from None

    def _bounded(self, gen: PQGen[RV], seconds: float) -> PQGen[RV]:
        began, is_suspected = time.monotonic(), False

        def is_enough() -> bool:
            nonlocal is_suspected
            waited = time.monotonic() - began
            if waited > NOT_USUAL and not is_suspected:
                is_suspected = True
                self.silence.suspect()
            return waited > seconds or (self.silence.is_noticed and waited > NOT_YET_SILENT)

        return _until(is_enough, gen)


def _until(is_enough: Callable[[], bool], gen: PQGen[RV]) -> PQGen[RV]:
    """A dialogue with the server, left when it has not come to its end by then.

    psycopg resumes it several times a second, whether or not there is something to read.
    """
    try:
        state = next(gen)
        while True:
            ready = yield state
            if not ready and is_enough():
                raise Silent("the database does not answer")
            state = gen.send(ready)
    except StopIteration as end:
        answer: RV = end.value
        return answer


class _Trial(psycopg.Connection[Any]):
    """A connection that waits a moment for each answer, whoever uses it."""

    def wait(self, gen: PQGen[RV], *args: Any, **options: Any) -> RV:
        end = time.monotonic() + TRIAL_SECONDS
        return super().wait(_until(lambda: time.monotonic() > end, gen), *args, **options)


def _try(conninfo: str, options: dict[str, Any]) -> None:
    """Asks the server whether it answers again: past a pooler, which lets in by itself."""
    options = options | {"connect_timeout": SECONDS_TO_CONNECT, "autocommit": True}
    try:
        connection = _Trial.connect(conninfo, **options)
    except psycopg.errors.ConnectionTimeout:
        raise Silent from None
    try:
        connection.execute("SELECT 1")
    finally:
        connection.close()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, which connects by the class above."""

    Database: Any = SimpleNamespace(**vars(psycopg) | {"connect": Connection.connect})

    @property
    def pool(self) -> Any:
        """psycopg's pool, where the URL asks for one, of connections of the same class."""
        options = self.settings_dict["OPTIONS"]
        if asked_for := options.get("pool"):
            ours = {"connection_class": Connection, "timeout": SECONDS_TO_CONNECT}
            options["pool"] = ours | (asked_for if isinstance(asked_for, dict) else {})
        return super().pool
