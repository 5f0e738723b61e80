"""Two sets of answers, and the reports on them, beside each other in words: on site and desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .charts import signed
from .engine.answers import Answers
from .engine.comparing import Comparison, StoredVerdict, compared
from .engine.lens import Lens
from .form_fields import PROJECT_FIELDS

NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """A line of the comparison, one text or several on each side."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    difference: str = ""

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class SideBySide:
    """What is compared, line by line.

    ``verdicts`` has all figures of both verdicts; the others have only what differs: ``texts``
    of the project, ``answers``, and ``contributions`` in points with their sign.
    """

    comparison: Comparison
    verdicts: tuple[Row, ...]
    texts: tuple[Row, ...]
    answers: tuple[Row, ...]
    contributions: tuple[Row, ...]


def side_by_side(
    lens: Lens,
    before: Answers,
    after: Answers,
    report_before: Mapping[str, Any] | None,
    report_after: Mapping[str, Any] | None,
) -> SideBySide:
    """Compares answers as the lens knows them, and reports as they were stored."""
    found = compared(lens, before, after, report_before, report_after)
    return SideBySide(
        comparison=found,
        verdicts=tuple(_verdicts(found.verdict_before, found.verdict_after)),
        texts=tuple(row for row in _texts(before, after) if row.differs),
        answers=tuple(Row(row.label, row.before, row.after) for row in found.answers),
        contributions=tuple(
            Row(row.label, (signed(row.before),), (signed(row.after),), signed(row.difference))
            for row in found.contributions
        ),
    )


def _verdicts(before: StoredVerdict | None, after: StoredVerdict | None) -> list[Row]:
    """Line by line. A draft has no verdict, and says so in the first of them."""
    then, now = _of_verdict(before), _of_verdict(after)
    labels = dict.fromkeys([*then, *now])
    return [Row(label, (then.get(label, NOTHING),), (now.get(label, NOTHING),)) for label in labels]


def _of_verdict(verdict: StoredVerdict | None) -> dict[str, str]:
    if verdict is None:
        return {"Verdict": "Not finished yet"}
    return {
        "Verdict": verdict.stack_name,
        "Strength": verdict.strength.capitalize(),
        "Pattern": verdict.pattern.capitalize(),
        "Robustness": f"{percent(verdict.share, 1)} of readings",
        "Product uncertainty": f"{verdict.uncertainty:.1f} of 100",
        "Operational certainty": f"{verdict.operations:.1f} of 100",
        "Version of the lens": str(verdict.lens_version),
    }


def percent(share: float, digits: int = 0) -> str:
    """A share in [0, 1] as ``93.4 %``, never rounded to all or none where it is not."""
    least = 10.0 ** -(digits + 2)
    if 1 - least < share < 1:
        return f"More than {100 * (1 - least):.{digits}f} %"
    if 0 < share < least:
        return f"Less than {100 * least:.{digits}f} %"
    return f"{share * 100:.{digits}f} %"


def _texts(before: Answers, after: Answers) -> list[Row]:
    return [
        Row(label, (getattr(before, key) or NOTHING,), (getattr(after, key) or NOTHING,))
        for key, (label, _) in PROJECT_FIELDS.items()
    ]
