"""Whose address counts: the nearest one that nobody else can have written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from stackpick.client_address import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "counts"),
    [
        (0, "198.51.100.1", "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.1, 203.0.113.5", "192.0.2.1", "203.0.113.5"),
        (2, "198.51.100.1, 203.0.113.5, 192.0.2.2", "192.0.2.1", "203.0.113.5"),
        (2, "198.51.100.1", "192.0.2.1", "192.0.2.1"),
        (1, "", "192.0.2.1", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.5:4711", "192.0.2.1", "203.0.113.5"),
        (1, "[2001:db8:1:2:3:4:5:6]:4711", "192.0.2.1", "2001:db8:1:2::"),
        (0, "", "2001:db8:1:2::7", "2001:db8:1:2::"),
        (0, "", "::ffff:192.0.2.1", "192.0.2.1"),
        (0, "", "", None),
    ],
)
def test_whose_address_counts(
    settings: Any, proxies: int, forwarded: str, remote: str, counts: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == counts
