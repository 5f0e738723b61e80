"""Forms of this site take no file, so a request that brings one is refused while it is read.

There is one view that takes one, and it says so itself.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


class NoFiles(FileUploadHandler):
    """Ends the request with 400 at the first file, before any of it is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SuspiciousFileOperation("A file was sent to a form that takes none.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never reached."""

    def file_complete(self, file_size: int) -> None:
        """Never reached."""


class OneFile(FileUploadHandler):
    """For the view that takes a file: one, in memory, up to a limit.

    A larger one, or one more, is read past and not kept, so that the page can say so. A view sets
    it in the place of `NoFiles` before anything reads the form, the check of its token included.
    """

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.limit, self.size = limit, 0
        self.parts: list[bytes] = []
        self.has_begun = False

    @property
    def is_too_large(self) -> bool:
        return self.size > self.limit

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.has_begun:
            raise SkipFile
        self.has_begun = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.is_too_large:
            self.parts.clear()
            raise SkipFile
        self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        return SimpleUploadedFile(self.file_name or "file", b"".join(self.parts))
