"""A result in plain text, for the formats that have little room: calendar, badge, picture.

Foreign text is cleaned, and cannot turn the direction of reading of what stands around it; whoever
writes the text into a format escapes it there.
"""

from __future__ import annotations

from collections.abc import Callable

from ..engine.sentences import isolated
from .failures import DraftError
from .item import Item, PublishedReview
from .plain import clean, one_line
from .record_words import Json, day_in_words, signed

MOST_TRIPWIRES = 10

# Makes some lines about an item with this report; none where there is nothing to say.
Section = Callable[[Item, Json], list[str]]


def text(item: Item) -> str:
    r"""The whole summary, its lines separated by ``\n``.

    Raises:
        DraftError: the assessment is not finished.
    """
    return "\n".join(lines(item))


def lines(item: Item) -> list[str]:
    """Verdict and reasons, tripwires, the published review, and where all of it comes from.

    An empty line stands between two of these; no line has a line break in it.

    Raises:
        DraftError: the assessment is not finished.
    """
    return composed(item, verdict, tripwires, review, source)


def composed(item: Item, *sections: Section) -> list[str]:
    """The lines of some sections, in this order, as ``lines`` gives them.

    Raises:
        DraftError: the assessment is not finished.
    """
    if item.report is None or item.finished is None:
        raise DraftError(item)
    found = [section(item, item.report) for section in sections]
    return [line for part in found if part for line in ("", *part)][1:]


# ---------------------------------------------------------------- the sections


def verdict(item: Item, report: Json) -> list[str]:
    """What to start with, why, how firm that is, and the seam where there is one."""
    firmness, seam = report["firmness"], report["seam"]
    return [
        *_decided(item, report),
        one_line(report["because"]),
        one_line(f"{firmness['says']} {firmness['robust']}"),
        *([one_line(f"{seam['title']}. {seam['says']}")] if seam else ()),
    ]


def _decided(item: Item, report: Json) -> list[str]:
    """The verdict; where a consultant overrules it, their word before the model's."""
    project = isolated(one_line(item.project))
    start = f"Start with {one_line(item.decided)}{f' ({project})' if project else ''}."
    stack, need = one_line(report["headline"]["stack"]), one_line(report["headline"]["need"])
    if item.overruling is None:
        return [f"{start} {need}"]
    return [
        f"{start} {_overrules(item.overruling)}",
        f"The model says: start with {stack}. {need}",
    ]


def _overrules(by: PublishedReview) -> str:
    reason = isolated(one_line(by.reason))
    return f"{_author(by)} overrules the model{f': {reason}' if reason else '.'}"


def _author(by: PublishedReview) -> str:
    return isolated(one_line(by.by)) or "The consultant"


def reasons(_item: Item, report: Json) -> list[str]:
    """What each answer adds, with its reason; only for where there is room."""
    if not report["contributions"]:
        return []
    says = "What each answer adds, in points toward change (+) or toward stability (−):"
    return [says, *map(_reason, report["contributions"])]


def _reason(part: Json) -> str:
    answer = f": {part['answer']}" if part["answer"] else ""
    because = f". {part['reason']}" if part["reason"] else ""
    return one_line(f"- {part['label']}{answer}: {signed(part['displayed'])}{because}")


def tripwires(item: Item, report: Json) -> list[str]:
    """When to look again, and what would turn the verdict sooner."""
    when = f"Look again on {day_in_words(item.review_on)}" if item.review_on else "Look again"
    flips, says = report["flips"], one_line(report["firmness"]["flip"])
    if not flips:
        return [f"{says} {when}, with the changes that really came."]
    further = len(flips) - MOST_TRIPWIRES
    return [
        f"{says} {when}, or sooner where one of these tripwires is met:",
        *(_tripwire(flip) for flip in flips[:MOST_TRIPWIRES]),
        *([f"There are {further} more, further away."] if further > 0 else ()),
    ]


def _tripwire(flip: Json) -> str:
    labels = "; ".join(change["label"] for change in flip["changes"])
    return one_line(f"- If {flip['says']}: {flip['stack_name']} ({labels})")


def review(item: Item, _report: Json) -> list[str]:
    """What the consultant published, as they wrote it."""
    said = item.review
    if said is None:
        return []
    outdated = " The answers have changed since." if said.outdated else ""
    head = f"The consultant’s review, by {_author(said)}, {day_in_words(said.on)}."
    written = map(one_line, clean(said.text).strip().split("\n"))
    return [f"{head}{_agrees(item, said)}{outdated}", *(isolated(line) for line in written if line)]


def _agrees(item: Item, said: PublishedReview) -> str:
    """An overruling that later answers have caught up with; others stand at the top."""
    if not said.overrules or item.overruling:
        return ""
    reason = isolated(one_line(said.reason))
    name = one_line(said.overrules_name or said.overrules)
    return f" It says to start with {name}{f': {reason}' if reason else '.'}"


def source(item: Item, report: Json) -> list[str]:
    """Which lens scored it, and where the whole result can be read."""
    lens = report["lens"]
    title = isolated(one_line(lens["title"]))
    site = f" at {one_line(item.site)}" if item.site else ""
    scored = f"Scored by StackPick{site} with the lens “{title}” ({lens['id']}), "
    whole = [f"The whole result: {one_line(item.link)}"] if item.link else []
    return [f"{scored}version {lens['version']}.", *whole]
