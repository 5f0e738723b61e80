"""The versions of a project as its pages show them: on the map, in a list, and what moved since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format

from .charts import Stage, Way, way_map
from .compared import Row, SideBySide, percent, side_by_side
from .engine.lens import Lens
from .models import Assessment
from .models.versions import Version, Versions
from .naming import stack_name


@dataclass(frozen=True)
class Told:
    """A version as the list shows it; a draft has no verdict."""

    number: int
    begun_from: str
    day: datetime
    is_this: bool
    stack: str = ""
    stack_name: str = ""
    strength: str = ""
    robustness: str = ""


def told(lens: Lens, versions: Versions) -> list[Told]:
    """All versions, the first one first."""
    return [_told(lens, version, version == versions.this) for version in versions.all]


def _told(lens: Lens, version: Version, is_this: bool) -> Told:
    row = version.assessment
    goes_on_from_another = version.begun_from not in (None, version.number - 1)
    begun_from = str(version.begun_from) if goes_on_from_another else ""
    if row.finished_at is None:
        return Told(version.number, begun_from, row.created_at, is_this)
    return Told(
        version.number,
        begun_from,
        row.finished_at,
        is_this,
        row.stack,
        stack_name(lens, row.stack),
        row.strength.capitalize(),
        percent(row.robust or 0.0),
    )


def way_of(lens: Lens, versions: Versions) -> Way | None:
    """The verdicts on the map, whose line is that of the newest; None before the first verdict."""
    finished = [version for version in versions.all if version.is_finished]
    if not finished:
        return None
    report = type(finished[-1].assessment).objects.get(pk=finished[-1].assessment.pk).pinned()
    return way_map(
        report, [_stage(version, versions) for version in finished], _says(lens, finished)
    )


def _stage(version: Version, versions: Versions) -> Stage:
    before = Versions(versions.all, version).finished_before()
    row = version.assessment
    point = (row.uncertainty or 0.0, row.operations or 0.0)
    after = before.number if before else None
    return Stage(version.number, after, row.stack, point, version == versions.this)


def _says(lens: Lens, finished: list[Version]) -> str:
    """The map in words."""
    return " ".join(
        f"Version {version.number}: {stack_name(lens, row.stack)}, product uncertainty "
        f"{row.uncertainty:.1f}, operational certainty {row.operations:.1f}."
        for version, row in ((version, version.assessment) for version in finished)
    )


@dataclass(frozen=True)
class Moved:
    """What moved between two finished versions. ``since`` is when the earlier one was finished."""

    since: datetime
    number: int
    beside: SideBySide

    @property
    def says(self) -> str:
        """What became of the verdict, in a sentence."""
        before, after = self.beside.comparison.verdict_before, self.beside.comparison.verdict_after
        if before is None or after is None:
            raise ValueError("both have to be finished")
        if before.stack != after.stack:
            return f"The verdict was {before.stack_name}, and is {after.stack_name} now."
        still = f"The verdict is {after.stack_name} still"
        if before.strength != after.strength:
            return f"{still}; its strength was “{before.strength}”, and is “{after.strength}” now."
        return f"{still}, and its strength is “{after.strength}” as before."

    @property
    def verdicts(self) -> list[Row]:
        """The figures of the verdict that moved."""
        return [row for row in self.beside.verdicts if row.differs]

    @property
    def has_other_lens(self) -> bool:
        """Whether the model itself moved in between."""
        before, after = self.beside.comparison.verdict_before, self.beside.comparison.verdict_after
        return bool(before and after and before.lens_version != after.lens_version)

    @property
    def is_nothing(self) -> bool:
        beside = self.beside
        return not (self.verdicts or beside.texts or beside.answers or beside.contributions)

    @property
    def day(self) -> str:
        return date_format(self.since, "j F Y")


def moved_since(lens: Lens, versions: Versions, now: Assessment) -> Moved | None:
    """What moved since the last finished version; None where there is none before this one."""
    found = versions.finished_before()
    if found is None:
        return None
    before = Assessment.objects.whole().get(pk=found.assessment.pk)
    answers = (before.pinned_answers(lens), now.pinned_answers(lens))
    beside = side_by_side(lens, *answers, before.pinned(), now.pinned())
    return Moved(before.finished_at, found.number, beside)  # type: ignore[arg-type]
