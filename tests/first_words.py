"""Suggestions that tests can foresee: the kind that a change names by its first word."""

from __future__ import annotations

from typing import Any

import pytest

from assessments import suggestions
from assessments.engine.lens import Lens
from assessments.suggest import Suggestion

UNSURE = "Perhaps"


def suggest_first_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """“schema for invoices” suggests ``schema``; “Perhaps schema” is not sure; else nothing."""
    monkeypatch.setattr(suggestions, "suggested", first_word)
    monkeypatch.setattr(suggestions, "are_made", lambda: True)


def suggest_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a server without the extra."""
    monkeypatch.setattr(suggestions, "suggested", lambda lens, text, who=None: None)
    monkeypatch.setattr(suggestions, "are_made", lambda: False)


def first_word(lens: Lens, text: str, who: str | None = None) -> Suggestion | None:
    is_sure = not text.startswith(UNSURE)
    kind, *_ = text.removeprefix(UNSURE).split() or [""]
    if kind not in lens.kind:
        return None
    also = next(other for other in lens.kind if other != kind)
    return Suggestion(kind, also, 0.9 if is_sure else 0.2, abstain=not is_sure)


def change(text: str, kind: str | None = None) -> dict[str, Any]:
    """A change as an answers file has it."""
    return {"text": text} | ({"kind": kind} if kind else {})
