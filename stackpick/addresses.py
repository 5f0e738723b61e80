"""Addresses of pages, as Django's `reverse` gives them, at the price of a lookup.

A page of the wizard names about ten addresses, and reversing each took a tenth of its time.
"""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse

# What stands in an address as it is, without quoting: tokens, slugs and numbers are like this.
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_PLACE = "place-{}-of-an-argument"


def address(name: str, *arguments: object) -> str:
    """The address of a named page.

    Raises:
        NoReverseMatch: there is no such page, or not with these arguments.
    """
    plain = tuple(str(argument) for argument in arguments)
    pattern = _pattern(name, len(plain), get_script_prefix())
    if pattern is None or not all(map(_PLAIN.fullmatch, plain)):
        return reverse(name, args=arguments)
    return pattern.format(*plain)


@cache
def _pattern(name: str, count: int, prefix: str) -> str | None:
    """The address with places for its arguments; None where they have to be of a certain kind."""
    places = [_PLACE.format(number) for number in range(count)]
    try:
        pattern = reverse(name, args=places)
    except NoReverseMatch:
        return None
    pattern = pattern.replace("{", "{{").replace("}", "}}")
    for number, place in enumerate(places):
        pattern = pattern.replace(place, f"{{{number}}}")
    return pattern


def asked_site(request: HttpRequest) -> str:
    """Where the site stands as this reader sees it: ``https://stackpick.example.org``.

    Raises:
        DisallowedHost: they asked a host that is not ours.
    """
    return f"{request.scheme}://{request.get_host().lower()}"


def site_of(request: HttpRequest) -> str:
    """Where this StackPick stands: as the operator says, or else as it was asked."""
    return settings.SITE_URL or asked_site(request)
