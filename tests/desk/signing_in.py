"""What people at the desk have set up, and how they sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from assessments.second_factor import new_device, put_in_use
from tests.desk.people import PASSWORD
from tests.web import soup, text_of

LOGIN = "/admin/login/"
TWO_STEP = "/admin/two-step/"


def with_device(user: User) -> tuple[TOTPDevice, list[str]]:
    """Two-step sign-in as set up some time ago: the device and the backup codes."""
    device = new_device(user)
    return device, put_in_use(device)


def code_of(device: TOTPDevice, ahead: int = 0) -> str:
    """What the app shows now, or so many half minutes later: the next one is taken already."""
    return f"{TOTP(device.bin_key, t0=-30 * ahead).token():06}"


def wrong_code(device: TOTPDevice) -> str:
    """A code that is none of those taken now."""
    near = {code_of(device, ahead) for ahead in range(-2, 4)}
    return next(code for code in ("000000", *map(str, range(111111, 999999))) if code not in near)


def wait() -> None:
    """Lets the delay after wrong codes pass."""
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_timestamp=None)


def sign_in(
    client: Client, username: str, password: str = PASSWORD, code: str = "", **kwargs: Any
) -> Any:
    data = {"username": username, "password": password, "code": code, "next": "/admin/"}
    return client.post(LOGIN, data | kwargs.pop("data", {}), **kwargs)


def is_in(client: Client) -> bool:
    """Whether the desk opens."""
    return client.get("/admin/").status_code == 200


def errors(page: Any) -> list[str]:
    return [text_of(error) for error in soup(page).select(".errorlist li, .errornote")]
