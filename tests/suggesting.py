"""A classifier for tests: it knows a few words, and says what it was asked."""

from __future__ import annotations

from typing import Any

import pytest

from assessments import suggestions
from assessments.suggest import Suggestion
from tests.factories import lens

KIND_OF = {
    "stripe": "integration",
    "webhook": "integration",
    "column": "schema",
    "table": "schema",
    "sign-up": "user_flow",
    "requests": "throughput",
}
STRIPE = "Connect Stripe by webhook"
COLUMN = "Split the name into a second column"
UNKNOWN = "Something else comes here"


class Keywords:
    """The kinds of the words it knows, in their order; a change without any it abstains from."""

    kinds = tuple(lens().kind)

    def __init__(self, **kinds: str) -> None:
        self.kind_of = KIND_OF | kinds
        self.asked: list[str] = []
        self.asked_why: list[str] = []

    def suggest(self, text: str) -> Suggestion:
        self.asked.append(text)
        kinds = [self.kind_of[word] for word in self._known(text)]
        if not kinds:
            return Suggestion("schema", "user_flow", 0.2, abstain=True)
        others = (kind for kind in (*kinds, "user_flow", "schema") if kind != kinds[0])
        return Suggestion(kinds[0], next(others), 0.9, abstain=False)

    def because(self, text: str, kind: str) -> tuple[str, ...]:
        self.asked_why.append(text)
        return tuple(word for word in text.split() if self.kind_of.get(word.lower()) == kind)[:3]

    def _known(self, text: str) -> list[str]:
        return [word for word in text.lower().split() if word in self.kind_of]


def put_in_use(monkeypatch: pytest.MonkeyPatch, found: Any) -> None:
    """As if this were the classifier of the process; None as if there were none."""
    monkeypatch.setattr(suggestions, "classifier", lambda: found)
