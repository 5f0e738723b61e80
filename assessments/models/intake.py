"""Answers files on their way in: uploaded and looked through, but not imported yet."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models

from .client import Client

IMPORT_KEPT = timedelta(days=1)


class PendingImport(models.Model):
    """An uploaded file between its preview and the word to import it."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.file_name
