"""The labelled sentences: read, checked, and cut into folds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..weights import SENTENCES

FOLDS = 5


@dataclass(frozen=True)
class Sentence:
    """``hand`` is who wrote it: a voice, an occasion, a stock of words."""

    text: str
    kind: str
    hand: str


def load_sentences(path: Path = SENTENCES) -> list[Sentence]:
    with path.open(encoding="utf-8") as lines:
        return [Sentence(**json.loads(line)) for line in lines]


def folds(sentences: Sequence[Sentence]) -> Iterator[NDArray[np.bool_]]:
    """For each fold which sentences are tested in it: whole hands, so that no habit of a writer
    that was learnt from helps in the test. As even as can be: the longest goes to the shortest."""
    hands = [sentence.hand for sentence in sentences]
    sizes = sorted(((hands.count(hand), hand) for hand in set(hands)), reverse=True)
    members: list[list[str]] = [[] for _ in range(FOLDS)]
    filled = [0] * FOLDS
    for size, hand in sizes:
        least = filled.index(min(filled))
        members[least].append(hand)
        filled[least] += size
    for names in members:
        yield np.array([hand in names for hand in hands])
