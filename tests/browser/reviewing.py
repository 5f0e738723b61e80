"""Publishes a consultant's review of a founder's result, for the browser tests.

    DATABASE_URL=… python -m tests.browser.reviewing TOKEN [--overrule] [--wordy]

A process of its own, as the tests' process uses another database.
"""

from __future__ import annotations

import argparse
import os

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "stackpick.settings"
    django.setup()

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("token")
    parser.add_argument("--overrule", action="store_true")
    parser.add_argument("--wordy", action="store_true", help="every text is one long word")
    given = parser.parse_args()
    assessment, name = access.editable(given.token), "W" * 75 if given.wordy else "Robin"
    by = User.objects.get_or_create(username=name, defaults={"is_staff": True})[0]
    other = "go" if assessment.stack == "fastapi" else "fastapi"
    text, reason = ("W" * 500, "W" * 500) if given.wordy else (TEXT, REASON)
    overruled = {"overrules": other, "reason": reason} if given.overrule else {}
    Review.objects.write_and_publish(assessment, 0, by, text=text, **overruled)


if __name__ == "__main__":
    main()
