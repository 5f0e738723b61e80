"""Text from outside: whether it can be stored, and how it is quoted."""

from __future__ import annotations

import unicodedata


def text_problem(text: str, limit: int) -> str | None:
    """Why a text cannot be stored, as a sentence; ``None`` where it can."""
    if len(text) > limit:
        return f"is {len(text)} characters long; at most {limit} are allowed"
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs":
            return "contains half of a character (a lone surrogate), which is not text"
        if category == "Cc":
            return f"contains a control character (U+{ord(character):04X})"
    return None


def clip(text: str) -> str:
    """Foreign text made fit for one line of a message."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return clean if len(clean) <= 60 else f"{clean[:57]}…"
