"""What people, stacks and stages are called wherever they are named."""

from __future__ import annotations

from typing import Any

from .engine.lens import Lens

# The question whose answer the desk lists by itself.
STAGE = "stage"
GONE = "Somebody whose account is gone"


def person_name(user: Any) -> str:
    """Somebody as readers know them; accounts may be gone."""
    return str(user.get_full_name() or user.get_username()) if user else GONE


def stack_name(lens: Lens, stack: str) -> str:
    """A stack in the lens' words; its identifier where the lens has no such stack any more."""
    return {str(each): text.name for each, text in lens.stacks.items()}.get(stack, stack)


def stage_name(lens: Lens, stage: Any) -> str:
    """The answer to the question on the stage, in words; empty where there is none."""
    question = lens.question.get(STAGE)
    option = question.by_id.get(str(stage or "")) if question else None
    return option.label if option else ""
