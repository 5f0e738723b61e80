"""How many examples Hypothesis draws.

Tests name a number by what they cost. Each change is checked with a quarter of it, which finds what
is plainly wrong; with STACKPICK_EXAMPLES=thorough, which `make soak` sets, with four times as many.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

THOROUGH = os.environ.get("STACKPICK_EXAMPLES", "") == "thorough"
# With fewer, Hypothesis would hardly leave the simplest examples.
FEWEST = 10


def examples(number: int, **options: Any) -> settings:
    """Settings of a test that draws about so many examples."""
    return settings(max_examples=drawn(number), **options)


def drawn(number: int) -> int:
    """How many examples of a test this run draws."""
    return 4 * number if THOROUGH else min(number, max(FEWEST, number // 4))
