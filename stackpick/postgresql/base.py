"""The backend, as `ENGINE` names it."""

from __future__ import annotations

import time
from functools import cache
from types import SimpleNamespace
from typing import Any, Self, TypeVar

import psycopg
from django.core.signals import request_finished, request_started
from django.db.backends.postgresql import base
from psycopg.abc import PQGen

from stackpick import patience
from stackpick.patience import Patience

from .silence import Silence, Silent

RV = TypeVar("RV")
# libpq and psycopg know no shorter time to connect than the first.
LEAST_TO_CONNECT, MOST_TO_CONNECT = 2, 3
# Whoever has less patience left than this does not begin to connect: it would take too long.
WORTH_CONNECTING = 1.5

request_started.connect(patience.begin)
request_finished.connect(patience.end)


@cache
def silence_of(host: Any, port: Any) -> Silence:
    """Whether this server was silent; each is asked apart from the others."""
    return Silence()


class Connection(psycopg.Connection[Any]):
    """A connection that does not wait longer than whoever uses it (`stackpick.patience`).

    The bound is on our side, and so it holds whatever is in between: statement_timeout is kept by
    the very server that is silent, the kernel's time-outs are content with a proxy that answers for
    it, and a pooler may refuse both.
    """

    silence: Silence

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        patient, silence = patience.current(), silence_of(options.get("host"), options.get("port"))
        try:
            connection = cls._patiently(patient, silence, conninfo, options)
        except Silent as problem:
            raise psycopg.OperationalError(str(problem)) from None
        connection.silence = silence
        return connection

    @classmethod
    def _patiently(
        cls, patient: Patience | None, silence: Silence, conninfo: str, options: dict[str, Any]
    ) -> Self:
        if patient is None:
            return super().connect(conninfo, **options)
        with silence.asking() as most, patient.waiting():
            return cls._connect_in(min(most, patient.left), conninfo, options)

    @classmethod
    def _connect_in(cls, seconds: float, conninfo: str, options: dict[str, Any]) -> Self:
        if seconds < WORTH_CONNECTING:
            raise Silent("the database took too long before")
        asked_for = float(options.get("connect_timeout", MOST_TO_CONNECT))
        options["connect_timeout"] = max(LEAST_TO_CONNECT, int(min(seconds, asked_for)))
        try:
            return super().connect(conninfo, **options)
        except psycopg.errors.ConnectionTimeout:
            raise Silent("the database lets nobody in") from None

    def wait(self, gen: PQGen[RV], *args: Any, **options: Any) -> RV:
        patient = patience.current()
        if patient is None or self.closed:
            return super().wait(gen, *args, **options)
        try:
            with self.silence.asking() as most, patient.waiting():
                if patient.left <= 0:
                    raise Silent("the database took too long before")
                until = time.monotonic() + min(most, patient.left)
                return super().wait(_no_longer_than(until, gen), *args, **options)
        except Silent as problem:
            # Whatever it was about to say is of no use any more, and is not to be taken for the
            # answer to what is asked next.
            self.close()
            raise psycopg.OperationalError(str(problem)) from None


def _no_longer_than(until: float, gen: PQGen[RV]) -> PQGen[RV]:
    """A dialogue with the server, left when it has not come to its end by then.

    psycopg resumes it several times a second, whether or not there is something to read.
    """
    try:
        state = next(gen)
        while True:
            ready = yield state
            if not ready and time.monotonic() > until:
                raise Silent("the database does not answer")
            state = gen.send(ready)
    except StopIteration as end:
        answer: RV = end.value
        return answer


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, which connects by the class above."""

    Database: Any = SimpleNamespace(**vars(psycopg) | {"connect": Connection.connect})

    @property
    def pool(self) -> Any:
        """psycopg's pool, where the URL asks for one, of connections of the same class."""
        options = self.settings_dict["OPTIONS"]
        if asked_for := options.get("pool"):
            ours = {"connection_class": Connection, "timeout": MOST_TO_CONNECT}
            options["pool"] = ours | (asked_for if isinstance(asked_for, dict) else {})
        return super().pool
