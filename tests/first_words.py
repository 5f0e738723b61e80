"""Suggestions that tests can foresee: the kind that a change names by its first word."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.suggest import Suggestion
from tests.factories import lens
from tests.suggesting import put_in_use

UNSURE = "Perhaps"


def suggest_first_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """“schema for invoices” suggests ``schema``; “Perhaps schema” is not sure; else nothing."""
    put_in_use(monkeypatch, FirstWords())


def suggest_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a server without the extra."""
    put_in_use(monkeypatch, None)


class FirstWords:
    """A classifier that takes a change's first word for its kind."""

    kinds = tuple(lens().kind)

    def suggest(self, text: str) -> Suggestion:
        is_sure = not text.startswith(UNSURE)
        kind, *_ = text.removeprefix(UNSURE).split() or [""]
        if kind not in self.kinds:
            return Suggestion("schema", "user_flow", 0.1, abstain=True)
        also = next(other for other in self.kinds if other != kind)
        return Suggestion(kind, also, 0.9 if is_sure else 0.2, abstain=not is_sure)

    def because(self, text: str, kind: str) -> tuple[str, ...]:
        return ()


def change(text: str, kind: str | None = None) -> dict[str, Any]:
    """A change as an answers file has it."""
    return {"text": text} | ({"kind": kind} if kind else {})
