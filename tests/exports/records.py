"""A decision record taken apart: what its front matter holds, and its Markdown."""

from __future__ import annotations

import re
from typing import Any

import yaml


def front(record: str) -> dict[str, Any]:
    found = re.match(r"---\n(.*?)\n---\n\n", record, re.DOTALL)
    assert found
    loaded = yaml.safe_load(found[1])
    assert isinstance(loaded, dict)
    return loaded


def body(record: str) -> str:
    return re.sub(r"\A---\n.*?\n---\n", "", record, flags=re.DOTALL)
