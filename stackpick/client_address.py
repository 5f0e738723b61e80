"""Whose request it is: the address that limits and locks count by."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Whoever has one IPv6 address has all of its network.
_ONE_CLIENT = 64


def client_address(request: HttpRequest) -> str | None:
    """The address that requests and failures count for; an IPv6 one stands for its network.

    None where the server was told of none, such as on a Unix socket.

    Each trusted proxy adds the address it was asked from at the right of X-Forwarded-For. What
    stands left of them anybody may have written, so it does not count.
    """
    proxies = settings.TRUSTED_PROXIES
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(hops) >= proxies and (told := _address(hops[-proxies])):
        return told
    return _address(request.META.get("REMOTE_ADDR", ""))


def caller(request: HttpRequest) -> str:
    """Whom a request counts for; those of which nobody knows the address count together."""
    return client_address(request) or "an unknown address"


def _address(text: str) -> str | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # some proxies add the port
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _ONE_CLIENT), strict=False).network_address)
