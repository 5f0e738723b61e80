"""The files from elsewhere are the ones that their lists name, byte for byte."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.servers import ROOT

SUM = re.compile(r"^([0-9a-f]{64})  (\S+)$", re.MULTILINE)
# The list, and the folder that its paths start from.
LISTS = {
    "static/vendor/README.md": "static",
    "tests/vendor/README.md": "tests/vendor",
    "assessments/exports/fonts/README.md": "assessments/exports/fonts",
}


@pytest.mark.parametrize("listed", LISTS)
def test_every_vendored_file_is_the_one_that_its_list_names(listed: str) -> None:
    folder = Path(ROOT, LISTS[listed])
    sums = {path: sha for sha, path in SUM.findall(Path(ROOT, listed).read_text())}
    assert sums
    found = {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in sums}
    assert found == sums


def test_axe_is_the_version_that_the_list_says() -> None:
    source = Path(ROOT, "tests/vendor/axe-core/axe.min.js").read_text()
    listed = Path(ROOT, "tests/vendor/README.md").read_text()
    version = re.match(r"/\*! axe v([\d.]+)", source)
    assert version
    assert f"npm package `axe-core` {version[1]}, unchanged" in listed
