"""Shared results and their files, rendered once: what a link shows is pinned, so these are too.

They are kept by the process, by link, the moment the assessment was saved last, and what was
published of a review (``access.OF_SHARED``). Whether a link is (still) open is asked of the
database each time, so that a revoked one closes at once.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

KEPT_BYTES = 8 * 1024 * 1024
HTML: Mapping[str, str] = MappingProxyType({"Content-Type": "text/html; charset=utf-8"})


@dataclass(frozen=True)
class Page:
    """A rendered page or file, plain and compressed, its headers, and its entity tag (RFC 9110,
    section 8.8.3)."""

    content: bytes
    zipped: bytes
    etag: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, content: bytes, headers: Mapping[str, str] = HTML) -> Page:
        # Nothing in it is secret from its reader or chosen by the request, so its compressed size
        # gives nothing away. Files that hardly get smaller are kept so too: whatever is sent
        # uncompressed would be compressed anew for each reader on its way out.
        tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
        return cls(content, gzip.compress(content, mtime=0), tag, headers)

    @property
    def size(self) -> int:
        """The memory it takes, in bytes."""
        return len(self.content) + len(self.zipped)

    def plain_answer(self, request: HttpRequest) -> HttpResponse:
        """The page as this reader can take it, with not a word about how long it may be kept."""
        takes_zipped = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        content = self.zipped if takes_zipped else self.content
        response = HttpResponse(content, headers=dict(self.headers))
        if takes_zipped:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(content))
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The page to keep as long as it stands, or word that what this reader has still does."""
        response = self.plain_answer(request)
        response["Cache-Control"] = "private, no-cache"
        response["ETag"] = self.etag
        if "HTTP_IF_NONE_MATCH" not in request.META:
            return response
        return get_conditional_response(request, etag=self.etag, response=response) or response


class Pages:
    """The pages used last, up to so many bytes; safe to use from several threads."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes, self._bytes, self._lock = most_bytes, 0, Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()

    def get(self, key: Hashable, render: Callable[[], Page]) -> Page:
        """The page of a key, rendered where nobody has asked for it lately."""
        page = self.kept(key)
        if page is None:
            page = render()
            self._keep(key, page)
        return page

    def _keep(self, key: Hashable, page: Page) -> None:
        with self._lock:
            self._take_out(key)  # another thread may have been quicker
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self._most_bytes:
                self._take_out(next(iter(self._pages)))

    def _take_out(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        self._bytes -= page.size if page else 0

    def kept(self, key: Hashable) -> Page | None:
        """The page of a key, where it is kept."""
        with self._lock:
            page = self._pages.get(key)
            if page:
                self._pages.move_to_end(key)
            return page

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0


# Apart, so that a few large files do not push out all the pages.
shared_pages, shared_files = Pages(), Pages()
