"""Addresses are those that Django's `reverse` gives, only found more quickly."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from stackpick.addresses import address

TOKEN = "A-token_" + "x" * 35


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("home", ()),
        ("model", ()),
        ("result", (TOKEN,)),
        ("step", (TOKEN, "project")),
        ("revoke", (TOKEN, 12)),
        ("example", ("ledgerly",)),
        ("result", ("with a blank & ü",)),
        ("result", ("{0}",)),
    ],
)
def test_an_address_is_the_one_that_django_gives(name: str, arguments: tuple[object, ...]) -> None:
    assert address(name, *arguments) == reverse(name, args=arguments)
    assert address(name, *arguments) == reverse(name, args=arguments)


def test_under_another_prefix_addresses_follow_it() -> None:
    set_script_prefix("/under/")
    try:
        assert address("result", TOKEN) == f"/under/a/{TOKEN}/"
    finally:
        set_script_prefix("/")
    assert address("result", TOKEN) == f"/a/{TOKEN}/"


@pytest.mark.parametrize(
    ("name", "arguments"), [("nowhere", ()), ("home", ("x",)), ("example", ("a/b",))]
)
def test_what_is_no_address_is_refused(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        address(name, *arguments)
