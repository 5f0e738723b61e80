"""The script that measures headroom: what it takes for a rate, and what it says when it cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.headroom import measure
from benchmarks.headroom.load import LoadFailed, rate

GOOD = """Running 3s test @ http://127.0.0.1:8000/row/500
  1 threads and 16 connections
  5263 requests in 3.00s, 0.97MB read
Requests/sec:   1754.33
Transfer/sec:    330.12KB
"""


def test_the_rate_is_read_from_what_the_load_generator_prints() -> None:
    assert rate(GOOD) == 1754.33


@pytest.mark.parametrize(
    "output",
    [
        "",
        GOOD.replace("1754.33", "0.00"),
        GOOD.replace("Requests", "  Non-2xx or 3xx responses: 5263\nRequests"),
        GOOD.replace("Requests", "  Socket errors: connect 0, read 3\nRequests"),
    ],
)
def test_a_load_that_failed_gives_no_rate(output: str) -> None:
    with pytest.raises(LoadFailed):
        rate(output)


def test_a_missing_tool_is_named_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "figures.json"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "argv", ["measure", "--output", str(output)])
    assert measure.main() == 1
    assert capsys.readouterr().err == (
        "Not measured: go is not installed (Debian's package is called golang).\n"
    )
    assert not output.exists()
