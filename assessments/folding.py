"""Words as the search compares them: without case and without marks above or below a letter."""

from __future__ import annotations

import re
import unicodedata

# Longer words are compared by their beginning; PostgreSQL refuses words of 2 KB and more.
LONGEST = 60
_WORD = re.compile(r"\w+")


def fold(text: str) -> list[str]:
    """The words of a text, each once, in the order in which they come.

    A word holds letters, digits and underscores alone, so that no word can be read as part of a
    query's own syntax.
    """
    plain = _without_marks(_without_marks(text).casefold())
    return list(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(plain)))


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.category(letter).startswith("M"))
