"""Capability URLs: 256 random bits in the address, only their SHA-256 in the database.

Whoever holds the address may do what it stands for; whoever reads the database cannot make it.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits in 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored in place of the token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def looks_like_token(text: str) -> bool:
    """Whether the text could be a token at all, before the database is asked."""
    return _SHAPE.fullmatch(text) is not None
