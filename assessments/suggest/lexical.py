"""A text by its letters: which short pieces of it there are, weighed by how rare they are (TF-IDF).

Beside the vectors of a language model this catches what that was never trained on: names of
products, jargon, misspellings. Pieces are sorted into buckets by a checksum (feature hashing,
Weinberger et al. 2009), so that no vocabulary has to be kept.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BUCKETS = 2**14
LETTERS = range(3, 6)  # how many at a time

Row = tuple[NDArray[np.int64], NDArray[np.float64]]


def word_grams(pieces: Sequence[int]) -> Iterator[str]:
    """Each piece of WordPiece, and each two that follow one another."""
    yield from map(str, pieces)
    for first, second in pairwise(pieces):
        yield f"{first} {second}"


def letter_grams(words: Iterable[str]) -> Iterator[str]:
    """Three to five letters in a row, of words with their edges."""
    for word in words:
        edged = f" {word} "
        for length in LETTERS:
            for start in range(len(edged) - length + 1):
                yield edged[start : start + length]


def counted(grams: Iterable[str]) -> Row:
    """Buckets in rising order, and how much is in each: 1 + log of the count."""
    found = sorted(Counter(zlib.crc32(gram.encode()) % BUCKETS for gram in grams).items())
    buckets = np.array([bucket for bucket, _ in found], dtype=np.int64)
    counts = np.array([count for _, count in found], dtype=np.float64)
    return buckets, 1.0 + np.log(counts)


def weighed(row: Row, rarity: NDArray[np.float64]) -> Row:
    """The same with each bucket weighed by its rarity, and of length 1."""
    buckets, amounts = row
    weights = amounts * rarity[buckets]
    length = float(np.linalg.norm(weights))
    return buckets, weights / length if length else weights


def rarities(rows: Sequence[Row]) -> NDArray[np.float64]:
    """How rare each bucket is in these texts: the smoothed inverse document frequency."""
    in_texts = np.zeros(BUCKETS)
    for buckets, _ in rows:
        in_texts[buckets] += 1
    return np.log((1 + len(rows)) / (1 + in_texts)) + 1
