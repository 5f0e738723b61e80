"""What differs between two lines of history, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format

from ..engine.answers import Answers, reread
from ..engine.lens import Lens
from ..models import State
from ..naming import stack_name
from ..summaries import moved

NOTHING = "–"


@dataclass(frozen=True)
class Changed:
    """Something that differs, before and after; ``long`` for texts that are folded away."""

    label: str
    before: str
    after: str
    long: bool = False


# By the name of the field, what it is called. What is not here is told by something else: the
# reason, the other fields, or the line itself.
FIELDS = {
    "state": "State",
    "stack": "Verdict",
    "strength": "Strength",
    "pattern": "Pattern",
    "uncertainty": "Product uncertainty",
    "operations": "Operational certainty",
    "lens_version": "Version of the lens",
    "finished_at": "Finished",
    "review_on": "Look again on",
    "text": "Review",
    "overrules": "Overrules the verdict",
    "reason": "Reason for overruling",
    "published_at": "Published",
    "label": "For",
    "recipient": "For",
    "project_name": "Project",
    "note": "Note",
    "expires_at": "Open until",
    "revoked_at": "Revoked",
}
LONG = {"text", "reason", "note"}


def changes(lens: Lens, before: Any, after: Any) -> Iterator[Changed]:
    """What differs between two lines of the same row; ``before`` is None for its first."""
    for name, label in FIELDS.items():
        if not hasattr(after, name):
            continue
        then, now = getattr(before, name, ""), getattr(after, name)
        if then != now and not (_is_empty(then) and _is_empty(now)):
            yield Changed(label, _words(lens, name, then), _words(lens, name, now), name in LONG)
    if hasattr(after, "answers"):
        yield from _answers_changed(lens, before, after)


def _answers_changed(lens: Lens, before: Any, after: Any) -> Iterator[Changed]:
    """Answers question by question; history keeps no name of the project."""
    if before is not None and before.answers == after.answers:
        return
    then, now = _read(lens, before.answers if before else {}), _read(lens, after.answers)
    for each in moved(lens, then, now):
        yield Changed(each.label, each.before, each.after)


def _read(lens: Lens, answers: Any) -> Answers:
    return reread(lens, {"format": lens.answers_format, "answers": answers})


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _words(lens: Lens, name: str, value: Any) -> str:
    if _is_empty(value):
        return NOTHING
    say: Callable[[Any], str] = _SAYS.get(name) or _plain
    return say(value) if name not in ("stack", "overrules") else stack_name(lens, value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(value, "j F Y, H:i")
    return date_format(value, "j F Y") if isinstance(value, date) else str(value)


_SAYS: dict[str, Callable[[Any], str]] = {
    "state": lambda value: str(State(value).label) if value in State.values else str(value),
    "strength": str.capitalize,
    "pattern": str.capitalize,
    "uncertainty": "{:.1f}".format,
    "operations": "{:.1f}".format,
}
