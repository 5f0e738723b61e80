"""Text made fit for typesetting: every character in it has a letter in one of our fonts.

PDF/A takes no character without one. Where no font has it, its number stands in its place, so that
a reader sees that there was something, and what: ``⟨U+13080⟩``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from .plain import clean

COVERAGE = Path(__file__).parent / "fonts" / "coverage.json"

# Seen by nobody, and needed: they join, part or turn letters, and the typesetter understands them.
# (Unicode's Default_Ignorable_Code_Point, less what it leaves unassigned.)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\uffa0\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
# The mark at the start of a file is forbidden in PDF/A; the other character without width means
# the same.
_SAME = str.maketrans({"\ufeff": "\N{WORD JOINER}"})
_TOO_LONG = re.compile(r"[^\s\u200b]{25,}")
_PIECE = 8  # letters of a word too long for a line after which it may be broken
# Places to break at in one text. Each nests what follows one level deeper, and Typst stops at 512.
_MOST_BREAKS, _MOST_BREAKS_STRICT = 300, 40
BREAK = "\N{ZERO WIDTH SPACE}"  # look.typ makes a gap of it that leaves nothing in the text


# What is followed, and has to stay as it is. The typesetter breaks addresses by itself.
ADDRESSES = {"address", "link", "site"}


def legible(data: Any, strict: bool = False) -> Any:
    """JSON data with all of its texts made fit; keys and addresses stay as they are."""
    if isinstance(data, str):
        return shown(data, strict)
    if isinstance(data, Mapping):
        return {
            key: value if key in ADDRESSES else legible(value, strict)
            for key, value in data.items()
        }
    if isinstance(data, Sequence):
        return [legible(value, strict) for value in data]
    return data


def shown(text: str, strict: bool = False) -> str:
    r"""The text with ``\n`` as its only control character, and with letters for all of it.

    A few letters that no font has together (a Hebrew point on an emoji) can still fail, and many
    very long words in one paragraph. ``strict`` leaves only what the first font has and what does
    not combine, and breaks less.
    """
    text = clean(text).translate(_SAME)
    keeps = _stays_strict if strict else _stays
    if not _plain().fullmatch(text):
        text = "".join(one if keeps(one) else f"⟨U+{ord(one):04X}⟩" for one in text)
    most = _MOST_BREAKS_STRICT if strict else _MOST_BREAKS
    in_long_words = sum(map(len, _TOO_LONG.findall(text)))
    piece = max(_PIECE, in_long_words // most + 1)
    return _TOO_LONG.sub(lambda word: _with_breaks(word[0], piece), text)


@lru_cache(maxsize=10_000)
def _stays(character: str) -> bool:
    return character == "\n" or bool(_UNSEEN.match(character)) or _is_covered(character, _runs())


@lru_cache(maxsize=10_000)
def _stays_strict(character: str) -> bool:
    combines = unicodedata.category(character)[0] in "MC"
    return character == "\n" or (not combines and _is_covered(character, _runs()[:1]))


def _is_covered(character: str, fonts: Sequence[Sequence[Sequence[int]]]) -> bool:
    # private characters mean something else in each font, or nothing
    if unicodedata.category(character) == "Co":
        return False
    number = ord(character)
    return any(first <= number <= last for runs in fonts for first, last in runs)


@cache
def _runs() -> list[list[list[int]]]:
    """Per font, in the order of asking, the runs of characters that it has."""
    return list(json.loads(COVERAGE.read_text(encoding="utf-8")).values())


@cache
def _plain() -> re.Pattern[str]:
    """Most texts, told in one look: Latin, and the punctuation of our own sentences."""
    return re.compile("[\n -~\u00a0-\u00ac\u00ae-\u024f‘’“”–—…→−×÷]*")


def _with_breaks(word: str, piece: int) -> str:
    """The word with places at which it may go on in the next line, as browsers do it."""
    pieces, letters = [""], 0
    for character in word:
        joined = _joins(character)
        if not joined and letters and letters % piece == 0:
            pieces.append("")
        pieces[-1] += character
        letters += not joined
    return BREAK.join(pieces)


def _joins(character: str) -> bool:
    """Whether it belongs to the letter before it."""
    return unicodedata.category(character)[0] == "M" or bool(_UNSEEN.match(character))
