"""Token buckets, in the database, so that all processes and machines count together."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """One bucket, as the generic cell rate algorithm keeps it (ITU-T I.371): a single moment.

    ``full_at`` is when the bucket will be full again, in seconds since 1970. ``key`` is a hash: an
    address is never stored.
    """

    key = models.CharField(max_length=64, primary_key=True)
    full_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
