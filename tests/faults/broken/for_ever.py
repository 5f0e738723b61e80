"""Waits for its database, and for what typesets, as long as it takes."""

from __future__ import annotations

from typing import Any

from stackpick.wsgi import application

__all__ = ["application"]

import stackpick.patience
from assessments.exports.typesetting import typesetter

_patience: Any = stackpick.patience
_patience.current = lambda: None
_typesetter: Any = typesetter
_typesetter._seconds = 3600.0
