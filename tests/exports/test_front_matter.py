"""The YAML in front of a record: whatever is in it, it is read back as it was written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assessments.exports.front_matter import quoted
from tests.exports.items import HOSTILE


@pytest.mark.parametrize(
    "text", [*HOSTILE, "---", "...", ": ", "#", "'", '"', "no", "1", "\x85", "\x7f", "\ufffe", "\t"]
)
def test_hostile_text_is_one_string_on_one_line(text: str) -> None:
    assert yaml.safe_load(quoted(text)) == text
    assert len(quoted(text).splitlines()) == 1


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is(text: str) -> None:
    assert yaml.safe_load(f"key: [{quoted(text)}]") == {"key": [text]}
    assert len(quoted(text).splitlines()) == 1
