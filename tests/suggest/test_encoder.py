"""The model is the one that the weights were made for, or it is not used at all."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from assessments.suggest import (
    CannotLoad,
    Classifier,
    classifier,
    encoder,
    load_classifier,
    why_not,
)
from assessments.suggest.encoder import HIDDEN, POOLINGS, WIDTH
from assessments.suggest.wordpiece import words_of


def vectors(known: Classifier, *texts: str) -> encoder.Floats:
    return known.encoder.vectors([words_of(text) for text in texts])


def test_each_of_the_four_parts_is_of_length_one(known: Classifier) -> None:
    found = vectors(known, "Connect Stripe", "", "a" * 1000)
    assert found.shape == (3, WIDTH)
    assert np.allclose(np.linalg.norm(found.reshape(3, POOLINGS, HIDDEN), axis=2), 1)


def test_the_mean_is_the_sentence_vector_that_the_model_was_made_for(known: Classifier) -> None:
    """Sentences that mean the same are near one another, others are not."""
    same, like, other = vectors(
        known, "Invoices can be paid by card", "Paying bills with a credit card", "A dog barks"
    )[:, :HIDDEN]
    assert same @ like > 0.6
    assert same @ other < 0.3


def test_what_stands_beside_it_moves_a_sentence_by_next_to_nothing(known: Classifier) -> None:
    alone = vectors(known, "Connect Stripe")[0]
    assert np.allclose(alone, vectors(known, "Connect Stripe", "Ten words " * 9)[0], atol=1e-4)


def test_signs_make_no_difference(known: Classifier) -> None:
    assert (vectors(known, "“Connect” – Stripe!")[0] == vectors(known, "connect stripe")[0]).all()


def test_without_the_runtime_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(CannotLoad, match="onnxruntime cannot be imported"):
        load_classifier()


def test_a_runtime_that_does_not_fit_is_as_good_as_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise AttributeError('_ARRAY_API not found')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)
    with pytest.raises(CannotLoad, match="_ARRAY_API not found"):
        load_classifier()


def test_without_the_model_it_says_so(monkeypatch: pytest.MonkeyPatch, known: Classifier) -> None:
    monkeypatch.setattr(encoder, "PACKAGE", "no_such_package")
    with pytest.raises(CannotLoad, match="no-such-package is not installed"):
        load_classifier()


@pytest.mark.parametrize("broken", ["cut", "missing", "other"])
def test_a_file_that_is_not_the_model_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: Classifier, broken: str
) -> None:
    spec = find_spec(encoder.PACKAGE)
    assert spec is not None
    assert spec.origin
    whole = (Path(spec.origin).parent / "model.onnx").read_bytes()
    contents = {"cut": whole[:-1], "other": whole[:-1] + bytes([whole[-1] ^ 1])}
    if broken in contents:
        (tmp_path / "model.onnx").write_bytes(contents[broken])
    monkeypatch.setattr(encoder, "_model_file", lambda: tmp_path / "model.onnx")
    with pytest.raises(CannotLoad, match=r"model\.onnx (is not the file|cannot be read)"):
        load_classifier()


def test_whoever_asks_goes_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    from assessments import suggest

    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    suggest._loaded.cache_clear()
    try:
        assert classifier() is None
        assert "onnxruntime" in why_not()
    finally:
        suggest._loaded.cache_clear()
