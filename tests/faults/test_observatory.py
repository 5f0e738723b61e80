"""The MDN HTTP Observatory, run for real against Gunicorn with TLS."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.observatory import WANTED, CannotScan, install, is_installed, site


@pytest.fixture(autouse=True)
def _scanner(soaking: bool) -> None:
    """Installing takes a minute, so only the whole bench does; `make observatory` does as well."""
    try:
        if soaking:
            install()
    except CannotScan as problem:
        pytest.fail(f"{problem}.")
    if not is_installed():
        pytest.skip("the scanner is not installed: `make observatory` does it")


def test_the_observatory_gives_140_and_a_share_page_all_but_its_cookies(
    figure: Callable[..., None],
) -> None:
    with site() as (running, addresses):
        found = {name: running.scan(path) for name, path in addresses.items()}
    scores = {name: scan["scan"]["score"] for name, scan in found.items()}
    for name, score in scores.items():
        figure(f"MDN HTTP Observatory, {name}", score, "points")
    assert scores["home"] >= WANTED
    assert scores["the desk's door"] >= WANTED
    assert found["share page"]["tests"]["cookies"]["result"] == "cookies-not-found"  # worth 5
    assert scores["share page"] >= WANTED - 5


def test_it_notices_what_is_missing() -> None:
    with site(DJANGO_SETTINGS_MODULE="tests.faults.unguarded") as (running, addresses):
        scan = running.scan(addresses["home"])
    assert scan["scan"]["score"] <= WANTED - 60
    for test in ("content-security-policy", "cross-origin-resource-policy"):
        assert scan["tests"][test]["scoreModifier"] <= 0
