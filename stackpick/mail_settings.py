"""What the environment says of mail: EMAIL_URL and EMAIL_FROM."""

from __future__ import annotations

import os
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from environs import EnvValidationError

from stackpick.variables import WrongSetting, env, read


def email() -> dict[str, Any]:
    """Django's e-mail settings, by their names in lower case; the console if nothing is said."""
    if not os.environ.get("EMAIL_URL", "").strip():
        return _mail_settings(env.dj_email_url("EMAIL_URL", "console:"))
    try:
        settings = env.dj_email_url("EMAIL_URL")
    except (EnvValidationError, KeyError, ValueError):
        settings = {}
    if not settings.get("EMAIL_BACKEND"):
        # never shown: it has a password in it
        raise WrongSetting(
            "EMAIL_URL cannot be read: write submission://user:password@host:587,"
            " smtp://user:password@host:465?ssl=true or console:."
        )
    return _mail_settings(settings)


def _mail_settings(said: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("BACKEND", "FILE_PATH", "HOST", "HOST_PASSWORD", "HOST_USER", "PORT", "TIMEOUT")
    found = {f"EMAIL_{name}": said.get(f"EMAIL_{name}") for name in wanted}
    flags = {f"EMAIL_{name}": bool(said.get(f"EMAIL_{name}")) for name in ("USE_SSL", "USE_TLS")}
    return {name: value for name, value in found.items() if value is not None} | flags


def email_from() -> str:
    """Whom mails come from: one address, with or without a name."""
    address = str(read(env.str, "EMAIL_FROM", "stackpick@localhost")).strip()
    if "@" not in parseaddr(address)[1] or not address.isprintable():
        raise WrongSetting(
            f"EMAIL_FROM is {address!r}: write an address, such as"
            " 'StackPick <stackpick@example.org>'."
        )
    return address
