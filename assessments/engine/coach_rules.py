"""What a lens puts beside the five changes: prompts, and the rules of the coach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prompt:
    """A question that helps to think of changes, and one change it may bring to mind."""

    id: str
    title: str
    example: str


@dataclass(frozen=True)
class CoachExample:
    """A better entry for those that hold one of these words."""

    words: frozenset[str]
    better: str


@dataclass(frozen=True)
class CoachRule:
    """When a hint is given about the five changes, as lists of words, and what it says.

    ``words`` call for the hint; ``beside`` may stand with them and ``before`` in front of them.
    """

    id: str
    says: str
    better: str
    words: frozenset[str]
    beside: frozenset[str]
    before: frozenset[str]
    examples: tuple[CoachExample, ...]
