"""The files of docs/operations do what they are for."""

from __future__ import annotations

from tests.servers import ROOT

FILES = ROOT / "docs" / "operations"
TOKEN = "abcDEF0123456789abcDEF0123456789abcDEF01234"
HOST = "stackpick.example.org"
