"""Backups of the whole database, and the proof that one can be restored.

A backup is one file and beside it its record: when it was taken, its SHA-256, and for each table
how many rows it holds and a hash over all of them. `taking` makes both; `restoring` puts a file
into an empty database, for good or for a look.
"""

from __future__ import annotations


class CannotBackUp(Exception):
    """What stands in the way, in one sentence for the operator; it never holds a password."""
