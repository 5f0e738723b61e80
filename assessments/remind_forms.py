"""The forms around reminders: the address, the code that shows whose it is, and beginning again."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from django import forms
from django.utils import timezone

from .models import Assessment, Reminder
from .models.reminder import MOST_TRIES

NO_ADDRESS = "Give an e-mail address, such as name@example.org, please."
NOT_SENT = "The mail could not be sent, and nothing was changed. Please try again in a few minutes."
CODE_IS_OVER = (
    f"This code no longer counts: it is older than 30 minutes, or was tried {MOST_TRIES} times. "
    "Have another one sent."
)
DAY_IS_OVER = "The day to look again has come already. Choose another day first."


class EmailForm(forms.Form):
    """Where the reminder is to go."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages=dict.fromkeys(("required", "invalid", "max_length"), NO_ADDRESS),
    )

    def clean_email(self) -> str:
        """Without quotation marks: anything may stand between them, and no mailbox needs them."""
        email: str = self.cleaned_data["email"]
        if '"' in email or not email.isprintable():
            raise forms.ValidationError(NO_ADDRESS)
        return email


class CodeForm(forms.Form):
    """The six digits of the first mail, however they are spaced."""

    code = forms.CharField(
        label="Code from the mail",
        max_length=40,
        error_messages=dict.fromkeys(
            ("required", "max_length"), "Type the six digits of the mail, please."
        ),
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split()).replace("-", "")
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            raise forms.ValidationError("The code is six digits: type those of the mail, please.")
        return code

    def refuse(self, reminder: Reminder) -> None:
        """Says that it was another code, and how often one may try."""
        left = reminder.tries_left
        if not left:
            self.add_error(None, CODE_IS_OVER)
            return
        tries = "once more" if left == 1 else f"{left} more times"
        self.add_error("code", f"That is not the code of the last mail. You can try {tries}.")


class AgainForm(forms.Form):
    """How many versions had been begun when the page was opened: its button begins one more."""

    begun = forms.IntegerField(min_value=0, max_value=10_000)


def remind_context(
    assessment: Assessment, form: EmailForm | CodeForm | None = None
) -> dict[str, Any]:
    """What ``results/_remind.html`` shows, with the form as it was sent."""
    reminder = Reminder.objects.of(assessment)
    return {
        "reminder": reminder,
        "masked_email": masked(reminder.email) if reminder else "",
        "email_form": form if isinstance(form, EmailForm) else EmailForm(),
        "code_form": form if isinstance(form, CodeForm) else CodeForm(),
        "day_is_over": day_is_over(assessment),
    }


def day_is_over(assessment: Assessment) -> bool:
    """Whether the day to look again has come, so that there is none to remind of."""
    day = assessment.review_on
    return day is None or day <= timezone.localdate()


def masked(email: str) -> str:
    """Enough of an address to know one's own by: whoever is given the edit link sees it too."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def wait_in_words(seconds: int) -> str:
    """How long until one may try again, rounded up: ``3 minutes``, ``2 hours``."""
    wait = timedelta(seconds=seconds)
    for unit, length in (("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if wait > length:
            return f"{ceil(wait / length)} {unit}s"
    return "a minute"
