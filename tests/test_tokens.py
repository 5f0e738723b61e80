"""Capability tokens: 256 random bits, told from anything else, stored as their SHA-256 only."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode

import pytest

from assessments.tokens import looks_like_token, new_token, token_hash


def test_a_token_is_256_bits_that_are_safe_in_an_address() -> None:
    for token in (new_token() for _ in range(50)):
        assert len(urlsafe_b64decode(token + "=")) == 32
        assert looks_like_token(token)


def test_no_two_tokens_are_alike() -> None:
    assert len({new_token() for _ in range(1000)}) == 1000


def test_what_is_stored_is_the_sha256_of_the_token() -> None:
    token = "A" * 43
    assert token_hash(token) == hashlib.sha256(b"A" * 43).hexdigest()
    assert token_hash(token) != token_hash("A" * 42 + "B")


NO_TOKENS = ["", "A" * 42, "A" * 44, *("A" * 42 + odd for odd in "=\n\0/é"), "A" * 43 + "\n"]


@pytest.mark.parametrize("text", [*NO_TOKENS, " " + "A" * 42, "٣" * 43, "🦀" * 43])
def test_what_cannot_be_a_token_is_told_before_the_database_is_asked(text: str) -> None:
    assert not looks_like_token(text)
