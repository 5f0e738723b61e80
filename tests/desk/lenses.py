"""Other lenses than the one that ships, put in use, and what they make of an assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assessments.engine.lens import Lens
from assessments.lens import current_lens
from tests.engine.lens_text import SHIPPED, edit, write
from tests.factories import Json, only

# Go under FLIPPED, FastAPI under the lens that ships.
MOVING: Json = only(core_object="moving") | {"project": {"name": "Compass"}}
# The same under both.
STILL: Json = only(schema="moving") | {"project": {"name": "Anchor"}}


def next_version(text: str = SHIPPED) -> str:
    return edit(text, "[lens]", None, r"version = 1", "version = 2")


def flipped(text: str) -> str:
    """The text with a core object that is moving read as one that is settled, and more so."""
    for option in ("moving", "mostly", "settled"):
        text = edit(
            text, "[[question.option]]", option, r"reading = .*", "reading = { uncertainty = 0.0 }"
        )
    return text


# With another version, and without.
FLIPPED, SLIPPED = flipped(next_version()), flipped(SHIPPED)


def in_use(settings: Any, folder: Path, text: str) -> Lens:
    """Puts a lens of this text in use."""
    settings.LENS_FILE = write(folder, text)
    return current_lens()
