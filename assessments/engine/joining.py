"""Answers to a part of the questions, joined to the answers there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .answers import Answers, parse, reread
from .lens import Lens


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
