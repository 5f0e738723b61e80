"""The weights and the sentences that they were learnt from belong together."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from assessments.suggest import CannotLoad, Classifier
from assessments.suggest.training.sentences import load_sentences
from assessments.suggest.weights import NONE, WEIGHTS, checksum, load_weights

SAMPLE = 300


def test_the_weights_were_learnt_from_the_sentences_as_they_are() -> None:
    """Whoever changes the sentences runs ``make train``."""
    assert load_weights().sentences == checksum()


def test_another_file_has_another_checksum(tmp_path: Path) -> None:
    changed = tmp_path / "sentences.jsonl"
    changed.write_text('{"text": "Connect Stripe", "kind": "schema", "hand": "a"}\n')
    assert checksum(changed) != checksum()


def test_the_weights_know_what_they_were_taught(known: Classifier) -> None:
    """Weights that were learnt from other labels, or with another model, would not."""
    taught = [sentence for sentence in load_sentences() if sentence.kind != NONE]
    sample = random.Random(0).sample(taught, SAMPLE)  # noqa: S311
    hits = sum(known.suggest(one.text).kind == one.kind for one in sample)
    assert hits / SAMPLE > 0.95


def test_they_are_small() -> None:
    assert WEIGHTS.stat().st_size < 1_000_000


def test_they_can_be_saved_and_read_back(tmp_path: Path) -> None:
    weights, path = load_weights(), tmp_path / "weights.npz"
    weights.save(path)
    again = load_weights(path)
    assert path.read_bytes() == WEIGHTS.read_bytes()
    assert (again.of_letters.matrix == weights.of_letters.matrix).all()
    assert again.kinds == weights.kinds


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no zip", "pickled", "lacks some"])
def test_a_file_that_is_not_theirs_is_refused(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "weights.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "pickled":
        np.savez(path, kinds=np.array([{"a": 1}], dtype=object))
    elif content:
        np.savez(path, kinds=np.array(["schema"]))
    with pytest.raises(CannotLoad, match=r"weights\.npz cannot be read"):
        load_weights(path)
