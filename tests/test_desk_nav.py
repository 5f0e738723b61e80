"""What the desk shows at the top of its pages, and first on its start page."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from tests.web import soup

pytestmark = pytest.mark.django_db


def nav(client: Client) -> list[str]:
    page = soup(client.get(reverse("admin:index")))
    return [link.text for link in page.select(".desk-nav a")]


def listed(client: Client) -> list[str]:
    page = soup(client.get(reverse("admin:index")))
    return [link.text for link in page.select("[aria-labelledby=desk-models] li > :first-child")]


def test_what_a_consultant_needs_every_day_comes_first(admin_client: Client) -> None:
    assert nav(admin_client)[:3] == ["Clients", "Projects", "Assessments"]


def test_accounts_stand_below_on_the_start_page_and_not_at_the_top(admin_client: Client) -> None:
    page = soup(admin_client.get(reverse("admin:index")))
    cards = [heading.text for heading in page.select(".desk-card h2")]
    assert cards[0] == "The desk"
    assert "Authentication and Authorization" in cards
    assert "Users" not in nav(admin_client)


def test_only_what_somebody_may_see_is_there(client: Client) -> None:
    helper = User.objects.create_user("helper", password="only for tests", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_client"))
    client.force_login(helper)
    assert nav(client) == ["Clients"]
    assert listed(client) == ["Clients", "Suggested kinds"]
    helper.user_permissions.clear()
    assert nav(client) == listed(client) == []


def test_the_page_that_is_open_is_marked(admin_client: Client) -> None:
    page = soup(admin_client.get(reverse("admin:assessments_client_changelist")))
    marked = [link.text for link in page.select(".desk-nav [aria-current=page]")]
    assert marked == ["Clients"]
    page = soup(admin_client.get(reverse("admin:assessments_client_add")))
    assert page.select(".desk-nav [aria-current=true]")[0].text == "Clients"
