"""What was learnt from the sentences, in one small file that `make train` writes.

Matrices are kept in half precision, which moves no confidence by a hundredth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from .encoder import CannotLoad, Floats
from .lexical import Row, weighed

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER / "data" / "weights.npz"
SENTENCES = FOLDER / "training" / "sentences.jsonl"
# What is no change, or none that could be placed; never suggested.
NONE = "none"


@dataclass(frozen=True)
class Lexical:
    """A linear model over buckets: how rare each is, and what it says of each kind."""

    rarity: Floats  # (buckets,)
    matrix: Floats  # (buckets, kinds)

    def scores(self, row: Row) -> Floats:
        buckets, weights = weighed(row, self.rarity)
        found: Floats = weights @ self.matrix[buckets]
        return found


@dataclass(frozen=True)
class Weights:
    """``kinds`` names the columns; ``sentences`` is the checksum of what was learnt from."""

    kinds: tuple[str, ...]
    vectors: Floats  # (1536, kinds)
    bias: Floats  # (kinds,)
    of_words: Lexical
    of_letters: Lexical
    temperature: float
    sure_from: float
    sentences: str

    def save(self, path: Path = WEIGHTS) -> None:
        half = np.float16
        np.savez_compressed(
            path,
            kinds=np.array(self.kinds),
            vectors=self.vectors.astype(half),
            bias=self.bias,
            word_rarity=self.of_words.rarity.astype(half),
            word_matrix=self.of_words.matrix.astype(half),
            letter_rarity=self.of_letters.rarity.astype(half),
            letter_matrix=self.of_letters.matrix.astype(half),
            numbers=np.array([self.temperature, self.sure_from]),
            sentences=np.array(self.sentences),
        )

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any]) -> Self:
        def wide(name: str) -> Floats:
            return np.asarray(arrays[name], dtype=np.float64)

        temperature, sure_from = map(float, arrays["numbers"])
        return cls(
            kinds=tuple(map(str, arrays["kinds"])),
            vectors=wide("vectors"),
            bias=wide("bias"),
            of_words=Lexical(wide("word_rarity"), wide("word_matrix")),
            of_letters=Lexical(wide("letter_rarity"), wide("letter_matrix")),
            temperature=temperature,
            sure_from=sure_from,
            sentences=str(arrays["sentences"]),
        )


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Raises CannotLoad where the file is missing or is not what `make train` writes."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Weights.of_arrays(arrays)
    except Exception as error:  # zip, zlib, NumPy: each has kinds of its own
        raise CannotLoad(f"{path.name} cannot be read: {error}") from error


def checksum(path: Path = SENTENCES) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
