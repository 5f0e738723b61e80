"""How good suggestions are: hits, calibration, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..classifying import Suggestion
from ..weights import NONE

BINS = 10
PRODUCT = frozenset({"schema", "api_contract", "user_flow", "integration", "data_script"})


@dataclass(frozen=True)
class Judged:
    """A suggestion beside the label that people gave."""

    kind: str
    suggestion: Suggestion

    @property
    def hit(self) -> bool:
        return self.suggestion.kind == self.kind

    @property
    def second_hit(self) -> bool:
        return self.kind in (self.suggestion.kind, self.suggestion.also)

    @property
    def side_hit(self) -> bool:
        return (self.suggestion.kind in PRODUCT) == (self.kind in PRODUCT)


@dataclass(frozen=True)
class Bin:
    """Suggestions of about the same confidence."""

    count: int
    confidence: float
    hits: float


@dataclass(frozen=True)
class Measures:
    """Shares from 0 to 1. ``first``, ``second``, ``side`` and ``error`` are over the sentences
    that have a kind; ``error`` is the expected calibration error (Naeini et al. 2015) over ten
    equal bins; ``asked`` is the share of them that is abstained from, ``first_of_told`` the hits
    among the others, ``refused`` the share of those without a kind that is abstained from."""

    count: int
    first: float
    second: float
    side: float
    error: float
    asked: float
    first_of_told: float
    refused: float
    bins: tuple[Bin, ...]


def measure(all_judged: Sequence[Judged]) -> Measures:
    judged = [one for one in all_judged if one.kind != NONE]
    nothing = [one.suggestion.abstain for one in all_judged if one.kind == NONE]
    told = [one.hit for one in judged if not one.suggestion.abstain]
    bins = reliability(judged)
    return Measures(
        count=len(judged),
        first=_share([one.hit for one in judged]),
        second=_share([one.second_hit for one in judged]),
        side=_share([one.side_hit for one in judged]),
        error=sum(one.count * abs(one.confidence - one.hits) for one in bins) / len(judged),
        asked=1 - len(told) / len(judged),
        first_of_told=_share(told),
        refused=_share(nothing),
        bins=bins,
    )


def reliability(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    """By confidence: what was said and what came true; bins without any are left out."""
    places = [min(int(one.suggestion.confidence * BINS), BINS - 1) for one in judged]
    found = []
    for place in range(BINS):
        inside = [one for one, at in zip(judged, places, strict=True) if at == place]
        if inside:
            said = float(np.mean([one.suggestion.confidence for one in inside]))
            found.append(Bin(len(inside), said, _share([one.hit for one in inside])))
    return tuple(found)


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


def in_words(found: Measures) -> str:
    """The figures as Markdown, for the terminal and for the documentation."""
    lines = [
        f"{found.count} sentences: first {found.first:.3f}, first or second {found.second:.3f}, "
        f"side {found.side:.3f}; expected calibration error {found.error:.3f}.",
        f"Abstained from {found.asked:.3f} of them (first {found.first_of_told:.3f} of the others) "
        f"and from {found.refused:.3f} of those without a kind.",
        "",
        "| confidence | sentences | said | came true |",
        "|---|---|---|---|",
        *(
            f"| {_range(one)} | {one.count} | {one.confidence:.2f} | {one.hits:.2f} |"
            for one in found.bins
        ),
    ]
    return "\n".join(lines)


def _range(one: Bin) -> str:
    low = min(int(one.confidence * BINS), BINS - 1) / BINS
    return f"{low:.1f} to {low + 1 / BINS:.1f}"


def confusion(judged: Sequence[Judged], kinds: Sequence[str]) -> str:
    """A row for each label, a column for each suggestion, as a Markdown table."""
    lines = [f"| label | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|"]
    for label in kinds:
        row = [one.suggestion.kind for one in judged if one.kind == label]
        lines.append(f"| {label} | {' | '.join(str(row.count(kind)) for kind in kinds)} |")
    return "\n".join(lines)
