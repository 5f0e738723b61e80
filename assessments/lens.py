"""The lens in use: read once per process, and refused at start where it has a mistake."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from .engine.calibration import Calibration, calibrate, load_cases
from .engine.lens import Lens
from .engine.loading import DEFAULT_LENS, load_lens


def current_lens() -> Lens:
    """The lens named by the setting ``LENS_FILE``, else the one that StackPick ships."""
    return _loaded(_path())


def current_calibration() -> Calibration:
    """How the lens in use does on the documented cases; computed once per process."""
    return _calibrated(_path())


def _path() -> Path:
    return settings.LENS_FILE or DEFAULT_LENS


@lru_cache(maxsize=4)
def _loaded(path: Path) -> Lens:
    return load_lens(path)


@lru_cache(maxsize=4)
def _calibrated(path: Path) -> Calibration:
    return calibrate(_loaded(path), load_cases())
