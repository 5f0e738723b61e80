"""Signing in to the desk with name and password, and what a session there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from assessments.admin.site import DeskSite
from assessments.models import Assessment
from tests.desk.people import PASSWORD, consultant
from tests.desk.signing_in import LOGIN, errors, is_in, sign_in
from tests.web import heading, says, soup, title

pytestmark = pytest.mark.django_db


def test_the_desk_is_the_default_site_with_every_model_of_ours() -> None:
    assert type(admin.site._wrapped) is DeskSite  # type: ignore[attr-defined]
    assert admin.site.is_registered(Assessment)


def test_name_and_password_do_for_who_has_set_up_nothing_more(client: Client) -> None:
    consultant()
    answer = sign_in(client, "ada")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    page = client.get("/admin/")
    assert heading(page) == "Clients and their assessments"
    assert "Two-step sign-in" in says(page)


def test_the_form_asks_for_a_code_that_telephones_fill_in(client: Client) -> None:
    page = client.get(LOGIN)
    code = soup(page).select_one("[name=code]")
    assert code is not None
    assert (code["autocomplete"], code["inputmode"]) == ("one-time-code", "numeric")
    assert "required" not in code.attrs
    assert soup(page).find(id=code["aria-describedby"]) is not None
    assert "Only if you have set up two-step sign-in." in says(page)
    assert "style=" not in page.content.decode()


def test_a_wrong_password_is_told(client: Client) -> None:
    consultant()
    page = sign_in(client, "ada", "wrong")
    assert page.status_code == 200
    assert "Error:" in title(page)
    assert any("correct username and password" in error for error in errors(page))
    assert not is_in(client)


@pytest.mark.parametrize("options", [{"is_staff": False}, {"is_active": False}])
def test_only_active_staff_get_in(client: Client, options: Any) -> None:
    consultant(**options)
    assert sign_in(client, "ada").status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("other", ["https://evil.example.org/", "//evil.example.org", "/\\evil"])
def test_signing_in_leads_to_no_other_site(client: Client, other: str) -> None:
    consultant()
    answer = sign_in(client, "ada", data={"next": other})
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"


def test_signing_in_leads_back_to_the_page_asked_for(client: Client) -> None:
    consultant()
    asked = client.get("/admin/password_change/")
    assert asked["Location"] == f"{LOGIN}?next=/admin/password_change/"
    answer = sign_in(client, "ada", data={"next": "/admin/password_change/"})
    assert answer["Location"] == "/admin/password_change/"


def test_signing_in_gives_the_session_another_key(client: Client) -> None:
    consultant()
    client.session.save()
    before = client.session.session_key
    sign_in(client, "ada")
    first = client.session.session_key
    sign_in(client, "ada")
    assert len({before, first, client.session.session_key}) == 3


def test_a_session_ends_with_the_browser_and_after_twelve_hours(client: Client) -> None:
    consultant()
    cookie = sign_in(client, "ada").cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    ends = Session.objects.get().expire_date - timezone.now()
    assert timedelta(hours=11, minutes=59) < ends <= timedelta(hours=12)
    client.get("/admin/")
    Session.objects.update(expire_date=timezone.now())
    assert not is_in(client)


def test_logging_out_ends_the_session(client: Client) -> None:
    consultant()
    sign_in(client, "ada")
    answer = client.post("/admin/logout/")
    assert answer.status_code == 200
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)
    assert client.get("/admin/logout/").status_code == 405


def test_sessions_made_without_the_form_work(client: Client) -> None:
    client.force_login(consultant())
    assert is_in(client)


@pytest.mark.parametrize(
    "password",
    [
        "short one",
        "12345678901234",
        "password1234",
        "annabella123",
        "StackPick-2026",
        "fastapi-verdict!",
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, consultant("annabella123"))


def test_twelve_characters_are_a_password() -> None:
    validate_password("brisk-otters")


def test_a_word_of_ours_in_a_long_password_does_no_harm() -> None:
    validate_password("stackpick brisk otters")


def test_a_password_of_64_characters_and_more_is_taken_whole(client: Client) -> None:
    long = "brisk otters swim " * 6
    user = consultant()
    validate_password(long, user)
    user.set_password(long)
    user.save()
    sign_in(client, "ada", long[:72])  # as far as some hashes look
    assert not is_in(client)
    sign_in(client, "ada", long)
    assert is_in(client)


def test_an_account_that_is_switched_off_is_out_of_its_sessions(client: Client) -> None:
    user = consultant()
    sign_in(client, "ada")
    user.is_active = False
    user.save()
    assert not is_in(client)


def test_another_password_ends_the_other_sessions(client: Client) -> None:
    consultant()
    elsewhere = Client()
    sign_in(client, "ada")
    sign_in(elsewhere, "ada")
    new = "quiet herons wade"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", form).status_code == 302
    assert is_in(client)
    assert not is_in(elsewhere)
