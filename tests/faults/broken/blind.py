"""Takes a database or a disk that fails for a mistake of its own."""

from __future__ import annotations

from typing import Any

from stackpick.wsgi import application

__all__ = ["application"]

from stackpick import errors

_errors: Any = errors
_errors.outage = lambda error: ""
