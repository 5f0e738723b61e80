"""From a sentence to the two likeliest kinds of change: a linear classifier over its vector."""

from __future__ import annotations

from dataclasses import dataclass

from .encoder import CannotLoad, Encoder


@dataclass(frozen=True)
class Suggestion:
    """The likeliest kind and the second; ``abstain`` where it is better to ask than to suggest."""

    kind: str
    also: str
    confidence: float
    abstain: bool


class Classifier:
    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def suggest(self, text: str) -> Suggestion:
        raise NotImplementedError

    def because(self, text: str, kind: str) -> tuple[str, ...]:
        raise NotImplementedError


def load_classifier() -> Classifier:
    raise CannotLoad("there are no weights yet")
