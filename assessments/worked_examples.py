"""The worked examples, as the answers files that they are kept as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("examples")


def worked_example(slug: str) -> dict[str, Any]:
    """The answers file of one, such as ``ledgerly``."""
    (path,) = FOLDER.glob(f"*-{slug}.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))
