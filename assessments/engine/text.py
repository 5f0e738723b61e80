"""A report as plain text, for a terminal."""

from __future__ import annotations

from textwrap import fill

from .report import AxisScore, Json, Report

WIDTH = 78


def as_text(report: Report) -> str:
    """What a person reads: the verdict, how firm it is, why, what to guard, what would flip it."""
    head = report["headline"]
    name = report["project"].get("name")
    parts = [
        f"{name}: {head['start']} {head['stack']}."
        if name
        else f"{head['start']} {head['stack']}.",
        f"{head['need']} {report['because']}",
        f"{report['firmness']['says']} {report['firmness']['robust']}",
        _scores(report),
        _reasons(report),
    ]
    if report["seam"]:
        parts.append(f"{report['seam']['title']}. {report['seam']['says']}")
    parts.append(
        _list(f"The trap: {report['trap']['title']}", [g["text"] for g in report["guardrails"]])
    )
    parts.append(_list("What you pay", report["costs"]))
    parts.append(_flips(report))
    return "\n\n".join(part if "\n" in part else fill(part, WIDTH) for part in parts) + "\n"


def _scores(report: Report) -> str:
    lines = [
        f"{label:<24}{axis['displayed']:>6.1f}{_open_range(axis)}"
        for label, axis in (
            ("Product uncertainty", report["uncertainty"]),
            ("Operational certainty", report["operations"]),
        )
    ]
    regret = report["regret"]
    lines.append(f"{'Expected regret':<24}FastAPI {regret['fastapi']:.2f}, Go {regret['go']:.2f}")
    return "\n".join(lines)


def _open_range(axis: AxisScore) -> str:
    low, high = axis["low"], axis["high"]
    return f"   (could still be {low:.1f} to {high:.1f})" if high > low else ""


def _reasons(report: Report) -> str:
    lines = [f"Why (the points add up to {report['lean_displayed']:+.1f})"]
    for part in report["contributions"]:
        lines.append(f"  {part['displayed']:+6.1f}  {part['label']}{_after(part)}")
        if part["reason"]:
            lines.append(
                fill(part["reason"], WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 10)
            )
    return "\n".join(lines)


def _after(part: Json) -> str:
    return f": {part['answer']}" if part["answer"] else ""


def _list(title: str, items: list[str]) -> str:
    body = [fill(item, WIDTH, initial_indent="  - ", subsequent_indent="    ") for item in items]
    return "\n".join([title, *body])


def _flips(report: Report) -> str:
    items = [f"If {flip['says']}: {flip['stack_name']}." for flip in report["flips"][:5]]
    return _list(report["firmness"]["flip"], items)
