"""Publishes a consultant's review of a founder's result; runs beside a server."""

from __future__ import annotations

from django.contrib.auth.models import User

from assessments import access
from assessments.models import Review

TEXT = """\
The answers hold together, and the verdict follows from them. Two things to watch:

- The **tariff rules** change more often than the list says.
- Nobody has been on call before.

## What I would do first

1. Write down what a booking is, and let two people check it.
2. Put a time limit on every call to others.

| Until | What |
|---|---|
| March | one harbour, by hand |
| June | five harbours |

> We can always rewrite it, said everybody, once.
"""
REASON = "The team has written Go for years, and this has to hold from the first day."


def publish(edit_token: str, wordy: bool, overrule: bool = False) -> None:
    """A review of the assessment of this edit token; where ``wordy``, each text is a long word."""
    assessment, name = access.editable(edit_token), "W" * 75 if wordy else "Robin"
    by = User.objects.get_or_create(username=name, defaults={"is_staff": True})[0]
    other = "go" if assessment.stack == "fastapi" else "fastapi"
    text, reason = ("W" * 500, "W" * 500) if wordy else (TEXT, REASON)
    overruled = {"overrules": other, "reason": reason} if overrule else {}
    Review.objects.write_and_publish(assessment, 0, by, text=text, **overruled)
