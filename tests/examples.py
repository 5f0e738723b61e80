"""How many examples Hypothesis draws.

Tests name the number of a thorough run. Each change is checked with a quarter of it, which finds
what is plainly wrong; `make soak` sets STACKPICK_EXAMPLES=thorough.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

THOROUGH = os.environ.get("STACKPICK_EXAMPLES", "") == "thorough"
# With fewer, Hypothesis would hardly leave the simplest examples.
FEWEST = 10


def examples(number: int, **options: Any) -> settings:
    """Settings of a test that draws this many examples when it is thorough."""
    return settings(max_examples=drawn(number), **options)


def drawn(number: int) -> int:
    """How many of a thorough run's examples this run draws."""
    return number if THOROUGH else min(number, max(FEWEST, number // 4))
