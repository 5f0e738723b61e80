"""The mails: what they say, how they are laid out, and what nobody can put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import create_server
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assessments import mails
from assessments.engine.answers import parse
from assessments.models import Assessment, Reminder, Review
from tests.examples import examples
from tests.factories import texts
from tests.reminding import EMAIL, confirmed, in_days
from tests.web import CHANGE_HEAVY, FOUNDERS, LENS, Draft, Json, draft, with_answers

pytestmark = pytest.mark.django_db
SITE = "https://stackpick.example.org"
HEADERS = {
    "Content-Type",
    "MIME-Version",
    "Content-Transfer-Encoding",
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
}
STOPPING = {"List-Unsubscribe", "List-Unsubscribe-Post"}
TOKEN = "Zx9-_syydqZfQ1I5o71u_xx15R4aDxHfE9k7rfMFyW8"


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def read() -> EmailMessage:
    """The newest mail as a mail program reads it."""
    parsed = message_from_bytes(mail.outbox[-1].message().as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def header(name: str) -> str:
    """A header of the newest mail, without the blank that its first line may be folded at."""
    return str(read()[name]).strip()


def text_of(message: EmailMessage) -> str:
    return str(message.get_content())


def unwrapped(message: EmailMessage) -> str:
    return " ".join(text_of(message).split())


# ---- What they say ----


def test_the_first_holds_the_code_and_opens_nothing() -> None:
    mails.send_code(EMAIL, "012345")
    message = read()
    assert (message["To"], message["From"]) == (EMAIL, "stackpick@localhost")
    assert header("Subject") == "Your code for StackPick"
    assert text_of(message).startswith("012345 is your code for StackPick.")
    assert "within 30 minutes" in unwrapped(message)
    assert "://" not in text_of(message)
    assert set(message.keys()) == HEADERS


def test_the_second_holds_the_address_of_the_result_and_the_day(finished: Draft) -> None:
    mails.send_confirmed(confirmed(finished.assessment), SITE, finished.token)
    message = read()
    assert header("Subject") == "The address of your result: Sketchbook"
    assert f"\n{SITE}/a/{finished.token}/\n" in text_of(message)
    assert f"On {finished.now.review_on:%-d %B %Y} you get a mail" in unwrapped(message)
    assert "the backend of “Sketchbook”" in unwrapped(message)


def test_the_mail_of_the_day_says_what_was_decided_and_what_would_turn_it() -> None:
    finished = draft(FOUNDERS["with a settled part"].file, finished=True)
    reminder = confirmed(finished.assessment, day=in_days(0))
    mails.send_due(reminder, SITE, TOKEN, in_days(0))
    message, said = read(), unwrapped(read())
    report = finished.now.pinned()
    assert header("Subject") == "Time to look again: Marina"
    assert said.startswith("Today is the day you chose to look again at the backend of “Marina”.")
    assert f"On {finished.now.finished_at:%-d %B %Y} the verdict was: Start with FastAPI." in said
    assert report["flips"]
    for flip in report["flips"][: mails.MOST_FLIPS]:
        assert f"- If {flip['says']}: {flip['stack_name']}" in said
    for number, change in enumerate(report["changes"], start=1):
        assert f"{number}. {change['text']}" in said
    assert f"\n{SITE}/again/{TOKEN}/\n" in text_of(message)


def test_a_day_that_is_past_is_named(finished: Draft) -> None:
    mails.send_due(confirmed(finished.assessment, day=in_days(-3)), SITE, TOKEN, in_days(0))
    assert unwrapped(read()).startswith(f"You chose {in_days(-3):%-d %B %Y} as the day to look ")


def test_of_several_versions_it_is_about_the_newest(finished: Draft) -> None:
    reminder = confirmed(finished.assessment, day=in_days(0))
    newer, _ = Assessment.objects.again(finished.now)
    newer.take(LENS, parse(LENS, CHANGE_HEAVY | {"project": {"name": "Renamed"}}))
    newer.finish(LENS)
    Reminder.objects.update(assessment=finished.assessment)
    mails.send_due(reminder, SITE, TOKEN, in_days(0))
    assert header("Subject") == "Time to look again: Renamed"


def test_a_consultants_word_stands_beside_the_verdict(finished: Draft, admin_user: Any) -> None:
    admin_user.first_name, admin_user.last_name = "Ada", "King"
    admin_user.save()
    Review.objects.write_and_publish(
        finished.now, 0, admin_user, text="Not so.", overrules="go", reason="The team knows Go."
    )
    reminder = confirmed(finished.assessment, day=in_days(0))
    mails.send_due(reminder, SITE, TOKEN, in_days(0))
    assert "Your consultant, Ada King, overruled it: start with Go." in unwrapped(read())


def test_without_names_and_changes_it_still_reads_well() -> None:
    nothing = draft({"format": LENS.answers_format, "answers": {}}, finished=True)
    mails.send_due(confirmed(nothing.assessment, day=in_days(0)), SITE, TOKEN, in_days(0))
    assert header("Subject") == "Time to look again"
    assert "look again at your backend." in unwrapped(read())
    assert "changes you expected" not in unwrapped(read())


# ---- How they are laid out ----


def all_mails(finished: Draft) -> Iterator[EmailMessage]:
    reminder = confirmed(finished.assessment, day=in_days(0))
    for send in sending(reminder):
        send()
        yield read()


def sending(reminder: Reminder) -> list[Callable[[], None]]:
    return [
        lambda: mails.send_code(reminder.email, "012345"),
        lambda: mails.send_confirmed(reminder, SITE, TOKEN),
        lambda: mails.send_due(reminder, SITE, TOKEN, in_days(0)),
    ]


def test_lines_are_short_and_addresses_whole(finished: Draft) -> None:
    for message in all_mails(finished):
        lines = text_of(message).splitlines()
        assert all(len(line) <= mails.WIDTH for line in lines if "://" not in line)
        assert all(line.startswith("https://") for line in lines if "://" in line)
        assert "\n\n\n" not in text_of(message)
        assert not any(line != line.rstrip() for line in lines)


def test_no_mark_up_and_no_escapes_are_in_them() -> None:
    marked = CHANGE_HEAVY | {"project": {"name": 'R&D <b>\'s "own"</b>'}}
    for message in all_mails(draft(marked, finished=True)):
        assert "&amp;" not in text_of(message)
        assert "&#" not in text_of(message)
    assert 'the backend of “R&D <b>\'s "own"</b>”' in unwrapped(read())


def test_the_later_ones_can_be_stopped_with_one_click(finished: Draft) -> None:
    first, *later = all_mails(finished)
    assert not STOPPING & set(first.keys())
    address = f"{SITE}/stop/{Reminder.objects.get().stop_key()}/"
    for message in later:
        assert header("List-Unsubscribe") == f"<{address}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"\n{address}\n" in text_of(message)
        assert EMAIL not in address


# ---- What nobody can put into them ----


class HostileTexts(TestCase):
    @given(text=texts(80), other=st.sampled_from(["\u2028Bcc: x@example.org", "\u202e", ""]))
    @examples(40)
    def test_a_text_adds_neither_headers_nor_lines(self, text: str, other: str) -> None:
        plain = [len(paragraphs(each)) for each in all_mails(draft(hostile("plain"), True))]
        read = list(all_mails(draft(hostile(text + other), finished=True)))
        assert [len(paragraphs(message)) for message in read] == plain
        for message in read:
            assert set(message.keys()) <= HEADERS | STOPPING
            assert message["To"] == EMAIL
            assert not any(c in text_of(message) for c in "\r\u2028\u2029\x85\x0b\x0c")


def hostile(text: str) -> Json:
    changes = [{"text": text, "kind": "schema", "likelihood": "likely"}]
    return with_answers(CHANGE_HEAVY, changes=changes) | {"project": {"name": text}}


def paragraphs(message: EmailMessage) -> list[str]:
    return text_of(message).split("\n\n")


def test_long_names_are_cut_in_the_subject_only() -> None:
    long = draft(CHANGE_HEAVY | {"project": {"name": "W" * 100}}, finished=True)
    mails.send_confirmed(confirmed(long.assessment), SITE, TOKEN)
    assert header("Subject") == f"The address of your result: {'W' * 59}…"
    assert "W" * 100 in text_of(read())


def test_words_from_right_to_left_turn_nothing_beside_them() -> None:
    turning = draft(CHANGE_HEAVY | {"project": {"name": "مشروع"}}, finished=True)
    mails.send_due(confirmed(turning.assessment, day=in_days(0)), SITE, TOKEN, in_days(0))
    assert header("Subject") == "Time to look again: \u2068مشروع\u2069"
    assert "the backend of “\u2068مشروع\u2069”." in unwrapped(read())


# ---- Servers that fail ----


@contextmanager
def server(answer: bytes | None) -> Iterator[int]:
    """The port of a mail server that says this and no more; nothing at all for None."""
    with create_server(("127.0.0.1", 0)) as listening:
        held: list[Any] = []

        def serve() -> None:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            held.append(connection)
            if answer is not None:
                connection.sendall(answer)
                connection.close()

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "SMTPServerDisconnected"),
        (b"554 go away\r\n", "SMTPConnectError"),
        (b"", "SMTPServerDisconnected"),
    ],
    ids=["hangs", "refuses", "hangs up"],
)
def test_a_server_that_fails_or_hangs_is_given_up(
    settings: Any, answer: bytes | None, reason: str
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.5
    with server(answer) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        with pytest.raises(mails.NotSent, match=reason) as failure:
            mails.send_code(EMAIL, "012345")
    assert EMAIL not in str(failure.value)


def test_no_mail_server_is_waited_for_longer_than_ten_seconds(settings: Any) -> None:
    assert settings.EMAIL_TIMEOUT == 10
