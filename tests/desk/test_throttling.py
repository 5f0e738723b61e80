"""Guessing passwords and codes: five tries, then a pause."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.core import checks
from django.db.models import F
from django.test import Client

from tests.desk.people import PASSWORD, consultant
from tests.desk.signing_in import (
    LOGIN,
    TWO_STEP,
    code_of,
    is_in,
    sign_in,
    wait,
    with_device,
    wrong_code,
)
from tests.web import heading, says

PASSWORD_CHANGE = "/admin/password_change/"
pytestmark = pytest.mark.django_db


def fail(client: Client, times: int, **kwargs: Any) -> Any:
    for _ in range(times):
        page = sign_in(client, "ada", "wrong", **kwargs)
    return page


def let_pass(minutes: int) -> None:
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


def test_the_fifth_failure_locks_even_for_the_right_password(client: Client, ada: User) -> None:
    assert fail(client, 4).status_code == 200
    page = fail(client, 1)
    assert (page.status_code, page["Retry-After"]) == (429, "900")
    assert heading(page) == "Too many failed sign-ins"
    assert "locked for 15 minutes" in says(page)
    assert "style=" not in page.content.decode()
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert sign_in(client, "ada").status_code == 429
    assert not is_in(client)


def test_the_lock_opens_after_fifteen_minutes_tries_or_not(client: Client, ada: User) -> None:
    fail(client, 5)
    let_pass(14)
    assert fail(client, 1).status_code == 429
    let_pass(2)
    assert sign_in(client, "ada").status_code == 302


def test_a_success_takes_the_failures_back(client: Client, ada: User) -> None:
    fail(client, 4)
    assert sign_in(client, "ada").status_code == 302
    assert fail(client, 4).status_code == 200


def test_another_account_and_another_address_are_not_locked(client: Client, ada: User) -> None:
    consultant("bob")
    fail(client, 5)
    assert sign_in(client, "bob").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.9"), "ada").status_code == 302


def test_another_browser_or_session_is_locked_too(client: Client, ada: User) -> None:
    for number in range(4):
        fail(Client(HTTP_USER_AGENT=f"Browser {number}"), 1)
    assert fail(client, 1).status_code == 429


def test_a_forged_header_does_not_evade_the_lock(client: Client, ada: User) -> None:
    for number in range(4):
        fail(client, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert fail(client, 1, HTTP_X_FORWARDED_FOR="198.51.100.77").status_code == 429


def test_behind_one_proxy_the_right_most_address_counts(
    client: Client, ada: User, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(4):
        fail(client, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.5")
    assert fail(client, 1, HTTP_X_FORWARDED_FOR="203.0.113.5").status_code == 429
    other = sign_in(client, "ada", HTTP_X_FORWARDED_FOR="203.0.113.5, 203.0.113.6")
    assert other.status_code == 302


def test_wrong_codes_count_like_wrong_passwords(client: Client, ada: User) -> None:
    device, _ = with_device(ada)
    for _ in range(4):
        assert sign_in(client, "ada", code=wrong_code(device)).status_code == 200
        wait()
    assert sign_in(client, "ada", code=wrong_code(device)).status_code == 429
    wait()
    assert sign_in(client, "ada", code=code_of(device)).status_code == 429


def test_a_password_without_its_code_takes_no_failure_back(client: Client, ada: User) -> None:
    with_device(ada)
    fail(client, 4)
    sign_in(client, "ada")
    assert fail(client, 1).status_code == 429


def test_an_open_session_is_no_place_to_guess_the_password(client: Client, ada: User) -> None:
    device, _ = with_device(ada)
    sign_in(client, "ada", code=code_of(device))
    data = {"action": "turn_off", "password": "wrong", "code": "1"}
    for _ in range(4):
        assert client.post(TWO_STEP, data).status_code == 200
    assert client.post(TWO_STEP, data).status_code == 429
    right = data | {"password": PASSWORD, "code": code_of(device, ahead=1)}
    assert client.post(TWO_STEP, right).status_code == 429


def test_nor_is_the_page_that_changes_it(client: Client, ada: User) -> None:
    sign_in(client, "ada")
    new = {"new_password1": "another horse battery", "new_password2": "another horse battery"}
    data = {"old_password": "wrong"} | new
    for _ in range(4):
        assert client.post(PASSWORD_CHANGE, data).status_code == 200
    assert client.post(PASSWORD_CHANGE, data).status_code == 429
    assert client.post(PASSWORD_CHANGE, data | {"old_password": PASSWORD}).status_code == 429
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_new_password_that_is_too_weak_is_no_failure(client: Client, ada: User) -> None:
    sign_in(client, "ada")
    data = {"old_password": PASSWORD, "new_password1": "weak", "new_password2": "weak"}
    for _ in range(6):
        assert client.post(PASSWORD_CHANGE, data).status_code == 200
    new = {"new_password1": "another horse battery", "new_password2": "another horse battery"}
    assert client.post(PASSWORD_CHANGE, data | new).status_code == 302


def test_a_name_written_otherwise_is_the_same_account(client: Client, ada: User) -> None:
    for written in (" ada", "ada ", "\uff41da", "ada\t"):
        assert sign_in(client, written, "wrong").status_code == 200
    assert sign_in(client, "ada", "wrong").status_code == 429
    assert sign_in(client, "\uff41da").status_code == 429


def test_failures_and_locks_are_logged_without_secrets(
    client: Client, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    device, _ = with_device(ada)
    typed = {"next": f"/a/{'Tok3n' * 8}/"}
    with caplog.at_level(logging.INFO):
        sign_in(client, "ada", "my secret word", data=typed)
        sign_in(client, "my secret name", "wrong")
        sign_in(client, "ada", code=wrong_code(device))
        fail(client, 3)
    lines = [record.getMessage() for record in caplog.records if "admin" in record.name]
    assert lines[0] == "Sign-in failed: account 'ada' from 127.0.0.1."
    assert lines[1] == "Sign-in failed: an unknown account from 127.0.0.1."
    assert "Sign-in locked for 15 minutes: account 'ada' from 127.0.0.1." in lines
    kept = str(list(AccessAttempt.objects.values_list("get_data", "post_data", "path_info")))
    for secret in ("secret word", "secret name", PASSWORD, wrong_code(device), "Tok3n"):
        assert secret not in caplog.text
        assert secret not in kept


def test_who_comes_and_goes_is_logged_with_what_they_proved(
    client: Client, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        sign_in(client, "ada")
        client.post("/admin/logout/")
        device, _ = with_device(ada)
        sign_in(client, "ada", code=(code := code_of(device)))
    lines = [record.getMessage() for record in caplog.records if "throttling" in record.name]
    assert lines == [
        "Signed in with password: account 'ada' from 127.0.0.1.",
        "Signed out: account 'ada' from 127.0.0.1.",
        "Signed in with password and code: account 'ada' from 127.0.0.1.",
    ]
    assert PASSWORD not in caplog.text
    assert code not in caplog.text


def test_a_secret_link_in_the_address_is_not_kept(client: Client, ada: User) -> None:
    client.post(f"{LOGIN}?next=/a/{'Tok3n' * 8}/", {"username": "ada", "password": "wrong"})
    assert "Tok3n" not in str(list(AccessAttempt.objects.values()))
    sign_in(client, "ada")
    assert AccessLog.objects.get().username == "ada"


def test_what_axes_checks_is_as_it_wants_it() -> None:
    assert [found for found in checks.run_checks() if str(found.id).startswith("axes")] == []
