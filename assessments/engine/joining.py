"""Part of the answers joined to those there are, and two lists of changes joined into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .answers import Answers, Change, parse, reread
from .lens import Lens
from .words import words_in


def merged(lens: Lens, saved: Answers, given: Mapping[str, Any]) -> Answers:
    """The saved answers with the given ones in their place, which are checked by the lens.

    ``given`` maps question ids to values (``None``: not sure), and may hold a ``project`` object.
    """
    return _joined(lens, saved, given, parse(lens, _part(lens, saved, given), prune_it=False))


def previewed(lens: Lens, saved: Answers, given: Mapping[str, Any]) -> Answers:
    """The same while the step is still being filled in: what cannot be read yet is left open."""
    return _joined(lens, saved, given, reread(lens, _part(lens, saved, given)))


def _part(lens: Lens, saved: Answers, given: Mapping[str, Any]) -> dict[str, Any]:
    answers = {key: value for key, value in given.items() if key != "project"}
    project = given.get("project", {"name": saved.name, "summary": saved.summary})
    return {"format": lens.answers_format, "project": project, "answers": answers}


def _joined(lens: Lens, saved: Answers, given: Mapping[str, Any], new: Answers) -> Answers:
    kept = {key: value for key, value in saved.values.items() if key not in given}
    changes = new.changes if lens.changes.id in given else saved.changes
    return replace(new, values={**kept, **new.values}, changes=changes)


def joined_changes(first: Sequence[Change], second: Sequence[Change]) -> tuple[Change, ...]:
    """The changes that either lists, each once: the first's, then what only the second lists.

    A change is the same where its words are. What one side left open about it is taken from the
    other; a kind or likelihood on which they differ is left open, because it is not agreed.
    """
    joined, unmatched = list(first), list(range(len(first)))
    for change in second:
        same = [n for n in unmatched if _wording(first[n]) == _wording(change)]
        if not same:
            joined.append(change)
            continue
        # someone may list the same words twice: then the very same change goes first
        row = next((n for n in same if first[n] == change), same[0])
        unmatched.remove(row)
        joined[row] = _both_say(first[row], change)
    return tuple(joined)


def _wording(change: Change) -> tuple[str, ...]:
    return tuple(words_in(change.text)) or (change.text,)


def _both_say(one: Change, other: Change) -> Change:
    kind, likelihood = _agreed(one.kind, other.kind), _agreed(one.likelihood, other.likelihood)
    return replace(one, kind=kind, likelihood=likelihood)


def _agreed(one: str | None, other: str | None) -> str | None:
    if one is None or other is None:
        return one or other
    return one if one == other else None
