"""The kind of a change as its words suggest it."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from .engine.lens import Lens
from .suggest import Suggestion, classifier


def suggested(lens: Lens, text: str) -> Suggestion | None:
    """What the words suggest; None where there are none, or nobody to ask."""
    found = _of(text) if settings.SUGGEST and text.strip() else None
    return found if found and {found.kind, found.also} <= set(lens.kind) else None


@lru_cache(maxsize=2_000)
def _of(text: str) -> Suggestion | None:
    known = classifier()
    return known.suggest(text) if known else None
