"""The kind of a change, suggested from its words, on this machine.

Imports nothing of Django, and needs two packages that may be missing (the extra ``suggest``):
``classifier()`` is None then, and whoever asks goes on without suggestions.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from .classifier import Classifier, Suggestion, load_classifier
from .encoder import CannotLoad

__all__ = ["CannotLoad", "Classifier", "Suggestion", "classifier", "load_classifier"]

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def classifier() -> Classifier | None:
    """The one of this process, loaded when it is first asked for (half a second); None without."""
    try:
        return load_classifier()
    except CannotLoad as problem:
        logger.info("Kinds of changes are not suggested: %s.", problem)
        return None
