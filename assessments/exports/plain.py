"""Foreign text made fit for files: no control characters, no halves of characters."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_GAPS = re.compile("[ \n]+")


def clean(text: str) -> str:
    r"""The text with ``\n`` as its only control character; others become blanks.

    Lone surrogates, which no encoding can write, become the replacement character.
    """
    return "".join(map(_clean, _BREAKS.sub("\n", text)))


def _clean(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return " " if category == "Cc" and character != "\n" else character


def one_line(text: str) -> str:
    """The text on one line, without blanks around it and with single ones inside."""
    return _GAPS.sub(" ", clean(text)).strip()
