"""The weights and the sentences that they were learnt from belong together."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assessments.suggest import CannotLoad, Classifier, load_classifier
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
    with np.load(WEIGHTS) as before, np.load(path) as after:
        assert before.files == after.files
        assert all((before[name] == after[name]).all() for name in before.files)
    assert load_weights(path).kinds == weights.kinds


def test_bytes_that_were_damaged_are_refused_or_change_nothing_that_matters(
    tmp_path: Path,
) -> None:
    whole, path = WEIGHTS.read_bytes(), tmp_path / "weights.npz"
    for place in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with suppress(CannotLoad):
            load_weights(path)


def test_weights_for_another_model_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: Classifier
) -> None:
    weights = replace(known.weights, vectors=known.weights.vectors[:100])
    monkeypatch.setattr("assessments.suggest.classifying.load_weights", lambda: weights)
    with pytest.raises(CannotLoad, match="do not fit the model"):
        load_classifier()


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
