"""From a sentence to the two likeliest kinds of change, with how sure that is.

Three linear models look at the same sentence: at its vector, at its word pieces, at its letters.
Their scores are added up, as in a product of experts (Hinton 2002) whose weights are fixed, and
divided by a temperature that makes of them calibrated probabilities (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .because import telling_words
from .encoder import CannotLoad, Encoder, Floats, load_encoder
from .lexical import counted, letter_grams, word_grams
from .weights import NONE, Weights, load_weights
from .wordpiece import words_of

# What is longer is no sentence about one change. Only its beginning is looked at.
LONGEST = 1000


@dataclass(frozen=True)
class Suggestion:
    """The likeliest kind and the second; ``confidence`` from 0 to 1 is that of the first.

    ``abstain`` says that asking is better than suggesting: the text is no change, or of no kind
    that could be told.
    """

    kind: str
    also: str
    confidence: float
    abstain: bool


class Classifier:
    """Any text is taken; nothing of it is kept."""

    def __init__(self, encoder: Encoder, weights: Weights) -> None:
        self.encoder, self.weights = encoder, weights
        self.kinds = tuple(kind for kind in weights.kinds if kind != NONE)

    def suggest(self, text: str) -> Suggestion:
        found = self.chosen(self._chances([words_of(text[:LONGEST])])[0])
        return found if 0 < len(text.strip()) <= LONGEST else replace(found, abstain=True)

    def chosen(self, chances: Floats) -> Suggestion:
        """What the probabilities of the kinds come to."""
        ranked = [self.weights.kinds[place] for place in np.argsort(-chances, kind="stable")]
        kind, also = [name for name in ranked if name != NONE][:2]
        confidence = float(chances[self.weights.kinds.index(kind)])
        unsure = ranked[0] == NONE or confidence < self.weights.sure_from
        return Suggestion(kind, also, confidence, unsure)

    def because(self, text: str, kind: str) -> tuple[str, ...]:
        """The words without which the kind would be least likely, as they were written."""
        place = self.weights.kinds.index(kind)
        vocabulary = self.encoder.tokenizer.vocabulary
        return telling_words(text[:LONGEST], lambda texts: self._odds(texts, place), vocabulary)

    def _odds(self, texts: Sequence[str], place: int) -> Floats:
        """The logarithm of the odds of one kind, for each text."""
        chances = self._chances([words_of(text) for text in texts])[:, place]
        odds: Floats = np.log(chances) - np.log1p(-chances)
        return odds

    def _chances(self, sentences: Sequence[Sequence[str]]) -> Floats:
        """The probability of each kind, of shape (sentences, kinds)."""
        scores = self.encoder.vectors(sentences) @ self.weights.vectors + self.weights.bias
        for row, words in zip(scores, sentences, strict=True):
            pieces = self.encoder.tokenizer.pieces(words)
            row += self.weights.of_words.scores(counted(word_grams(pieces)))
            row += self.weights.of_letters.scores(counted(letter_grams(words)))
        return softmax(scores / self.weights.temperature)


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Floats = raised / raised.sum(axis=1, keepdims=True)
    return found


def load_classifier() -> Classifier:
    """Reads model and weights.

    Raises:
        CannotLoad: the extra is not installed, or a file is not what it should be.
    """
    made = Classifier(load_encoder(), load_weights())
    try:
        made.suggest("Connect Stripe for payments")
    except ValueError as error:  # of other shapes than the model's
        raise CannotLoad(f"the weights do not fit the model: {error}") from error
    return made
