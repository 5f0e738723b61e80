"""Being reminded by mail: an address, a code that shows whose it is, and stopping."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Reminder
from assessments.models.reminder import CODE_LIFE
from stackpick.environment import Rate
from tests.reminding import (
    EMAIL,
    another,
    ask,
    code_in_mail,
    confirmed,
    in_days,
    newest_mail,
    press,
)
from tests.web import CHANGE_HEAVY, Draft, draft, says, soup, text_of, title

pytestmark = pytest.mark.django_db
FAILURES = [
    ConnectionRefusedError(111, "refused"),
    TimeoutError("timed out"),
    SMTPRecipientsRefused({EMAIL: (550, b"no such mailbox founder@example.org")}),
]


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def section(client: Client, finished: Draft) -> str:
    return text_of(soup(client.get(finished.url("result"))).find(id="remind"))


def summary(page: Any) -> str:
    return text_of(soup(page).select_one(".error-summary"))


def break_the_mail(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def send(*args: Any, **kwargs: Any) -> int:
        raise failure

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)


# ---- Asking ----


def test_the_result_offers_it_with_the_day(client: Client, finished: Draft) -> None:
    assert f"{finished.now.review_on:%-d %B %Y}" in section(client, finished)


def test_an_address_gets_a_code_and_the_page_asks_for_it(client: Client, finished: Draft) -> None:
    answer = ask(client, finished)
    assert answer["Location"] == f"{finished.url('result')}#remind"
    assert newest_mail().to == [EMAIL]
    told = section(client, finished)
    assert EMAIL in told
    assert "Type it here within 30 minutes" in told
    assert code_in_mail() not in told


def test_the_code_is_not_stored(client: Client, finished: Draft) -> None:
    ask(client, finished)
    assert code_in_mail() not in str(Reminder.objects.values_list())


@pytest.mark.parametrize(
    "email",
    [
        "",
        "founder",
        "founder@",
        "a b@example.org",
        "founder@example.org\nBcc: all@example.org",
        '"\x01"@example.org',
        '"a@b"@example.org',
        f"{'x' * 250}@example.org",
        "founder@example.org, other@example.org",
    ],
)
def test_what_is_no_address_is_refused_beside_its_field(
    client: Client, finished: Draft, email: str
) -> None:
    page = ask(client, finished, email)
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert text_of(soup(page).find(id="id_email_error")).startswith("Give an e-mail address")
    assert soup(page).select_one(".error-summary a[href='#id_email']")
    assert not mail.outbox
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_mail_server_that_fails_is_told_and_nothing_is_kept(
    client: Client,
    finished: Draft,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
) -> None:
    break_the_mail(monkeypatch, failure)
    page = ask(client, finished)
    assert page.status_code == 200
    assert "The mail could not be sent" in summary(page)
    assert not Reminder.objects.exists()
    assert type(failure).__name__ in caplog.text
    assert EMAIL not in caplog.text


def test_a_draft_has_nothing_to_be_reminded_of(client: Client) -> None:
    started = draft()
    answer = client.post(started.url("remind"), {"email": EMAIL})
    assert answer["Location"] == started.url("check")
    assert not mail.outbox


def test_once_the_day_has_come_another_is_chosen_first(client: Client, finished: Draft) -> None:
    Assessment.objects.update(review_on=in_days(0))
    assert "Choose another day above" in section(client, finished)
    page = client.post(finished.url("remind"), {"email": EMAIL})
    assert "Choose another day first" in summary(page)
    assert not mail.outbox


# ---- The code ----


def test_the_right_code_confirms_and_brings_the_address_of_the_result(
    client: Client, finished: Draft
) -> None:
    ask(client, finished)
    answer = press(client, finished, "Confirm the address", code=code_in_mail())
    assert answer["Location"] == f"{finished.url('result')}#remind"
    assert f"http://testserver{finished.url('result')}" in newest_mail().body
    told = section(client, finished)
    assert "f•••@example.org" in told
    assert EMAIL not in told
    assert f"{finished.now.review_on:%-d %B %Y}" in told


def test_the_address_in_the_mail_is_on_the_site_that_is_set(
    client: Client, finished: Draft, settings: Any
) -> None:
    settings.SITE_URL = "https://stackpick.example.org"
    ask(client, finished)
    press(client, finished, "Confirm the address", code=code_in_mail())
    assert f"https://stackpick.example.org{finished.url('result')}" in newest_mail().body
    assert "testserver" not in newest_mail().message().as_string()


@pytest.mark.parametrize("spaced", ["{0} {1}", " {0}-{1} ", "{0}\t{1}"])
def test_a_code_may_be_spaced(client: Client, finished: Draft, spaced: str) -> None:
    ask(client, finished)
    code = code_in_mail()
    press(client, finished, "Confirm the address", code=spaced.format(code[:3], code[3:]))
    assert Reminder.objects.get().confirmed_at


@pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "abcdef", "1" * 50])
def test_what_is_no_code_costs_no_try(client: Client, finished: Draft, code: str) -> None:
    ask(client, finished)
    page = press(client, finished, "Confirm the address", code=code)
    assert title(page).startswith("Error: ")
    assert "six digits" in text_of(soup(page).find(id="id_code_error"))
    assert Reminder.objects.get().code_tries == 0


def test_another_code_is_refused_and_the_sixth_is_not_looked_at(
    client: Client, finished: Draft
) -> None:
    ask(client, finished)
    code = code_in_mail()
    for left in ("4 more times", "3 more times", "2 more times", "once more"):
        page = press(client, finished, "Confirm the address", code=another(code))
        assert f"You can try {left}." in text_of(soup(page).find(id="id_code_error"))
    page = press(client, finished, "Confirm the address", code=another(code))
    assert "This code no longer counts" in summary(page)
    page = client.post(finished.url("confirm_reminder"), {"code": code})
    assert "This code no longer counts" in summary(page)
    assert len(mail.outbox) == 1
    assert not Reminder.objects.get().confirmed_at


def test_a_code_is_over_after_half_an_hour(client: Client, finished: Draft) -> None:
    ask(client, finished)
    Reminder.objects.update(asked_at=timezone.now() - CODE_LIFE - timedelta(seconds=1))
    assert "no longer counts" in section(client, finished)
    page = client.post(finished.url("confirm_reminder"), {"code": code_in_mail()})
    assert "This code no longer counts" in summary(page)
    assert not Reminder.objects.get().confirmed_at


def test_another_code_can_be_sent_and_takes_the_place_of_the_first(
    client: Client, finished: Draft
) -> None:
    ask(client, finished)
    first = code_in_mail()
    Reminder.objects.update(code_tries=5)
    press(client, finished, "Send another code")
    second = code_in_mail()
    assert len(mail.outbox) == 2
    if first != second:
        page = press(client, finished, "Confirm the address", code=first)
        assert "not the code of the last mail" in summary(page)
    press(client, finished, "Confirm the address", code=second)
    assert Reminder.objects.get().confirmed_at


def test_where_another_code_cannot_be_sent_the_first_still_counts(
    client: Client, finished: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, finished)
    with monkeypatch.context() as broken:
        break_the_mail(broken, FAILURES[0])
        assert "could not be sent" in summary(press(client, finished, "Send another code"))
    press(client, finished, "Confirm the address", code=code_in_mail())
    assert Reminder.objects.get().confirmed_at


def test_another_address_can_be_used(client: Client, finished: Draft) -> None:
    ask(client, finished, "mistyped@example.org")
    press(client, finished, "Use another address")
    assert not Reminder.objects.exists()
    ask(client, finished)
    assert newest_mail().to == [EMAIL]


def test_a_code_opens_nothing_for_another_assessment(client: Client, finished: Draft) -> None:
    ask(client, finished)
    elsewhere = draft(CHANGE_HEAVY, finished=True)
    answer = client.post(elsewhere.url("confirm_reminder"), {"code": code_in_mail()})
    assert answer["Location"] == f"{elsewhere.url('result')}#remind"
    assert not Reminder.objects.filter(confirmed_at__isnull=False)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_where_the_address_cannot_be_sent_the_code_can_be_given_again(
    client: Client, finished: Draft, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    ask(client, finished)
    code = code_in_mail()
    with monkeypatch.context() as broken:
        break_the_mail(broken, failure)
        for _ in range(6):  # a right code is no try
            page = press(client, finished, "Confirm the address", code=code)
            assert "could not be sent" in summary(page)
    assert not Reminder.objects.get().confirmed_at
    press(client, finished, "Confirm the address", code=code)
    assert Reminder.objects.get().confirmed_at


def test_the_second_click_sends_no_second_mail(client: Client, finished: Draft) -> None:
    ask(client, finished)
    code = code_in_mail()
    for _ in range(2):
        answer = client.post(finished.url("confirm_reminder"), {"code": code})
        assert answer["Location"] == f"{finished.url('result')}#remind"
    assert len(mail.outbox) == 2


# ---- Confirmed ----


def test_a_tab_that_still_shows_the_form_changes_nothing(client: Client, finished: Draft) -> None:
    confirmed(finished.assessment)
    answer = client.post(finished.url("remind"), {"email": "other@example.org"})
    assert answer["Location"] == f"{finished.url('result')}#remind"
    assert Reminder.objects.get().email == EMAIL
    assert not mail.outbox


def test_stopping_forgets_the_address(client: Client, finished: Draft) -> None:
    confirmed(finished.assessment)
    press(client, finished, "Stop reminding")
    assert not Reminder.objects.exists()
    assert "Leave an e-mail address" in section(client, finished)


def test_the_page_says_when_the_mail_has_gone(client: Client, finished: Draft) -> None:
    reminder = confirmed(finished.assessment, day=in_days(0))
    reminder.sent()
    assert f"The mail about {in_days(0):%-d %B %Y} went to f•••@example.org" in section(
        client, finished
    )


def test_the_address_goes_with_the_assessment(finished: Draft) -> None:
    confirmed(finished.assessment)
    Assessment.objects.filter(pk=finished.assessment.pk).forget()
    assert not Reminder.objects.exists()


def test_neither_the_desk_nor_a_reader_sees_it(
    admin_client: Client, client: Client, finished: Draft
) -> None:
    confirmed(finished.assessment)
    key = finished.assessment.pk
    for page in ("change/", "delete/", "history/"):
        answer = admin_client.get(f"/admin/assessments/assessment/{key}/{page}")
        assert answer.status_code == 200
        assert b"example.org" not in answer.content
    shared = client.get(f"/r/{finished.share()[1]}/")
    assert b"example.org" not in shared.content
    assert b'id="remind"' not in shared.content


# ---- Limits ----


def test_one_who_asks_too_often_is_told_when_to_try_again(
    client: Client, settings: Any, finished: Draft
) -> None:
    settings.RATES |= {"mails": Rate(2, 3600)}
    for number in range(2):
        ask(client, draft(CHANGE_HEAVY, finished=True), f"number-{number}@example.org")
    page = ask(client, finished, "number-3@example.org")
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 1800
    assert "Try again in 30 minutes." in summary(page)
    assert len(mail.outbox) == 2
    assert not Reminder.objects.filter(assessment=finished.assessment).exists()


def test_one_mailbox_is_not_flooded_from_many_places(settings: Any, finished: Draft) -> None:
    settings.RATES |= {"mails": Rate(2, 3600)}
    pages = [
        ask(Client(REMOTE_ADDR=f"192.0.2.{number}"), draft(CHANGE_HEAVY, finished=True), email)
        for number, email in enumerate([EMAIL, EMAIL.upper(), EMAIL.title()])
    ]
    assert [page.status_code for page in pages] == [302, 302, 429]
    assert len(mail.outbox) == 2
    elsewhere = ask(Client(REMOTE_ADDR="192.0.2.9"), finished, "other@example.org")
    assert elsewhere.status_code == 302


def test_the_mails_of_others_do_not_count(settings: Any, finished: Draft) -> None:
    settings.RATES |= {"mails": Rate(1, 3600)}
    pages = [
        ask(Client(REMOTE_ADDR=place), draft(CHANGE_HEAVY, finished=True), f"{name}@example.org")
        for place, name in (("192.0.2.1", "one"), ("192.0.2.2", "two"))
    ]
    assert [page.status_code for page in pages] == [302, 302]


# ---- Whose it is ----


@pytest.mark.parametrize("name", ["remind", "confirm_reminder", "forget_reminder"])
def test_only_the_edit_link_may(client: Client, finished: Draft, name: str) -> None:
    confirmed(finished.assessment)
    stranger = Draft(finished.assessment, finished.share()[1])
    answer = client.post(stranger.url(name), {"email": EMAIL, "code": "123456"})
    assert answer.status_code == 404
    assert Reminder.objects.count() == 1
    assert not mail.outbox


@pytest.mark.parametrize("name", ["remind", "confirm_reminder", "forget_reminder"])
def test_no_other_site_can_send_its_forms(finished: Draft, name: str) -> None:
    confirmed(finished.assessment)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(finished.url(name), {"email": EMAIL}).status_code == 403
    assert Reminder.objects.count() == 1


def test_what_is_shown_of_an_address_is_isolated(client: Client, finished: Draft) -> None:
    ask(client, finished)
    shown = soup(client.get(finished.url("result"))).select("#remind bdi")
    assert [text_of(tag) for tag in shown] == [EMAIL]
    assert "StackPick" in says(client.get(finished.url("result")))
