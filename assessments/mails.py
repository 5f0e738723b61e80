"""The mails: a code, then the address of the result, then a word on the day to look again.

Plain text, put together from templates in ``templates/site/mails``. Foreign text gets into a mail
on one line each, and into its subject likewise, so that it can add neither lines nor headers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from smtplib import SMTPException
from textwrap import fill
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from stackpick.addresses import address

from .engine.sentences import isolated
from .exports.plain import one_line
from .items import item_of
from .models import Assessment, Reminder
from .models.reminder import CODE_LIFE

WIDTH = 72
MOST_FLIPS = 5
LONGEST_NAME = 60  # in a subject
_BULLET = re.compile(r"(?:- |\d\. )?")


class NotSent(RuntimeError):
    """The mail did not leave; the text is for the log, and names nobody."""


def send_code(email: str, code: str) -> None:
    """The first mail, to an address that may be somebody else's: nothing in it opens anything.

    Nor are there anybody's own words in it, or strangers could be sent whatever one likes.

    Raises:
        NotSent: as the others here.
    """
    minutes = int(CODE_LIFE.total_seconds()) // 60
    text = _text("code", {"code": code, "minutes": minutes})
    _send(email, "Your code for StackPick", text)


def send_confirmed(reminder: Reminder, site: str, edit_token: str) -> None:
    """The second: the address of the result, this once."""
    assessment = reminder.assessment
    context = {
        "day": assessment.review_on,
        "what": _what(assessment),
        "edit_url": site + address("result", edit_token),
    }
    subject = _subject("The address of your result", assessment)
    _send_stoppable(reminder, site, "confirmed", subject, context)


def send_due(reminder: Reminder, site: str, again_token: str, today: date) -> None:
    """The mail of the day, on the newest version of what the reminder belongs to."""
    assessment = reminder.about()
    report, item = assessment.pinned(), item_of(assessment)
    context = {
        "day": reminder.assessment.review_on,
        "today": today,
        "what": _what(assessment),
        "finished": assessment.finished_at,
        "report": report,
        "overruling": item.overruling,
        "flips": report["flips"][:MOST_FLIPS],
        "changes": report["changes"],
        "again_url": site + address("reminded", again_token),
    }
    _send_stoppable(reminder, site, "due", _subject("Time to look again", assessment), context)


def line(text: str) -> str:
    """Foreign words on one line, that cannot turn the direction of what stands beside them."""
    return isolated(one_line(text))


def wrapped(text: str) -> str:
    """Each line filled to the width of a mail; one long word, such as an address, stays whole."""
    return "\n".join(map(_wrapped, text.split("\n")))


def _wrapped(line: str) -> str:
    bullet = _BULLET.match(line)
    indent = " " * len(bullet[0] if bullet else "")
    return fill(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _what(assessment: Assessment) -> str:
    name = one_line(assessment.pinned()["project"].get("name", ""))
    return f"the backend of “{isolated(name)}”" if name else "your backend"


def _subject(words: str, assessment: Assessment) -> str:
    """Our own words, and the project's name as far as it goes into a subject."""
    name = one_line(assessment.pinned()["project"].get("name", ""))
    cut = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
    return f"{words}: {isolated(cut)}" if cut else words


def _send_stoppable(
    reminder: Reminder, site: str, template: str, subject: str, context: Mapping[str, Any]
) -> None:
    """With the link that stops it, for people and for mail programs (RFC 8058)."""
    stop_url = site + address("stop", reminder.stop_key())
    headers = {
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    text = _text(template, {**context, "stop_url": stop_url})
    _send(reminder.email, subject, text, headers)


def _text(template: str, context: Mapping[str, Any]) -> str:
    text = render_to_string(f"mails/{template}.txt", {**context, "line": line})
    return wrapped(text.strip()) + "\n"


def _send(to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
    # Nobody's holiday is to answer it (RFC 3834).
    all_headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
    try:
        EmailMessage(subject, text, to=[to], headers=all_headers).send()
    except (OSError, SMTPException, UnicodeError) as error:
        # What it says may hold the address.
        raise NotSent(type(error).__name__) from None
