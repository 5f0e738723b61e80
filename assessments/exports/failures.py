"""Why a format may not come about."""

from __future__ import annotations

from .item import Item


class DraftError(ValueError):
    """There is no verdict to show: the assessment is not finished."""

    def __init__(self, item: Item) -> None:
        super().__init__(f"assessment {item.number} is a draft, and has no verdict")


class NoDayError(DraftError):
    """There is no day to look again, so there is nothing for a calendar."""

    def __init__(self, item: Item) -> None:
        ValueError.__init__(self, f"assessment {item.number} has no day to look again")


class RenderingFailed(RuntimeError):
    """The file could not be made, or not in time; the text is for the log, and names no secret."""
