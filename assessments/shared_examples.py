"""Files of the worked examples, set once for all machines where there is a shared cache.

They are the same for everybody and public, and the dearest of what is not somebody's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from functools import cache
from hashlib import sha256
from pathlib import Path

from stackpick.caches import shared

from .shared_pages import Page

SECONDS = 24 * 3600
_MADE_OF = {".py", ".typ", ".toml", ".json"}


def file_of_example(key: Hashable, rendered: Callable[[], Page]) -> Page:
    """The file that is kept by this key, or else as it is rendered now."""
    name = f"example:{sha256(f'{release()} {key!r}'.encode()).hexdigest()}"
    kept = shared.get(name)
    if kept is not None:
        headers, _, content = kept.partition(b"\n")
        return Page.of(content, json.loads(headers))
    page = rendered()
    shared.put(name, json.dumps(dict(page.headers)).encode() + b"\n" + page.content, SECONDS)
    return page


@cache
def release() -> str:
    """What this code is: while a release is under way, the old and the new keep files apart."""
    found = sha256()
    for file in sorted(Path(__file__).parent.rglob("*")):
        if file.suffix in _MADE_OF:
            found.update(file.read_bytes())
    return found.hexdigest()
