"""What the bench writes down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import FIGURES


def test_a_figure_is_kept_where_the_whole_bench_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "figures"
    monkeypatch.setenv(FIGURES, str(file))
    figure: Callable[..., None] = request.getfixturevalue("figure")
    figure("Acknowledged saves lost", 0, "saves", wanted="0")
    said = json.loads(file.read_text())
    assert said["test"] == request.node.nodeid
    assert (said["what"], said["value"]) == ("Acknowledged saves lost", 0)
    assert (said["unit"], said["wanted"]) == ("saves", "0")
