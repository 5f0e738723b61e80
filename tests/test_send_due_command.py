"""``manage.py send_due``: one mail for each day that has come."""

from __future__ import annotations

from io import StringIO
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from assessments import mails
from assessments.models import Assessment, Reminder
from tests.reminding import EMAIL, ask, confirmed, in_days, link_in_mail
from tests.web import CHANGE_HEAVY, LENS, Draft, draft, heading, says

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = "https://stackpick.example.org"


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def send_due() -> str:
    output = StringIO()
    call_command("send_due", stdout=output)
    return output.getvalue()


def failing(monkeypatch: pytest.MonkeyPatch, failure: Exception, for_whom: str) -> None:
    """Mails to this address do not leave."""
    send = EmailMessage.send

    def sometimes(message: EmailMessage, fail_silently: bool = False) -> int:
        if message.to == [for_whom]:
            raise failure
        return send(message, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", sometimes)


def test_it_needs_to_know_where_the_site_stands(settings: Any, finished: Draft) -> None:
    settings.SITE_URL = ""
    confirmed(finished.assessment, day=in_days(0))
    with pytest.raises(CommandError, match="SITE_URL is not set"):
        send_due()
    assert not mail.outbox


def test_it_mails_on_the_day_and_once(finished: Draft) -> None:
    confirmed(finished.assessment, day=in_days(0))
    assert send_due() == "Mails sent: 1\n"
    assert [message.to for message in mail.outbox] == [[EMAIL]]
    assert send_due() == "Mails sent: 0\n"
    assert len(mail.outbox) == 1


def test_it_mails_nobody_before_the_day(finished: Draft) -> None:
    confirmed(finished.assessment, day=in_days(1))
    assert send_due() == "Mails sent: 0\n"


def test_it_mails_nobody_who_has_not_confirmed(client: Client, finished: Draft) -> None:
    ask(client, finished)
    Assessment.objects.update(review_on=in_days(0))
    assert send_due() == "Mails sent: 0\n"
    assert len(mail.outbox) == 1  # the code


def test_a_day_that_is_moved_fires_anew(client: Client, finished: Draft) -> None:
    confirmed(finished.assessment, day=in_days(-30))
    send_due()
    client.post(finished.url("review"), {"review_on": in_days(2).isoformat()})
    assert send_due() == "Mails sent: 0\n"
    Assessment.objects.update(review_on=in_days(0))
    assert send_due() == "Mails sent: 1\n"


def test_its_link_starts_a_new_version(client: Client, finished: Draft) -> None:
    confirmed(finished.assessment, day=in_days(0))
    send_due()
    path = link_in_mail("again")
    assert "the verdict was: start with FastAPI" in says(client.get(path))
    page = client.post(path, {"begun": "0"}, follow=True)
    assert heading(page) == "Check your answers"


def test_the_token_of_its_link_is_not_stored(finished: Draft) -> None:
    confirmed(finished.assessment, day=in_days(0))
    send_due()
    token = link_in_mail("again").split("/")[2]
    assert token not in str(Reminder.objects.values())


def test_where_a_newer_version_is_finished_its_day_counts(finished: Draft) -> None:
    reminder = confirmed(finished.assessment, day=in_days(0))
    newer, _ = Assessment.objects.again(finished.now)
    newer.finish(LENS)
    Reminder.objects.update(assessment=finished.assessment)  # as one that was left there later
    assert send_due() == "Mails sent: 0\nWaiting for the day of a newer version: 1\n"
    assert Reminder.objects.get(pk=reminder.pk).assessment == newer
    Assessment.objects.filter(pk=newer.pk).update(review_on=in_days(0))
    assert send_due() == "Mails sent: 1\n"


@pytest.mark.parametrize(
    "failure", [SMTPServerDisconnected(f"{EMAIL} lost"), ValueError(f"{EMAIL} is odd")]
)
def test_one_that_fails_keeps_nobody_else_from_theirs(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    finished: Draft,
    failure: Exception,
) -> None:
    confirmed(finished.assessment, day=in_days(-2))
    other = draft(CHANGE_HEAVY, finished=True)
    confirmed(other.assessment, "other@example.org", day=in_days(-1))
    with monkeypatch.context() as broken:
        failing(broken, failure, EMAIL)
        with pytest.raises(CommandError, match="1 could not be mailed; the next run tries again"):
            send_due()
    assert [message.to for message in mail.outbox] == [["other@example.org"]]
    assert type(failure).__name__ in caplog.text
    assert EMAIL not in caplog.text
    assert send_due() == "Mails sent: 1\n"
    assert mail.outbox[-1].to == [EMAIL]


def test_what_another_run_is_mailing_is_left_to_it(finished: Draft) -> None:
    confirmed(finished.assessment, day=in_days(0)).claim()
    assert send_due() == "Mails sent: 0\nLeft to another run, or stopped: 1\n"


def test_one_that_is_stopped_meanwhile_gets_no_mail(
    monkeypatch: pytest.MonkeyPatch, finished: Draft
) -> None:
    confirmed(finished.assessment, day=in_days(-2))
    other = draft(CHANGE_HEAVY, finished=True)
    stopped = confirmed(other.assessment, "other@example.org", day=in_days(-1))
    send = mails.send_due

    def stop_first(*args: Any) -> None:
        Reminder.objects.filter(pk=stopped.pk).delete()
        send(*args)

    monkeypatch.setattr(mails, "send_due", stop_first)
    assert send_due() == "Mails sent: 1\nLeft to another run, or stopped: 1\n"


def test_it_forgets_addresses_that_nobody_confirmed(client: Client, finished: Draft) -> None:
    ask(client, finished)
    Reminder.objects.update(asked_at="2026-01-01T00:00Z")
    assert "Addresses forgotten that nobody confirmed: 1" in send_due()
    assert not Reminder.objects.exists()
