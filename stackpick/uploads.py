"""No form of this site takes a file, so a request that brings one is refused while it is read."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadhandler import FileUploadHandler


class NoFiles(FileUploadHandler):
    """Ends the request with 400 at the first file, before any of it is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SuspiciousFileOperation("A file was sent to a form that takes none.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never reached."""

    def file_complete(self, file_size: int) -> None:
        """Never reached."""
