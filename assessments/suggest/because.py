"""Why a kind is suggested: the words without which it would be least likely (occlusion)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .encoder import Floats
from .wordpiece import words_of

MOST = 3
# So many are left out in turn, the rarest words first: each costs as much as a suggestion.
TRIED = 6
# The vocabulary begins with single signs and then goes by how common a word is: “the” is its
# number 1996. What is as common as this gives no reason.
COMMON = 2300
# What is no word of the vocabulary.
RAREST = 1_000_000
# Rarer in that vocabulary's books than in a sentence about a change.
FILLERS = frozenset(
    [
        "again",
        "another",
        "anything",
        "because",
        "cannot",
        "don",
        "each",
        "every",
        "everything",
        "instead",
        "least",
        "less",
        "more",
        "must",
        "need",
        "needs",
        "never",
        "now",
        "once",
        "per",
        "should",
        "sometimes",
        "something",
        "ten",
        "times",
        "via",
        "want",
        "wants",
        "whether",
        "which",
        "within",
        "without",
        "yet",
    ]
)
# By how much the logarithm of the odds has to fall: the odds lose a quarter.
TELLING = 0.3

_WORD = re.compile(r"[^\W_]+(?:['’.+#/-][^\W_]+)*")
Odds = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True)
class _Word:
    text: str
    key: str
    rarity: int


def telling_words(text: str, odds: Odds, vocabulary: Mapping[str, int]) -> tuple[str, ...]:
    """At most three words, the most telling first; ``odds`` takes texts, the whole one too."""
    words = sorted(_words(text, vocabulary), key=lambda word: -word.rarity)[:TRIED]
    if not words:
        return ()
    whole, *without = odds([text, *(_without(text, word) for word in words)])
    falls = sorted(
        ((whole - rest, word) for rest, word in zip(without, words, strict=True)),
        key=lambda fall: -fall[0],
    )
    return tuple(word.text for fall, word in falls[:MOST] if fall >= TELLING)


def _words(text: str, vocabulary: Mapping[str, int]) -> list[_Word]:
    """The words that could be a reason, each once, as it is written first."""
    found: dict[str, _Word] = {}
    for match in _WORD.finditer(text):
        rarity, key = _rarity(match[0], vocabulary), match[0].lower()
        if rarity > COMMON and key not in FILLERS:
            found.setdefault(key, _Word(match[0], key, rarity))
    return list(found.values())


def _rarity(word: str, vocabulary: Mapping[str, int]) -> int:
    """Its number in the vocabulary, of several parts the highest."""
    return max((vocabulary.get(part, RAREST) for part in words_of(word)), default=0)


def _without(text: str, word: _Word) -> str:
    """The text without the word, wherever it stands."""
    return _WORD.sub(lambda match: "" if match[0].lower() == word.key else match[0], text)
