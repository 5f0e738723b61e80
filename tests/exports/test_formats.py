"""The registry: every format takes items and gives a file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import assessments.exports
from assessments.exports import FORMATS
from tests.exports.items import draft, item


@pytest.mark.parametrize("key", FORMATS)
def test_every_format_gives_a_file(key: str) -> None:
    form = FORMATS[key]
    assert form.extension == key
    assert form.label
    assert "/" in form.content_type
    parts = list(form.render(iter([item(), draft(number=18)])))
    assert parts
    assert all(isinstance(part, bytes) for part in parts)
    assert list(form.render([])) or key == "jsonl"


def test_exports_know_nothing_of_django() -> None:
    for module in Path(assessments.exports.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            names = [alias.name for alias in getattr(node, "names", ())]
            source = getattr(node, "module", None) or ""
            assert not [name for name in [*names, source] if name.split(".")[0] == "django"]
            assert not source.startswith("models")
