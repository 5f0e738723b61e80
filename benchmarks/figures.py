"""What the benchmarks measured, in one form: a figure, its baseline in the same run, its target.

Each part prints what it sees as it goes, and also notes its figures here; ``python -m benchmarks``
gathers them from the parts that it runs into one table and one file.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

# The file to which a part adds a line of JSON for each figure; nothing is kept where it is not set.
NOTED = "STACKPICK_BENCH_FIGURES"


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    ``ratio`` is the figure beside its ``baseline``, measured in the same run: that is what can be
    compared between runs and machines. ``target`` is for ``ratio`` where ``of_ratio`` is set, else
    for ``value``; whether it is a limit from above or from below, ``more_is_better`` says.
    """

    part: str
    what: str
    value: float
    unit: str
    baseline: str = ""
    ratio: float | None = None
    target: float | None = None
    of_ratio: bool = False
    more_is_better: bool = False

    @property
    def compared(self) -> float:
        """What another run is compared by."""
        return self.value if self.ratio is None else self.ratio

    @property
    def missed(self) -> bool:
        if self.target is None:
            return False
        judged = self.compared if self.of_ratio else self.value
        return judged < self.target if self.more_is_better else judged > self.target


def note(part: str, what: str, value: float, unit: str, **more: Any) -> Figure:
    """Notes a figure; the fields of `Figure` may follow by name."""
    figure = Figure(part, what, value, unit, **more)
    if place := os.environ.get(NOTED, ""):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(figure)) + "\n")
    return figure


def read(lines: str) -> list[Figure]:
    """The figures of a file that `note` wrote, in their order."""
    return [from_plain(json.loads(line)) for line in lines.splitlines()]


def from_plain(found: dict[str, Any]) -> Figure:
    """Of a row of the kept file; what a later version has added is left out."""
    known = {field.name for field in fields(Figure)}
    return Figure(**{name: value for name, value in found.items() if name in known})
