"""The kind of a change, suggested from its words, on this machine.

Imports nothing of Django, and needs two packages that may be missing (the extra ``suggest``):
``classifier()`` is None then, and whoever asks goes on without suggestions.
"""

from __future__ import annotations

from functools import lru_cache

from .classifying import Classifier, Suggestion, load_classifier
from .encoder import CannotLoad

__all__ = [
    "CannotLoad",
    "Classifier",
    "Suggestion",
    "classifier",
    "forget",
    "load_classifier",
    "why_not",
]


def classifier() -> Classifier | None:
    """The one of this process, loaded when it is first asked for (half a second); None without."""
    return _loaded()[0]


def why_not() -> str:
    """Why there is none; empty where there is one."""
    return _loaded()[1]


def forget() -> None:
    """Gives the memory of this process's classifier back."""
    _loaded.cache_clear()


@lru_cache(maxsize=1)
def _loaded() -> tuple[Classifier | None, str]:
    try:
        return load_classifier(), ""
    except CannotLoad as problem:
        return None, str(problem)
