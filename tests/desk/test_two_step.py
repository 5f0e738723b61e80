"""Two-step sign-in: setting it up, signing in with it, getting rid of it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from bs4 import Tag
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.desk.people import PASSWORD, consultant, superuser
from tests.desk.signing_in import (
    LOGIN,
    TWO_STEP,
    code_of,
    errors,
    is_in,
    sign_in,
    wait,
    with_device,
    wrong_code,
)
from tests.web import heading, says, soup, text_of

pytestmark = pytest.mark.django_db


def post(client: Client, action: str, **data: str) -> Any:
    return client.post(TWO_STEP, {"action": action} | data)


def begin(client: Client, password: str = PASSWORD) -> Any:
    return post(client, "begin", password=password)


def codes_on(page: Any) -> list[str]:
    return [text_of(code) for code in soup(page).select(".backup-codes code")]


def set_up(client: Client) -> tuple[TOTPDevice, list[str]]:
    """Through the page, for a user without a device."""
    begin(client)
    device = TOTPDevice.objects.get(confirmed=False)
    return device, codes_on(post(client, "confirm", code=code_of(device)))


def signed_in(user: User) -> tuple[Client, TOTPDevice, list[str]]:
    """A session with a device, whose next code was not used yet."""
    device, codes = with_device(user)
    client = Client()
    assert sign_in(client, user.username, code=code_of(device)).status_code == 302
    return client, device, codes


def addresses_of_the_desk() -> list[str]:
    """Every address of the admin that takes no arguments."""
    found = []
    for pattern in admin.site.get_urls():
        for inner in getattr(pattern, "url_patterns", [None]):
            route = str(pattern.pattern) + (str(inner.pattern) if inner else "")
            if not set("<(^$") & set(route):
                found.append(f"/admin/{route}")
    return found


# ---- Setting up ----


def test_the_page_says_that_it_is_off_and_begins_a_set_up(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert "Two-step sign-in is off." in says(client.get(TWO_STEP))
    assert not TOTPDevice.objects.exists()
    assert begin(client)["Location"] == TWO_STEP
    page = client.get(TWO_STEP)
    assert "style=" not in page.content.decode()
    drawing = soup(page).select_one("svg.qr-code")
    assert isinstance(drawing, Tag)
    _, _, width, height = str(drawing["viewbox"]).split()
    assert width == height
    secret = text_of(soup(page).select_one(".secret")).split()
    assert [len(group) for group in secret] == [4] * 8
    assert "".join(secret) in TOTPDevice.objects.get().config_url
    assert client.get(TWO_STEP).content.count("".join(secret[:1]).encode()) == 1  # the same again


def test_a_right_code_confirms_and_shows_ten_backup_codes_once(client: Client, ada: User) -> None:
    client.force_login(ada)
    before = client.session.session_key
    _, codes = set_up(client)
    assert len(set(codes)) == 10
    assert client.session.session_key != before
    assert is_in(client)
    page = client.get(TWO_STEP)
    assert "Two-step sign-in is on." in says(page)
    assert "Backup codes left: 10" in says(page)
    assert codes_on(page) == []
    assert soup(page).select_one("svg.qr-code, .secret") is None


def test_a_wrong_code_confirms_nothing(client: Client, ada: User) -> None:
    client.force_login(ada)
    begin(client)
    device = TOTPDevice.objects.get()
    page = post(client, "confirm", code=wrong_code(device))
    assert any("not right" in error for error in errors(page))
    assert soup(page).select_one("svg.qr-code") is not None
    assert not TOTPDevice.objects.get().confirmed
    assert is_in(client)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f" {PASSWORD}"])
def test_without_the_password_an_open_session_sets_nothing_up(
    client: Client, ada: User, password: str
) -> None:
    """Whoever sits down at it could else lock its owner out for good."""
    client.force_login(ada)
    page = begin(client, password)
    assert page.status_code == 200
    assert errors(page)
    assert soup(page).select_one("svg.qr-code") is None
    assert not TOTPDevice.objects.exists()


def test_starting_again_takes_the_password_too(client: Client, ada: User) -> None:
    client.force_login(ada)
    begin(client)
    first = TOTPDevice.objects.get()
    assert begin(client, "wrong").status_code == 200
    assert TOTPDevice.objects.get() == first
    begin(client)
    assert TOTPDevice.objects.get().key != first.key


def test_guesses_at_the_password_are_failed_sign_ins(client: Client, ada: User) -> None:
    client.force_login(ada)
    for number in range(5):
        begin(client, f"guess {number}")
    assert begin(client).status_code in (403, 429)
    assert not TOTPDevice.objects.exists()


def test_another_session_neither_sees_nor_confirms_a_set_up(client: Client, ada: User) -> None:
    client.force_login(ada)
    begin(client)
    device, other = TOTPDevice.objects.get(), Client()
    other.force_login(ada)
    assert soup(other.get(TWO_STEP)).select_one(".secret") is None
    assert post(other, "confirm", code=code_of(device)).status_code == 302
    assert not TOTPDevice.objects.get().confirmed
    begin(other)
    assert not TOTPDevice.objects.filter(pk=device.pk).exists()


def test_other_sessions_count_as_unverified_after_a_set_up(client: Client, ada: User) -> None:
    other = Client()
    for session in (client, other):
        session.force_login(ada)
    set_up(client)
    assert is_in(client)
    assert not is_in(other)
    assert "this session has not been confirmed" in says(other.get(LOGIN))


# ---- Signing in ----


def test_the_password_alone_is_not_enough_any_more(client: Client, ada: User) -> None:
    device, _ = with_device(ada)
    page = sign_in(client, "ada")
    assert page.status_code == 200
    assert any("Type the code" in error for error in errors(page))
    assert not is_in(client)
    assert sign_in(client, "ada", code=code_of(device)).status_code == 302
    assert is_in(client)


def test_a_wrong_code_is_told_beside_its_field_and_slows_down_the_next(
    client: Client, ada: User
) -> None:
    device, _ = with_device(ada)
    page = sign_in(client, "ada", code=wrong_code(device))
    assert any("not right" in error for error in errors(page))
    field = soup(page).select_one("[name=code]")
    assert field is not None
    assert field["aria-invalid"] == "true"
    page = sign_in(client, "ada", code=code_of(device))
    assert any("wait a little" in error for error in errors(page))
    wait()
    assert sign_in(client, "ada", code=code_of(device)).status_code == 302


def test_a_code_is_not_looked_at_before_the_password_is_right(client: Client, ada: User) -> None:
    device, codes = with_device(ada)
    for code in (code_of(device), codes[0]):
        sign_in(client, "ada", "wrong", code=code)
    assert StaticToken.objects.count() == 10
    assert sign_in(client, "ada", code=code_of(device)).status_code == 302


def test_a_code_of_the_app_is_good_once(client: Client, ada: User) -> None:
    device, _ = with_device(ada)
    code, other = code_of(device), Client()
    assert sign_in(client, "ada", code=code).status_code == 302
    page = sign_in(other, "ada", code=code)
    assert any("used before" in error for error in errors(page))
    assert not is_in(other)
    wait()
    assert sign_in(other, "ada", code=code_of(device, ahead=1)).status_code == 302


def test_a_backup_code_is_good_once_with_or_without_blanks(client: Client, ada: User) -> None:
    _, codes = with_device(ada)
    assert sign_in(client, "ada", code=codes[0]).status_code == 302
    assert is_in(client)
    assert "Backup codes left: 9" in says(client.get(TWO_STEP))
    again = Client()
    page = sign_in(again, "ada", code=codes[0])
    assert any("used before" in error for error in errors(page))
    wait()
    assert sign_in(again, "ada", code=codes[1].replace(" ", "")).status_code == 302


def test_the_code_of_somebody_else_does_not_do(client: Client, ada: User) -> None:
    with_device(ada)
    device, codes = with_device(consultant("bob"))
    for code in (code_of(device), codes[0]):
        sign_in(client, "ada", code=code)
        assert not is_in(client)
    assert StaticDevice.objects.get(user__username="bob").token_set.count() == 10


def test_who_has_no_device_may_leave_the_code_or_type_anything(client: Client, ada: User) -> None:
    assert sign_in(client, "ada", code="123456").status_code == 302


@pytest.mark.parametrize("who", ["consultant", "superuser"])
def test_an_unverified_session_reaches_no_page_of_the_desk(client: Client, who: str) -> None:
    user = consultant() if who == "consultant" else superuser()
    with_device(user)
    client.force_login(user)
    addresses = addresses_of_the_desk()
    assert len(addresses) > 20, addresses
    for address in (*addresses, "/admin/assessments/", "/admin/auth/user/1/change/", "/admin/nope"):
        if address not in (LOGIN, "/admin/logout/"):
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 302, address
                assert answer["Location"].startswith(LOGIN), address
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert "assessments" not in says(page).lower()


def test_an_unverified_session_may_log_out(client: Client, ada: User) -> None:
    with_device(ada)
    client.force_login(ada)
    assert client.post("/admin/logout/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_session_of_a_device_that_is_gone_is_unverified(ada: User) -> None:
    client, device, _ = signed_in(ada)
    device.delete()
    assert not is_in(client)  # The backup codes are still there, and ask for one.


# ---- Replacing, new codes, turning off ----


def test_replacing_takes_password_and_code_and_ends_other_sessions(ada: User) -> None:
    client, _, codes = signed_in(ada)
    other = Client()
    sign_in(other, "ada", code=codes[0])
    assert post(client, "begin").status_code == 200
    assert post(client, "begin", password="wrong", code=codes[1]).status_code == 200
    assert TOTPDevice.objects.count() == 1
    assert post(client, "begin", password=PASSWORD, code=codes[1]).status_code == 302
    assert is_in(other)  # nothing has changed yet
    new = TOTPDevice.objects.get(confirmed=False)
    fresh = codes_on(post(client, "confirm", code=code_of(new)))
    assert TOTPDevice.objects.get() == new
    assert is_in(client)
    assert not is_in(other)
    wait()
    assert sign_in(other, "ada", code=codes[2]).status_code == 200
    wait()
    assert sign_in(other, "ada", code=fresh[0]).status_code == 302


def test_new_backup_codes_take_a_code_and_end_the_old_ones(ada: User) -> None:
    client, device, codes = signed_in(ada)
    assert codes_on(post(client, "codes", code=wrong_code(device))) == []
    wait()
    fresh = codes_on(post(client, "codes", code=code_of(device, ahead=1)))
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert StaticToken.objects.count() == 10
    assert is_in(client)


@pytest.mark.parametrize(
    ("password", "code"), [("", "right"), ("wrong", "right"), (PASSWORD, ""), (PASSWORD, "wrong")]
)
def test_turning_off_takes_both(ada: User, password: str, code: str) -> None:
    client, device, _ = signed_in(ada)
    codes = {"": "", "right": code_of(device, ahead=1), "wrong": wrong_code(device)}
    page = post(client, "turn_off", password=password, code=codes[code])
    assert page.status_code == 200
    assert errors(page)
    assert TOTPDevice.objects.get().confirmed


@pytest.mark.parametrize("kind", ["app", "backup"])
def test_turning_off_deletes_device_and_codes(ada: User, kind: str) -> None:
    client, device, codes = signed_in(ada)
    code = code_of(device, ahead=1) if kind == "app" else codes[3]
    assert post(client, "turn_off", password=PASSWORD, code=code)["Location"] == TWO_STEP
    assert "Your password alone signs you in." in says(client.get(TWO_STEP))
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert sign_in(Client(), "ada").status_code == 302


def test_an_action_that_is_none_changes_nothing(ada: User) -> None:
    client, _, _ = signed_in(ada)
    for action in ("", "confirm", "forget_everything"):
        assert post(client, action).status_code == 302
    assert client.delete(TWO_STEP).status_code == 405
    assert TOTPDevice.objects.get().confirmed


def test_a_form_from_elsewhere_is_refused(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert post(client, "begin").status_code == 403


# ---- Where superusers must ----


def test_a_superuser_without_a_device_gets_to_the_set_up_page_only(
    client: Client, settings: Any
) -> None:
    settings.REQUIRE_MFA = "superusers"
    superuser()
    assert sign_in(client, "root").status_code == 302
    for address in (*addresses_of_the_desk(), LOGIN, "/admin/assessments/", "/admin/nope"):
        if address not in ("/admin/logout/", TWO_STEP):
            answer = client.get(address)
            assert (answer.status_code, answer["Location"]) == (302, TWO_STEP), address
    page = client.get(TWO_STEP)
    assert heading(page) == "Two-step sign-in"
    assert "set it up to go on to the desk" in says(page)
    assert soup(page).select_one("#nav-sidebar") is None
    set_up(client)
    assert is_in(client)


def test_a_superuser_without_a_device_may_log_out(client: Client, settings: Any) -> None:
    settings.REQUIRE_MFA = "superusers"
    client.force_login(superuser())
    assert soup(client.get(TWO_STEP)).select_one("form[action='/admin/logout/']") is not None
    client.post("/admin/logout/")
    assert client.get(TWO_STEP)["Location"].startswith(LOGIN)


def test_a_consultant_need_not(client: Client, ada: User, settings: Any) -> None:
    settings.REQUIRE_MFA = "superusers"
    sign_in(client, "ada")
    assert is_in(client)


def test_a_consultant_must_where_all_must(client: Client, ada: User, settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    sign_in(client, "ada")
    assert not is_in(client)
    assert client.get("/admin/")["Location"] == TWO_STEP
    set_up(client)
    assert is_in(client)


def test_a_superuser_may_replace_but_not_turn_off(settings: Any) -> None:
    settings.REQUIRE_MFA = "superusers"
    client, _, codes = signed_in(superuser())
    page = client.get(TWO_STEP)
    assert soup(page).select_one("[value=begin]") is not None
    assert soup(page).select_one("[value=turn_off]") is None
    post(client, "turn_off", password=PASSWORD, code=codes[0])
    assert TOTPDevice.objects.get().confirmed
    assert post(client, "begin", password=PASSWORD, code=codes[0]).status_code == 302
    assert TOTPDevice.objects.filter(confirmed=False).exists()


def test_superusers_may_do_without_where_nothing_is_required(client: Client) -> None:
    sign_in(client, superuser().username)
    assert is_in(client)


# ---- Helping, secrets, cost ----


def test_an_operator_helps_who_lost_everything(
    client: Client, ada: User, capsys: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with_device(ada)
    call_command("reset_two_step", "ada")
    assert "Two-step sign-in of ada is off" in capsys.readouterr().out
    assert "reset by an operator: account 'ada'" in caplog.text
    assert sign_in(client, "ada").status_code == 302
    call_command("reset_two_step", "ada")
    assert "nothing was changed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no account 'bob'"):
        call_command("reset_two_step", "bob")


def test_the_desk_shows_nobodys_devices(admin_client: Client) -> None:
    for model in (TOTPDevice, StaticDevice):
        assert not admin.site.is_registered(model)
    assert admin_client.get("/admin/otp_totp/totpdevice/").status_code == 404


def test_changes_are_logged_without_secrets(
    client: Client, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(ada)
    with caplog.at_level(logging.INFO):
        device, codes = set_up(client)
        post(client, "codes", code=codes[0])
        post(client, "turn_off", password=PASSWORD, code=code_of(device, ahead=1))
    written = caplog.text
    assert "Two-step sign-in set up: account 'ada'" in written
    assert "New backup codes: account 'ada'" in written
    assert "Two-step sign-in turned off: account 'ada'" in written
    for secret in (device.key, codes[0].replace(" ", ""), codes[0], PASSWORD):
        assert secret not in written


def test_the_second_step_costs_a_page_of_the_desk_one_query(ada: User) -> None:
    plain, verified = Client(), signed_in(consultant("bob"))[0]
    plain.force_login(ada)
    for client in (plain, verified):
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/")
        assert len([query for query in captured if "otp_" in query["sql"]]) == 1


def test_a_public_page_asks_nothing_of_a_session(ada: User, django_assert_num_queries: Any) -> None:
    client, _, _ = signed_in(ada)
    with django_assert_num_queries(0):
        assert client.get("/start/").status_code == 200
