"""Which mutants may live: those in survivors.toml, each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

KNOWN = Path(__file__).parent / "survivors.toml"
# Percent of all mutants, the explained ones among them, that have to be killed.
WANTED = 95


@dataclass(frozen=True)
class Mutant:
    """A change: where, and the lines that differ. The same change twice in a function is one."""

    module: str
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        where = f"{self.module}, {self.function or 'outside of functions'}"
        return f"{where}\n  - {self.before}\n  + {self.after}"


@dataclass(frozen=True)
class Explained:
    """A survivor, and why no test can or should tell it from the original."""

    mutant: Mutant
    why: str


def explained(file: Path = KNOWN) -> list[Explained]:
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["survivor"]
    return [
        Explained(
            Mutant(each["module"], each["function"], each["before"], each["after"]), each["why"]
        )
        for each in entries
    ]


def complaints(
    made: Iterable[Mutant], survivors: Sequence[Mutant], known: Sequence[Explained]
) -> list[str]:
    """What is wrong with a run: survivors that nobody explained, and explanations of none.

    Args:
        made: all mutants of the modules that were run.
        survivors: those that lived.
        known: what is explained, also of other modules.
    """
    known_mutants = {each.mutant for each in known}
    modules = {mutant.module for mutant in made}
    found = [f"Lives, and nobody says why: {m}" for m in survivors if m not in known_mutants]
    found += [f"Has no reason: {each.mutant}" for each in known if not each.why.strip()]
    lived = set(survivors)
    return found + [
        f"Is explained, but does not live: {mutant}"
        for mutant in sorted(known_mutants - lived, key=str)
        if mutant.module in modules
    ]


def percent(killed: int, all_of_them: int) -> float:
    """Rounded down to a tenth, so that what is not reached is not shown as reached."""
    return killed * 1000 // all_of_them / 10 if all_of_them else 100.0
