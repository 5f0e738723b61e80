"""Shared results, rendered once: what a link shows is pinned, so its page is too.

The pages are kept by the process, by assessment and the moment its report was pinned. Whether a
link is (still) open is asked of the database each time, so that a revoked one closes at once.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

KEPT = 200  # of some 25 KB each


@dataclass(frozen=True)
class Page:
    """A rendered page and its entity tag (RFC 9110, section 8.8.3)."""

    content: bytes
    etag: str


class Pages:
    """The pages used last; safe to use from several threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept, self._lock = kept, Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()

    def get(self, key: Hashable, render: Callable[[], bytes]) -> Page:
        """The page of a key, rendered where nobody has asked for it lately."""
        with self._lock:
            page = self._pages.get(key)
            if page:
                self._pages.move_to_end(key)
                return page
        content = render()
        page = Page(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > self._kept:
                self._pages.popitem(last=False)
        return page

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


shared_pages = Pages()
