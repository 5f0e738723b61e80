"""The second factor of who signs in to the desk: a one-time code from an app, or a backup code.

django-otp keeps the devices: a `TOTPDevice` for the app, and a `StaticDevice` whose tokens are the
backup codes, each good once. A code from the app is good once as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django_otp import device_classes
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_number_token

BACKUP_CODES = 10
# Digits only, so that the keypad of a telephone, which the field asks for, can type them.
BACKUP_CODE_DIGITS = 12

_FROM_APP = re.compile(r"[0-9]{6}")


class Entry(Enum):
    """How far a session gets at the desk, by what its user has proved."""

    OPEN = "open"
    CODE_NEEDED = "code needed"
    SET_UP_NEEDED = "set-up needed"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a code: the device that took it, or why none did, and if it was looked at."""

    device: Device | None
    problem: str = ""
    wrong: bool = False


def entry(user: User | AnonymousUser) -> Entry:
    """What this user, as signed in to this session, still owes.

    A verified one costs no query, every other one query in a request.
    """
    if getattr(user, "otp_device", None) is not None:
        return Entry.OPEN
    if has_device(user):
        return Entry.CODE_NEEDED
    return Entry.SET_UP_NEEDED if is_required(user) else Entry.OPEN


def is_required(user: User | AnonymousUser) -> bool:
    """Whether this user may not do without."""
    if settings.REQUIRE_MFA == "all":
        return user.is_staff
    return bool(settings.REQUIRE_MFA and user.is_superuser)


def has_device(user: Any) -> bool:
    """Whether a code is asked for when this user signs in; known for the rest of the request."""
    if user.is_anonymous:
        return False
    if not hasattr(user, "_has_second_factor"):
        own = [_confirmed(model).filter(user=OuterRef("pk")) for model in device_classes()]
        either = [Exists(devices) for devices in own]
        owners = User.objects.filter(pk=user.pk)
        user._has_second_factor = any(owners.values_list(*either).get())
    return bool(user._has_second_factor)


def _confirmed(model: Any) -> Any:
    return model.objects.filter(confirmed=True)


def check_code(user: User, text: str) -> Checked:
    """Try a code on the devices of its kind, so that a typing error slows down one kind only.

    It is used up when it is right. Each wrong one doubles the time until the next may be tried.
    """
    code = normalised(text)
    if not code:
        return Checked(None, "Type the code that your app shows now, or a backup code.")
    model = TOTPDevice if _FROM_APP.fullmatch(code) else StaticDevice
    # Nothing is raised in here: it would take back the count of wrong codes.
    with transaction.atomic():
        devices = list(_confirmed(model).filter(user=user).select_for_update())
        return _first_to_take(devices, code)


def check_new_device(device: TOTPDevice, text: str) -> Checked:
    """Try a code on a device that is still to be confirmed."""
    with transaction.atomic():
        devices = list(TOTPDevice.objects.filter(pk=device.pk).select_for_update())
        return _first_to_take(devices, normalised(text))


def _first_to_take(devices: list[Device], code: str) -> Checked:
    allowed = [device for device in devices if device.verify_is_allowed()[0]]
    for device in allowed:
        if device.verify_token(code):
            return Checked(device)
    if devices and not allowed:
        return Checked(None, "After a wrong code, wait a little before the next: try again soon.")
    problem = "This code is not right, or was used before. Wait for the next one."
    return Checked(None, problem, wrong=True)


def normalised(text: str) -> str:
    """A code without the blanks and hyphens that its groups are shown with."""
    return re.sub(r"[\s-]+", "", text)


def new_device(user: User) -> TOTPDevice:
    """A device with a fresh secret, to be confirmed; others that never were are forgotten."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        return TOTPDevice.objects.create(user=user, name="Authenticator app", confirmed=False)


def put_in_use(device: TOTPDevice) -> list[str]:
    """Confirm a device in place of all others of its user; the new backup codes.

    Sessions that another device confirmed count as unverified from then on.
    """
    with transaction.atomic():
        TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
        StaticDevice.objects.filter(user=device.user).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return new_backup_codes(device.user)


def new_backup_codes(user: User) -> list[str]:
    """Ten codes in place of all earlier ones, in groups as they are shown."""
    codes = [random_number_token(BACKUP_CODE_DIGITS) for _ in range(BACKUP_CODES)]
    with transaction.atomic():
        device, _ = StaticDevice.objects.get_or_create(user=user, name="Backup codes")
        StaticToken.objects.filter(device__user=user).delete()
        for code in codes:
            device.token_set.create(token=code)
    return [grouped(code) for code in codes]


def grouped(text: str) -> str:
    """Four characters at a time, to read aloud or type."""
    return " ".join(re.findall(".{1,4}", text))


def backup_codes_left(user: User) -> int:
    """How many backup codes were not used yet."""
    return int(StaticToken.objects.filter(device__user=user, device__confirmed=True).count())


def forget(user: User) -> bool:
    """Delete all devices of a user; whether there was one in use."""
    had = has_device(user)
    with transaction.atomic():
        for model in device_classes():
            model.objects.filter(user=user).delete()
    return had
