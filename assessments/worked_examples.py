"""The worked examples: answers files that come with StackPick."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "examples"


def answers_files() -> dict[str, dict[str, Any]]:
    """The decoded file of each example by its slug, in the order in which they are shown."""
    return {
        path.stem.split("-", 1)[1]: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.json"))
    }
