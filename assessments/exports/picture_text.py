"""Words inside a PNG: international text chunks (PNG, third edition, section 11.3.4.5)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from .plain import clean

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END_OF_HEADER = len(SIGNATURE) + 8 + 13 + 4  # the first chunk: length and name, its 13 bytes, sum
LANGUAGE = b"en"


def with_text(picture: bytes, texts: Mapping[str, str]) -> bytes:
    """The picture with these texts right after its header.

    Args:
        picture: a PNG.
        texts: by keyword, which is Latin-1 and at most 79 characters, such as ``Description``.

    Raises:
        ValueError: it is no PNG.
    """
    if not picture.startswith(SIGNATURE) or picture[12:16] != b"IHDR":
        raise ValueError("not a PNG")
    chunks = b"".join(_chunk(b"iTXt", _body(key, text)) for key, text in texts.items())
    return picture[:END_OF_HEADER] + chunks + picture[END_OF_HEADER:]


def _body(keyword: str, text: str) -> bytes:
    """Keyword, not compressed, method 0, language, no translated keyword, text."""
    plain = clean(text).encode()
    return keyword.encode("latin-1") + b"\0\0\0" + LANGUAGE + b"\0\0" + plain


def _chunk(name: bytes, body: bytes) -> bytes:
    total = zlib.crc32(name + body)
    return len(body).to_bytes(4, "big") + name + body + total.to_bytes(4, "big")
