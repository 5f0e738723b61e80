"""A founder's text cut into plain words, so that it can be held against lists of words."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile("['’]")
# “sign-up” and “signup” are one word; “2-3” stays two numbers
_HYPHENS = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")
# Part of a word where it makes a difference: “C++”, “C#”, “10%”. A currency may stand alone.
_CURRENCIES = "€$£"
_KEPT = "+#%" + _CURRENCIES
_NO_PLURALS = ("ss", "us", "is")


def words_in(text: str) -> list[str]:
    """The words in one spelling: no case, punctuation or emoji, and no plural s."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    joined = _HYPHENS.sub("", _APOSTROPHES.sub("", folded))
    cut = "".join(c if _belongs(c) else " " for c in joined).split()
    return [_singular(word) for word in cut if any(map(_tells, word))]


def _belongs(character: str) -> bool:
    # Marks belong to the letter before them: without them, other words would look the same.
    return unicodedata.category(character)[0] in "LMN" or character in _KEPT


def _tells(character: str) -> bool:
    return character.isalnum() or character in _CURRENCIES


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(_NO_PLURALS)
    return word[:-1] if plural else word
