"""Which passwords of the desk are too easy, beside those that Django knows to be."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

# What somebody thinks of first who is to make up a password for this site.
OUR_WORDS = ("stackpick", "stack pick", "fastapi", "consultant", "assessment", "founder", "verdict")
ENOUGH_BESIDE = 8


class NotOurOwnWords:
    """Refuses a password of which little is left without the words of this site."""

    def validate(self, password: str, user: Any = None) -> None:
        said = rest = password.casefold()
        for word in OUR_WORDS:
            rest = rest.replace(word, "")
        if rest != said and len(rest) < ENOUGH_BESIDE:
            raise ValidationError(self.get_help_text(), code="password_of_our_words")

    def get_help_text(self) -> str:
        return "Your password can’t be made of words of this site, such as its name."
