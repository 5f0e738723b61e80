"""WordPiece, the tokenizer of BERT models (uncased), as far as one short sentence needs it.

Source: Devlin et al., “BERT” (2019); Wu et al., “Google's Neural Machine Translation System” (2016)
for WordPiece. ``data/vocab.txt`` is the vocabulary of bert-base-uncased (Apache-2.0), which
all-MiniLM-L6-v2 uses. The tests hold it to the `tokenizers` library, which is not needed to run.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).parent / "data" / "vocab.txt"
UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
CONTINUES = "##"
# A longer word is unknown: looking for its pieces takes time that grows with its square.
LONGEST_WORD = 100

# The scripts written without blanks, whose characters are words of their own.
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class Tokenizer:
    """Cuts a text into words, and the words into pieces that the vocabulary holds."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        self.begin, self.end = vocabulary[BEGIN], vocabulary[END]
        self.unknown = vocabulary[UNKNOWN]

    def pieces(self, words: Iterable[str]) -> list[int]:
        """The numbers of the pieces of some words, without a beginning and an end."""
        return [piece for word in words for piece in self._pieces_of(word)]

    def _pieces_of(self, word: str) -> list[int]:
        """From the left the longest piece each time; unknown as a whole where one is missing."""
        if len(word) > LONGEST_WORD:
            return [self.unknown]
        found, start = [], 0
        while start < len(word):
            piece, start = self._longest(word, start)
            if piece is None:
                return [self.unknown]
            found.append(piece)
        return found

    def _longest(self, word: str, start: int) -> tuple[int | None, int]:
        for end in range(len(word), start, -1):
            piece = self.vocabulary.get((CONTINUES if start else "") + word[start:end])
            if piece is not None:
                return piece, end
        return None, start


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case and without accents; each sign is a word of its own."""
    return "".join(map(_spaced, _plain(text))).split()


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", "".join(map(_kept, text)))
    bare = (character for character in apart if unicodedata.category(character) != "Mn")
    return "".join(character.lower() for character in bare)


def _kept(character: str) -> str:
    """A blank for any blank, nothing for a control character."""
    if character in "\t\n\r" or unicodedata.category(character).startswith("Z"):
        return " "
    if character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    return f" {character} " if _is_ideograph(character) else character


def _is_ideograph(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _IDEOGRAPHS)


def _spaced(character: str) -> str:
    return f" {character} " if _is_sign(character) else character


def _is_sign(character: str) -> bool:
    """Punctuation, and all of ASCII that is neither letter, digit nor blank."""
    if character.isascii():
        return not character.isalnum() and not character.isspace()
    return unicodedata.category(character).startswith("P")


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    pieces = VOCABULARY.read_text(encoding="utf-8").split("\n")[:-1]
    return Tokenizer({piece: number for number, piece in enumerate(pieces)})
