"""Fixtures of the desk's tests."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from tests.desk.forms import Refusals
from tests.desk.people import consultant, signed_in


@pytest.fixture
def ada(db: None) -> User:
    return consultant("ada")


@pytest.fixture
def ben(db: None) -> User:
    return consultant("ben")


@pytest.fixture
def desk(ada: User) -> Browser:
    """Ada's browser, in which she is signed in."""
    return signed_in(ada)


@pytest.fixture
def refusals(caplog: pytest.LogCaptureFixture) -> Refusals:
    return Refusals(caplog)
