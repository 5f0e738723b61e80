"""Learning the weights, with scikit-learn, which only this needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from ..classifying import softmax
from ..encoder import Encoder, Floats
from ..lexical import BUCKETS, Row, counted, letter_grams, rarities, weighed, word_grams
from ..weights import Lexical
from ..wordpiece import words_of

# How strongly each of the three is held back (the inverse of the regularisation).
HELD_VECTORS, HELD_LEXICAL = 2.0, 10.0
# The letters' models know the writers' habits, the vectors know English: they count a bit less.
SHARE_OF_LEXICAL = 0.75

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """Sentences as the three models see them."""

    vectors: Floats
    words: Sequence[Row]
    letters: Sequence[Row]

    def only(self, mask: Mask) -> Seen:
        def kept(rows: Sequence[Row]) -> list[Row]:
            return [row for row, keep in zip(rows, mask, strict=True) if keep]

        return Seen(self.vectors[mask], kept(self.words), kept(self.letters))


@dataclass(frozen=True)
class Learnt:
    """Three linear models, to be added up."""

    kinds: tuple[str, ...]
    vectors: Floats
    bias: Floats
    of_words: Lexical
    of_letters: Lexical

    def scores(self, seen: Seen) -> Floats:
        found = seen.vectors @ self.vectors + self.bias
        for rows, model in ((seen.words, self.of_words), (seen.letters, self.of_letters)):
            found = found + np.array([model.scores(row) for row in rows])
        return found


def see(encoder: Encoder, texts: Sequence[str]) -> Seen:
    """One by one, as they will be asked for: in a batch the others would move the last digits."""
    sentences = [words_of(text) for text in texts]
    pieces = [encoder.tokenizer.pieces(words) for words in sentences]
    return Seen(
        np.concatenate([encoder.vectors([words]) for words in sentences]),
        [counted(word_grams(row)) for row in pieces],
        [counted(letter_grams(words)) for words in sentences],
    )


def learn(seen: Seen, kinds: NDArray[np.str_]) -> Learnt:
    vectors = LogisticRegression(C=HELD_VECTORS, max_iter=2000).fit(seen.vectors, kinds)
    of_words, bias_of_words = _lexical(seen.words, kinds)
    of_letters, bias_of_letters = _lexical(seen.letters, kinds)
    bias = vectors.intercept_ + bias_of_words + bias_of_letters
    names = tuple(map(str, vectors.classes_))
    return Learnt(names, vectors.coef_.T, bias, of_words, of_letters)


def _lexical(rows: Sequence[Row], kinds: NDArray[np.str_]) -> tuple[Lexical, Floats]:
    rarity = rarities(rows)
    found = [weighed(row, rarity) for row in rows]
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in found)])
    buckets, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
    matrix = csr_matrix((weights, buckets, ends), shape=(len(rows), BUCKETS))
    model = LogisticRegression(C=HELD_LEXICAL, max_iter=2000).fit(matrix, kinds)
    share = SHARE_OF_LEXICAL
    return Lexical(rarity, model.coef_.T * share), model.intercept_ * share


def best_temperature(scores: Floats, right: NDArray[np.int64]) -> float:
    """That under which what came out had the highest likelihood."""

    def surprise(temperature: float) -> float:
        chances = softmax(scores / temperature)[np.arange(len(right)), right]
        return float(-np.log(chances).mean())

    return round(float(minimize_scalar(surprise, bounds=(0.2, 5), method="bounded").x), 3)
