"""Fixtures of the desk's tests."""

from __future__ import annotations

import pytest

from tests.desk.forms import Refusals


@pytest.fixture
def refusals(caplog: pytest.LogCaptureFixture) -> Refusals:
    return Refusals(caplog)
