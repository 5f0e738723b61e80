"""docs/reliability.md, written from what `make soak` measured, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

HEAD = """# What was broken on purpose, and what came of it

Written by `make soak`; do not edit. Each part below breaks one thing while the site is under load, and compares what clients were told with what is stored afterwards. An acknowledged save is one whose client got the redirect that the site answers a stored save with. Lost is a save that was acknowledged and is not there; half-saved is an assessment whose row, changes, search text and touched steps do not tell of the same saves. Down, stalled or full is meant as it says: processes are killed with kill -9, a disk has no byte left, a wire is held or reset.

How to read it: each row in bold is a test, in words, with its outcome and its time; the rows below it are what it measured and what it wanted. Where something was done several times, the least and the most stand there. Rows of a site that “is found out” are controls: the same check against a site that was broken for it, in which it has to find the fault. Without them a check that sees nothing would look like a site that loses nothing.

What this does not show: kill -9 ends processes and leaves the kernel and its memory alone. That a save is on the disk before it is acknowledged, also when the power fails, follows from the settings (`synchronous=FULL`, `fsync` and `synchronous_commit`) and from the disk keeping its word; no power was cut here.
"""  # noqa: E501
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
LONGEST = 200


@dataclass(frozen=True)
class Figure:
    what: str
    value: float | str
    unit: str = ""
    wanted: str = ""


@dataclass(frozen=True)
class Test:
    """A test of a part, or a command that stands for one."""

    __test__ = False  # pytest takes it for one of its own

    name: str
    outcome: str
    seconds: float
    message: str = ""
    figures: list[Figure] = field(default_factory=list)
    file: str = ""


@dataclass(frozen=True)
class Part:
    """What one run of a part came to."""

    name: str
    about: str
    date: str
    machine: dict[str, Any]
    tests: list[Test]

    @property
    def outcome(self) -> str:
        outcomes = {test.outcome for test in self.tests}
        if FAILED in outcomes or not outcomes:
            return FAILED
        return PASSED if PASSED in outcomes else SKIPPED

    @property
    def seconds(self) -> float:
        return sum(test.seconds for test in self.tests)

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_plain(cls, kept: dict[str, Any]) -> Part:
        tests = [
            Test(**{**test, "figures": [Figure(**figure) for figure in test["figures"]]})
            for test in kept["tests"]
        ]
        return cls(**{**kept, "tests": tests})


def page(parts: Sequence[Part]) -> str:
    """The whole document."""
    machines = _machines(parts)
    lines = [HEAD, "## Where and when", ""]
    lines += [f"- Machine {number}: {said}." for said, number in machines.items()]
    lines += ["", "| part | outcome | date | machine | time |", "|---|---|---|---|---|"]
    for part in parts:
        cells = (f"[{part.name}](#{part.name.replace(' ', '-')})", part.outcome, part.date)
        number = machines[described(part.machine)]
        lines.append(_row(*cells, str(number), duration(part.seconds)))
    for part in parts:
        lines += ["", *_section(part)]
    return "\n".join(lines) + "\n"


def _machines(parts: Iterable[Part]) -> dict[str, int]:
    """Each machine that something was measured on, with a number."""
    all_of_them = dict.fromkeys(described(part.machine) for part in parts)
    return {said: number for number, said in enumerate(all_of_them, start=1)}


def described(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"{machine['cpu']}, {machine['processors']} processors, {machine['memory']} of memory,"
        f" {machine['system']}; {versions}"
    )


def _section(part: Part) -> list[str]:
    lines = [f"## {part.name}", "", part.about, ""]
    lines += ["| what | measured | wanted | outcome | seconds |", "|---|---|---|---|---|"]
    for test in part.tests:
        said = f"{test.outcome}: {test.message}" if test.message else test.outcome
        lines.append(_row(f"**{test.name}**", "", "", said, f"{test.seconds:.1f}"))
        lines += [_row(*cells, "", "") for cells in _gathered(test.figures)]
    return lines


def _gathered(figures: Iterable[Figure]) -> list[tuple[str, str, str]]:
    """A row for each thing that was measured, however often it was."""
    by_what: dict[str, list[Figure]] = {}
    for figure in figures:
        by_what.setdefault(figure.what, []).append(figure)
    return [(what, _measured(same), same[0].wanted) for what, same in by_what.items()]


def _measured(same: Sequence[Figure]) -> str:
    values, unit = [figure.value for figure in same], same[0].unit
    numbers = [value for value in values if not isinstance(value, str)]
    if len(numbers) == len(values) and len(values) > 1:
        least, most = shown(min(numbers)), shown(max(numbers))
        said = least if least == most else f"{least} to {most}"
        return f"{said} {unit}".rstrip() + f" ({len(values)} times)"
    last = values[-1]
    return f"{last if isinstance(last, str) else shown(last)} {unit}".rstrip()


def shown(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes else f"{seconds:.0f} s"


def _row(*cells: str) -> str:
    return "| " + " | ".join(_in_a_cell(cell) for cell in cells) + " |"


def _in_a_cell(text: str) -> str:
    """On one line, and without what would end the cell."""
    plain = " ".join(text.split()).replace("|", "\\|")
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
