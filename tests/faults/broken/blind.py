"""Does not know a database that is down from a mistake of its own."""

from __future__ import annotations

from typing import Any

from stackpick.wsgi import application

__all__ = ["application"]

from stackpick import errors

_errors: Any = errors
_errors.DATABASE_IS_DOWN = ()
