"""The contact for whoever has found a weakness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

ADDRESS = "/.well-known/security.txt"


def test_it_names_the_operators_contact_and_until_when(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    page = client.get(ADDRESS)
    assert page["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in page.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.org"
    until = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=150) < until - datetime.now(UTC) < timedelta(days=365)


def test_without_a_contact_there_is_none(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = ""
    assert client.get(ADDRESS).status_code == 404


def test_it_is_only_read(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = "https://example.org/report"
    assert client.head(ADDRESS).status_code == 200
    assert client.post(ADDRESS).status_code == 405
