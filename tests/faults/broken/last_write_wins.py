"""Stores whatever is sent last: no look at the version that a form was opened with."""

from __future__ import annotations

from typing import Any

from stackpick.wsgi import application

__all__ = ["application"]

from assessments.models import saving

_saving: Any = saving
_saving.last_touched = lambda *args: 0
