"""How much the bench does, and what it writes down of it.

`make faults` does what a check of each change can afford; `make soak` does the whole, and keeps its
figures for docs/reliability.md.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

# Where `make soak` gathers its figures, a line of JSON each; not set otherwise.
FIGURES = "STACKPICK_SOAK_FIGURES"


@pytest.fixture
def soaking(pytestconfig: pytest.Config) -> bool:
    """Whether this is the whole bench."""
    return bool(pytestconfig.getoption("--soak"))


@pytest.fixture
def amount(soaking: bool) -> Callable[[int, int], int]:
    """How many: the first number for a check of each change, the second for the whole bench."""
    return lambda usual, whole: whole if soaking else usual


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Writes a measured figure down: what, how much, in which unit, and what it had to be."""
    file = os.environ.get(FIGURES, "")
    of = request.node.nodeid

    def write(what: str, value: float | str, unit: str = "", wanted: str = "") -> None:
        print(f"{what}: {value} {unit} {f'(wanted: {wanted})' if wanted else ''}".rstrip())
        if file:
            said = {"test": of, "what": what, "value": value, "unit": unit, "wanted": wanted}
            with Path(file).open("a", encoding="utf-8") as figures:
                figures.write(json.dumps(said) + "\n")

    return write
