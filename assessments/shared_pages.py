"""Shared results, rendered once: what a link shows is pinned, so its page is too.

The pages are kept by the process, by assessment, the moment it was saved last, and what was
published of a review (``access.OF_SHARED``). Whether a link is (still) open is asked of the
database each time, so that a revoked one closes at once.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

KEPT = 200  # of some 25 KB each


@dataclass(frozen=True)
class Page:
    """A rendered page, plain and compressed, and its entity tag (RFC 9110, section 8.8.3)."""

    content: bytes
    zipped: bytes
    etag: str

    @classmethod
    def of(cls, content: bytes) -> Page:
        # Nothing on the page is secret from its reader or chosen by the request, so its
        # compressed size gives nothing away.
        tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
        return cls(content, gzip.compress(content, mtime=0), tag)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The page as this reader can take it, or word that what they have still stands."""
        takes_zipped = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        response = HttpResponse(self.zipped if takes_zipped else self.content)
        if takes_zipped:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
        response["Cache-Control"] = "private, no-cache"
        response["ETag"] = self.etag
        patch_vary_headers(response, ["Accept-Encoding"])
        if "HTTP_IF_NONE_MATCH" not in request.META:
            return response
        return get_conditional_response(request, etag=self.etag, response=response) or response


class Pages:
    """The pages used last; safe to use from several threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept, self._lock = kept, Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()

    def get(self, key: Hashable, render: Callable[[], bytes]) -> Page:
        """The page of a key, rendered where nobody has asked for it lately."""
        page = self.kept(key)
        if page is None:
            page = Page.of(render())
            with self._lock:
                self._pages[key] = page
                while len(self._pages) > self._kept:
                    self._pages.popitem(last=False)
        return page

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


shared_pages = Pages()
