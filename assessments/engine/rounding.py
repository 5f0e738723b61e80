"""Rounding for display that still adds up: the largest-remainder method."""

from __future__ import annotations

import math
from collections.abc import Sequence


def round_to_total(values: Sequence[float], total: float, digits: int = 1) -> list[float]:
    """Each value rounded to ``digits`` places so that they add up to ``total`` rounded likewise.

    Every value is first rounded down; the units that are missing go to the largest remainders.
    """
    unit = 10**digits
    floors = [math.floor(value * unit) for value in values]
    missing = round(total * unit) - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda n: floors[n] - values[n] * unit)
    steps = 1 if missing > 0 else -1
    order = by_remainder if missing > 0 else by_remainder[::-1]
    for turn in range(abs(missing)):
        if order:
            floors[order[turn % len(order)]] += steps
    return [floor / unit for floor in floors]
